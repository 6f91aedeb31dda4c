/** @file `scorefield sample` of a run of shapes: clouds of points as files, with a picture. */
import { join } from 'node:path';
import { plural } from '../../base/words.ts';
import { writeShapes } from '../../node/shape-files.ts';
import { openShapeModel } from '../../node/open-shape-model.ts';
import { samplesFolder } from '../../run/folder/run-folder.ts';
import { watched } from '../shell/progress.ts';
import { refuseOthers, type TaskCommandOptions } from '../shell/task-options.ts';
import { duration, type Terminal } from '../shell/terminal.ts';
import { requireWritable } from '../shell/writable.ts';

/** Shapes that are drawn unless their number is given. */
const defaultCount = 16;

/** Draws shapes and writes them. */
export async function sampleShapes(run: string, options: TaskCommandOptions, out: Terminal): Promise<void> {
  refuseOthers([run, 'shapes'], options, ['count', 'points', 'view', 'sampler', 'steps', 'out', 'seed']);
  const { count = defaultCount, points, view, sampler, steps, out: target } = options;
  const { seed = 0, checkpoint, threads, device } = options;
  if (target !== undefined && /\.\w+$/.test(target)) requireWritable(target, ['.ply', '.png', '.npz']);
  const model = await openShapeModel(run, { checkpoint, threads, device });
  const computation = model.sample({ count, points, seed, sampler, steps });
  const { set, evaluations, seconds } = await watched(computation, plural(count, 'shape'), out);
  const suffix = sampler === undefined ? '' : `-${sampler}`;
  const name = `step${model.trained.step}${suffix}-seed${seed}-n${count}-points${set.points}`;
  const written = writeShapes(set, target ?? join(samplesFolder({ folder: run }), name), { view });
  out.line(
    `${plural(count, 'shape')} of ${set.points} points in ${duration(seconds)}, ${evaluations.toFixed(0)} network evaluations each: ${written.join(', ')}`,
  );
  out.result({
    ...{ run, step: model.trained.step, n: count, points: set.points, files: written, evaluations },
    ...{ seed, seconds: Number(seconds.toFixed(3)) },
  });
}
