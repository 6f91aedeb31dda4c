/** @file Training by several threads of this process: the first is the one that has the run, the others are started here. */
import { writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import {
  ConfigError,
  FileError,
  GroupError,
  NumericalError,
  ShapeError,
  UnsupportedError,
  type ConfigIssue,
} from '../../base/errors.ts';
import type { Group } from '../../base/group.ts';
import { packageThread } from '../../data/package-thread.ts';
import type { TrainRunControl } from '../training/loop.ts';
import type { TrainingChoice } from '../training/asked.ts';
import { groupMemory, markFailed, threadGroup, type GroupMemory } from './thread-group.ts';

/** What a thread begins with. */
export interface MemberData {
  readonly ref: string;
  readonly options: TrainingChoice;
  readonly memory: GroupMemory;
  readonly rank: number;
  readonly patience: number;
}

/** How a thread says what has ended it: errors lose their class on the way. */
export interface MemberProblem {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly file?: string;
  readonly problem?: string;
  readonly issues?: readonly ConfigIssue[];
}

/** The group of a training, as this process has it. */
export interface Members {
  readonly group: Group;
  /** Ends the members that are threads of this process, where they have not ended with the group. */
  readonly end: () => Promise<void>;
}

const wayOn = 'go on with --resume';

/** Seconds that a thread has to end. */
const lastSeconds = 5;

/**
 * Begins `size - 1` threads that train `ref` together with this one.
 * @param onNote - called with a sentence where they have been waiting for each other for long
 */
export function startMembers(
  size: number,
  { onNote, ...own }: Pick<MemberData, 'ref' | 'options' | 'patience'> & Pick<TrainRunControl, 'onNote'>,
): Members {
  const memory = groupMemory(size);
  let fault: Error | undefined;
  let open = true;
  const fail = (error: Error): void => {
    if (!open) return;
    fault ??= error;
    markFailed(memory);
  };
  const threads = Array.from({ length: size - 1 }, (_, i) => {
    const rank = i + 1;
    // Should this thread be the one that does not answer, it is not the one to say so.
    const data: MemberData = { ...own, memory, rank, patience: own.patience + lastSeconds };
    const thread = packageThread(import.meta.url, './member', data);
    const ends = (how: string): GroupError => new GroupError(`thread ${rank} of ${size} ${how}; ${wayOn}`);
    thread.on('message', (problem: MemberProblem) => fail(errorOf(problem)));
    thread.on('error', ({ message }) => fail(ends(`has failed: ${message}`)));
    thread.on('exit', (code) => fail(ends(`has ended before the training, with exit code ${code}`)));
    return thread;
  });
  let said = false;
  const onLate = (seconds: number): void => {
    if (said || seconds < Math.min(30, own.patience / 2)) return;
    said = true;
    onNote?.(`the threads of this training have been waiting for one of them for ${seconds.toFixed(0)} s`);
  };
  const first = threadGroup(memory, 0, { patience: own.patience, onLate, fault: () => fault });
  const exits = Promise.all(threads.map((thread) => new Promise<void>((resolve) => thread.once('exit', resolve))));
  const allEnd = (): Promise<boolean> =>
    Promise.race([exits.then(() => true), pause(lastSeconds * 1000, false, { ref: false })]);
  return {
    group: {
      ...first,
      close: async () => {
        await first.close();
        open = false;
      },
    },
    end: async () => {
      // Those that have left the group end by themselves.
      if (!open && (await allEnd())) return;
      open = false;
      for (const thread of threads) void thread.terminate();
      if (await allEnd()) return;
      // A thread that native code does not leave keeps its process from ending, too.
      writeSync(2, `scorefield: a thread of this training does not end, so that the process is killed; ${wayOn}\n`);
      process.kill(process.pid, 'SIGKILL');
    },
  };
}

/** Errors that have nothing but their message. */
const kinds = new Map(Object.entries({ NumericalError, ShapeError, UnsupportedError, GroupError }));

/** The error that has ended a thread, of its class where that says how the command ends. */
function errorOf({ name, message, stack, file, problem, issues }: MemberProblem): Error {
  if (file !== undefined && problem !== undefined) return new FileError(file, problem);
  if (issues !== undefined) return new ConfigError(issues);
  const Kind = kinds.get(name);
  return Kind === undefined ? Object.assign(new Error(message), { stack }) : new Kind(message);
}
