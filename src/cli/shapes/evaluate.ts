/** @file `scorefield evaluate` of a run of shapes: samples beside shapes that were kept out, and shapes beside those drawn given their latents. */
import { plural } from '../../base/words.ts';
import { shapeReport } from '../../catalog/data-kinds/shape-report.ts';
import { dataKindOf } from '../../catalog/data-kinds/find.ts';
import { checkOptions } from '../../base/check.ts';
import type { ShapeSet } from '../../data/shapes/shape.ts';
import { estimateText } from '../../evaluate/estimate.ts';
import { rebuild, type CloudDistances } from '../../model/shapes/shape-evaluation.ts';
import { fractions } from '../../model/running.ts';
import { openRealParts } from '../../node/real-parts.ts';
import { openShapeModel } from '../../node/open-shape-model.ts';
import { watched } from '../shell/progress.ts';
import { refuseOthers, type TaskCommandOptions } from '../shell/task-options.ts';
import { table, type Terminal } from '../shell/terminal.ts';

/** Shapes that are drawn and compared unless another number is asked for. */
const defaultCount = 48;

/** Measures and prints how a model stands. */
export async function evaluateShapes(run: string, options: TaskCommandOptions, out: Terminal): Promise<void> {
  refuseOthers([run, 'shapes'], options, ['sampler', 'steps']);
  const { count = defaultCount, sampler, steps, seed = 0, checkpoint, threads, device } = options;
  const model = await openShapeModel(run, { checkpoint, threads, device });
  const { config, data } = model.trained;
  const ref = options.data ?? config.data.ref;
  const parts = await openRealParts(ref, { shape: data.shape, model: model.trained });
  const { reference, real } = parts as {
    readonly [K in keyof typeof parts]: (typeof parts)[K] & { readonly set: ShapeSet };
  };
  const [kind, found] = [dataKindOf(data), dataKindOf(reference.set)];
  checkOptions([kind === found, 'data', `expected ${kind.name}, as the model has learned, got ${found.name}`]);
  const n = Math.min(count, reference.rows.length);
  const drawing = model.sample({ count: n, seed, sampler, steps });
  const { set, evaluations } = await watched(drawing, plural(n, 'shape'), out);
  const rows = reference.rows.slice(0, n);
  const rebuilt = await watched(
    rebuild(model, reference.set, { rows, seed }),
    `${plural(n, 'shape')} given their latents`,
    out,
  );
  const samples = { set, rows: [...Array(n).keys()] };
  const comparing = fractions(shapeReport({ samples, reference, real }));
  const report = await watched(comparing, `distances of ${plural(n, 'shape')}`, out);
  out.line(
    `${plural(n, 'shape')} of ${run}, ${evaluations.toFixed(0)} network evaluations each, beside ${plural(n, 'shape')} ${reference.what}`,
  );
  out.line(table(report.rows));
  out.line(
    `points given the latents of ${plural(n, 'shape')} ${reference.what}, from other points of the same shapes:`,
  );
  const line = ({ chamfer, earthMover }: CloudDistances): string =>
    `CD ${estimateText(chamfer)}, EMD ${estimateText(earthMover)}`;
  out.line(
    table({
      'drawn given the latent': line(rebuilt.rebuilt),
      'points of the shape': line(rebuilt.floor),
      'points of another shape': line(rebuilt.other),
    }),
  );
  out.result({ run, step: model.trained.step, data: ref, n, evaluations, ...report.value, rebuilt, seed });
}
