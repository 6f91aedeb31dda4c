/** @file Who left a file behind: enough about a process to tell later, from another one, whether it still runs. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemCode } from '../base/system-problem.ts';

/** A process as it is written into locks. */
export interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Boot of the machine and start of the process since then, where the system tells; it unmasks a reused pid. */
  readonly start?: string;
}

/** This process. */
export function thisProcess(): Owner {
  const start = procStat(process.pid)?.start;
  return { pid: process.pid, host: hostname(), ...(start === undefined ? {} : { start }) };
}

/** Whether a process still runs; `elsewhere` is a process of another machine, of which nothing is known from here. */
export function ownerState(owner: Owner): 'running' | 'ended' | 'elsewhere' {
  if (owner.host !== hostname()) return 'elsewhere';
  if (!processExists(owner.pid)) return 'ended';
  const now = procStat(owner.pid);
  if (now === undefined) return 'running';
  // A killed process stays as a zombie until its parent asks for it, which a container's first process may never do.
  if (now.state === 'Z' || now.state === 'X') return 'ended';
  return owner.start === undefined || owner.start === now.start ? 'running' : 'ended';
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

/** State letter and start time of a process from Linux's /proc; `undefined` on other systems. */
function procStat(pid: number): { readonly state: string; readonly start: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    // The second field is the program's name in brackets, which may itself hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, ticks] = [fields[0], fields[19]];
    return state === undefined || ticks === undefined ? undefined : { state, start: `${boot}:${ticks}` };
  } catch {
    return undefined;
  }
}
