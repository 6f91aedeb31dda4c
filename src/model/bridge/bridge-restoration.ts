/** @file Images restored along a bridge that has learned to undo one damage. */
import { checkOptions, positiveInteger } from '../../base/check.ts';
import { foldIn, key } from '../../base/key.ts';
import { batchOf, concatRows, sizeOf, takeRows, type Tensor } from '../../base/tensor.ts';
import type { Host } from '../host.ts';
import { running, type Running, type RunOptions } from '../running.ts';
import { completed, inUnitRange, type PosteriorDraws, type RestorationStep } from '../restoration/restoration.ts';
import { measuredSubjects, type RestorationSubject } from '../restoration/restoration-plan.ts';
import { restorationOf, type Restoration } from '../restoration/restored.ts';
import { mostNumbers } from '../samples/sampling.ts';
import { defaultPathSteps, type BridgeDirection, type CarryOptions } from './bridge-direction.ts';
import { startsOfMeasurement, type Damage } from './damage.ts';

/** How images are restored along a bridge. */
export interface BridgeRestoreOptions extends Pick<CarryOptions, 'steps' | 'noise'> {
  /** Samples of each image, at least 2. Default 8. */
  readonly count?: number | undefined;
  /** Seed of noise and samples. Default 0. */
  readonly seed?: number | undefined;
  /** Samples that are computed together. Default 32. */
  readonly batch?: number | undefined;
}

/** Images to damage, or what was measured of them. */
export type BridgeSubject = Pick<RestorationSubject, 'image' | 'rows' | 'measurement' | 'name'>;

/** What restores, and how. */
interface Way extends BridgeRestoreOptions {
  readonly direction: BridgeDirection;
  readonly host: Host;
  readonly damage: Damage;
}

/**
 * Restores images along a bridge: each sample is a path from what was measured, and its means and scores are those of `model.restore`. The same seed measures the
 * same of an image as there.
 * @param way.direction - that has learned to undo the damage
 * @throws ConfigError or ShapeError if the images do not fit, or an option is out of its range.
 */
export function restoreAlong(
  { direction, host, damage, count = 8, seed = 0, batch = 32, steps = defaultPathSteps, noise }: Way,
  subject: BridgeSubject,
  options: RunOptions<RestorationStep> = {},
): Running<RestorationStep, Restoration> {
  return running(async function* () {
    const { data, name, method } = direction;
    checkOptions(positiveInteger('batch', batch), positiveInteger('steps', steps), [
      Number.isInteger(count) && count >= 2,
      'count',
      `expected at least 2, got ${count}`,
    ]);
    const { task, ...law } = damage;
    const subjects = measuredSubjects(key(seed), direction, task, { ...subject, ...law, task });
    const { rows, measurement } = subjects;
    const most = Math.floor(mostNumbers / sizeOf(data.shape) / rows.length);
    checkOptions([count <= most, 'count', `expected at most ${most} samples of each image, got ${count}`]);
    const starts = startsOfMeasurement(task, data.scaler, measurement.y);
    const found = yield* carriedEach(direction, starts, { rows, count, seed, batch, steps, noise });
    const request = {
      ...{ task, subjects, count, seed },
      method: { name: method.name, options: { steps }, takes: [] },
      range: { from: 0, to: rows.length, total: rows.length },
    };
    return restorationOf({ host, trained: { data, name } }, request, completed(request, data.scaler, found));
  }, options);
}

/** So many paths from each start, in batches; each has a key of its own, named by the row of its image and its number. */
async function* carriedEach(
  direction: BridgeDirection,
  starts: Tensor,
  how: Pick<CarryOptions, 'steps' | 'noise'> & Readonly<Record<'count' | 'seed' | 'batch', number>> & { readonly rows: readonly number[] }, // prettier-ignore
): AsyncGenerator<RestorationStep, Pick<PosteriorDraws, 'x' | 'evaluations' | 'seconds'>> {
  const { rows, count, seed, batch, steps, noise } = how;
  const started = performance.now();
  const root = foldIn(key(seed), 'samples');
  const all = rows.flatMap((row, image) =>
    Array.from({ length: count }, (_, j) => ({ image, key: foldIn(foldIn(root, row), j) })),
  );
  const ends: Tensor[] = [];
  const evaluations: number[] = [];
  for (let first = 0; first < all.length; first += batch) {
    const part = all.slice(first, first + batch);
    const images = part.map(({ image }) => image);
    const carrying = direction.carry(takeRows(starts, images), { steps, noise, keys: part.map((one) => one.key) });
    let step = 0;
    for await (const { t, x, fraction } of carrying) {
      const done = (first + part.length * fraction) / all.length;
      const shown = inUnitRange(direction.data.scaler, x);
      yield { fraction: done, count: all.length, first, step: ++step, steps, t, x: shown };
    }
    const { x, evaluations: each } = await carrying;
    ends.push(x);
    evaluations.push(...new Array<number>(batchOf(x)).fill(each));
  }
  return { x: concatRows(ends), evaluations, seconds: (performance.now() - started) / 1000 };
}
