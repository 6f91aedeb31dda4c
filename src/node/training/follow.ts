/** @file The part of a training that processes have which follow the first one of a group: the same steps, and nothing that is written. */
import { sayFact, type Group } from '../../base/group.ts';
import { key } from '../../base/key.ts';
import type { Engines } from '../../model/host.ts';
import { layout } from '../../nn/network.ts';
import { limitOf } from '../../run/limit.ts';
import { train, type TrainPoint } from '../../train/train.ts';
import type { TrainOutcome, TrainRunControl } from './loop.ts';
import { withLatents } from './latents.ts';
import type { Prepared } from './prepared.ts';

/** Takes the steps of a run that another process of the group writes, until all end. */
export async function followTraining(
  prepared: Prepared,
  { group, onStart, stopRequested = () => false, ...engines }: Engines & TrainRunControl & { readonly group: Group },
): Promise<TrainOutcome> {
  const { run, config, set, training, from, heldOut } = await withLatents(prepared, engines.backend);
  const limit = limitOf(config);
  const started = performance.now();
  const over = await sayFact(group, false);
  const first = from?.step ?? 0;
  onStart?.({ run, config, set, parameters: layout(training.net).trained, step: first, over, follower: true });
  let interrupted = false;
  let last: Pick<TrainPoint, 'step' | 'smoothedLoss'> = from ?? { step: 0, smoothedLoss: NaN };
  const { batch, seed, checkpointEvery } = config.train;
  const options = { ...training, ...engines, set, batch, key: key(seed), group, stop: stopRequested };
  if (!over)
    for await (const progress of train({ ...options, ...(from && { from }) })) {
      last = progress;
      const { step, stop } = progress;
      interrupted ||= stopRequested();
      const settled = heldOut !== undefined && step % checkpointEvery === 0 && (await sayFact(group, false));
      if (limit.reached(step, 0) || stop || settled) break;
    }
  const seconds = (performance.now() - started) / 1000;
  const imagesPerSecond = ((last.step - first) * batch) / seconds;
  return {
    run: run.folder,
    task: config.task,
    step: last.step,
    smoothedLoss: last.smoothedLoss,
    seconds,
    imagesPerSecond,
    interrupted,
    follower: true,
  };
}
