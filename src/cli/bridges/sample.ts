/** @file `scorefield sample` of a direction of a bridge: samples of one set, carried to those of the other. */
import { join } from 'node:path';
import { batchOf } from '../../base/tensor.ts';
import { plural } from '../../base/words.ts';
import { bridgeOf, readBridge } from '../../run/folder/bridge.ts';
import { openBridge } from '../../node/bridges/open-bridge.ts';
import { startsFor } from '../../node/bridges/starts.ts';
import { samplesFolder } from '../../run/folder/run-folder.ts';
import { watched } from '../shell/progress.ts';
import { refuseOthers, type TaskCommandOptions } from '../shell/task-options.ts';
import { duration, type Terminal } from '../shell/terminal.ts';
import { requireWritable } from '../shell/writable.ts';

/** Samples that are carried unless their number is given. */
const defaultCount = 64;

/** Carries samples and writes them, with what they were carried from. */
export async function sampleBridge(ref: string, options: TaskCommandOptions, out: Terminal): Promise<void> {
  refuseOthers([ref, 'bridges'], options, ['count', 'steps', 'out', 'seed', 'init']);
  const { count = defaultCount, steps, out: target, seed = 0, checkpoint, threads, device, init } = options;
  const found = bridgeOf(ref);
  const model = await openBridge(ref, { checkpoint, threads, device });
  const { bridge = ref, direction = 'forward' } = found ?? {};
  const how = `${model.step === undefined ? '' : `step${model.step}-`}seed${seed}-n${count}.png`;
  const file = target ?? join(samplesFolder({ folder: join(bridge, direction) }), how);
  requireWritable(file);
  const starts = await startsFor(bridge, direction, {
    ...{ count, seed, data: model.data },
    init: typeof init === 'string' ? init : undefined,
  });
  const n = batchOf(starts);
  const carrying = model.carry(starts, { seed, steps });
  const { samples, evaluations, seconds } = await watched(carrying, plural(n, 'sample'), out);
  const { epsilon } = readBridge(bridge);
  await samples.save(file, { title: `${direction} with noise ${epsilon}` });
  out.line(
    `${plural(n, 'sample')} carried ${direction} in ${duration(seconds)}, ${evaluations} network evaluations each: ${file}`,
  );
  out.result({
    run: ref,
    direction,
    step: model.step ?? null,
    n,
    file,
    evaluations,
    seed,
    seconds: Number(seconds.toFixed(3)),
  });
}
