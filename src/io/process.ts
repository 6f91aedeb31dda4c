/** @file The process that wrote a file, with what another process needs later to see whether it still runs. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemCode } from '../base/system-problem.ts';

/** A process as it is written into locks. */
export interface Owner {
  readonly pid: number;
  readonly host: string;
  /**
   * Where the number of the process counts: the boot of the machine and the namespace of its processes, where the system reports them
   * them. Containers may share the name of a host, and each begins to count at 1.
   */
  readonly space?: string;
  /** Boot of the machine and start of the process since then, where the system reports them; it unmasks a reused pid. */
  readonly start?: string;
}

/** This process. */
export function thisProcess(): Owner {
  const start = procStat('self')?.start;
  const space = processSpace();
  return {
    pid: process.pid,
    host: hostname(),
    ...(space === undefined ? {} : { space }),
    ...(start === undefined ? {} : { start }),
  };
}

/**
 * Whether a process still runs. Of a process of another machine, container or boot nothing is known from here: it is `unseen`.
 * Where no space of processes is known (macOS, Windows), the name of the host stands for it.
 */
export function ownerState(owner: Owner): 'running' | 'ended' | 'unseen' {
  const seen = owner.space === undefined ? owner.host === hostname() : owner.space === processSpace();
  if (!seen) return 'unseen';
  if (!processExists(owner.pid)) return 'ended';
  const now = procStat(owner.pid);
  if (now === undefined) return 'running';
  // A killed process stays as a zombie until its parent asks for it, which a container's first process may never do.
  if (now.state === 'Z' || now.state === 'X') return 'ended';
  return owner.start === undefined || owner.start === now.start ? 'running' : 'ended';
}

/** The boot of this machine and the namespace that this process is counted in; `undefined` where the system does not report it. */
export function processSpace(): string | undefined {
  try {
    return `${bootId()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
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
function procStat(pid: number | 'self'): { readonly state: string; readonly start: string } | undefined {
  try {
    // A process in a namespace of its own may see the /proc of the one outside, where its numbers are those of others.
    if (pid !== 'self' && readlinkSync('/proc/self') !== String(process.pid)) return undefined;
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in brackets, which may itself contain spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, ticks] = [fields[0], fields[19]];
    return state === undefined || ticks === undefined ? undefined : { state, start: `${bootId()}:${ticks}` };
  } catch {
    return undefined;
  }
}
