/** @file Stands for a training process: from the latest checkpoint on, a line and a checkpoint per step, until killed. */
import { checkpointWriter, loadCheckpoint, listCheckpoints } from '../../../src/run/folder/checkpoint-files.ts';
import { metricsWriter } from '../../../src/run/folder/metrics.ts';
import { createRun, isRun, lockRun, openRun } from '../../../src/run/folder/run-folder.ts';
import { eventWriter } from '../../../src/run/folder/tfevents.ts';

const folder = process.argv[2]!;
const run = isRun(folder) ? openRun(folder) : createRun(folder, { config: {}, env: {} });
lockRun(run);
const resumeStep = listCheckpoints(run).length === 0 ? undefined : loadCheckpoint(run).step;
const checkpoints = checkpointWriter(run, { keep: 2, resumeStep });
const metrics = metricsWriter(run, { resumeStep });
const events = eventWriter(run.folder, { wallTime: 1_700_000_000 + (resumeStep ?? 0), resumeStep });
for (let step = (resumeStep ?? 0) + 1; ; step++) {
  metrics.append({ step, loss: 1 / step });
  metrics.sync();
  events.scalars({ step, wallTime: 1_700_000_000 + step }, { loss: 1 / step });
  // Large enough for a kill to come in the middle of the write.
  const data = new Float32Array(100_000).fill(step);
  checkpoints.save(step, { tensors: { w: { shape: [data.length], data } }, metadata: {} });
  console.log(`saved ${step}`);
}
