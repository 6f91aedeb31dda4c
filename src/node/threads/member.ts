/** @file A thread that trains together with the one that started it, which has the run. */
import { parentPort, workerData } from 'node:worker_threads';
import { ConfigError, FileError } from '../../base/errors.ts';
import { followRun } from '../training/follow-run.ts';
import type { MemberData, MemberProblem } from './members.ts';
import { threadGroup } from './thread-group.ts';

const { ref, options, memory, rank, patience } = workerData as MemberData;

try {
  await followRun(ref, options, threadGroup(memory, rank, { patience }));
} catch (error) {
  const { name, message, stack = message } = error instanceof Error ? error : new Error(String(error));
  const problem: MemberProblem = {
    ...{ name, message, stack },
    ...(error instanceof FileError && { file: error.file, problem: error.problem }),
    ...(error instanceof ConfigError && { issues: error.issues }),
  };
  parentPort?.postMessage(problem);
}
