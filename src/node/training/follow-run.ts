/** @file The training of a member that follows the first one of a group, which has the run. */
import type { Group } from '../../base/group.ts';
import { enginesFor } from '../../model/host.ts';
import { openDataSet } from '../../run/data-sets.ts';
import { openRun } from '../../run/folder/run-folder.ts';
import { nodeHost } from '../host.ts';
import { askedFor, neededBy, runFolder, type TrainingChoice } from './asked.ts';
import { followTraining } from './follow.ts';
import type { TrainOutcome, TrainRunControl } from './loop.ts';
import type { OpenSet } from './prepared.ts';
import { resumeRun } from './resume.ts';
import { requireSameData } from './together.ts';

/** Takes part in a training, once the first member has made the run, and has said what is wrong with it if something is. */
export async function followRun(
  ref: string,
  {
    open = openDataSet,
    onStart,
    stopRequested,
    ...options
  }: TrainingChoice & TrainRunControl & { readonly open?: OpenSet | undefined },
  group: Group,
): Promise<TrainOutcome> {
  const asked = askedFor(ref, options);
  const host = nodeHost(options);
  await host.backend(1);
  await group.barrier();
  const needs = neededBy(options, asked);
  const followed = await resumeRun(openRun(runFolder(ref, options)), asked, { needs, open, members: group.size });
  await requireSameData(group, followed.summary);
  const engines = await enginesFor(host, followed.set);
  const outcome = await followTraining(followed, { ...engines, group, onStart, stopRequested });
  await group.close();
  return outcome;
}
