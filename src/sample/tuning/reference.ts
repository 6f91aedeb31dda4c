/** @file Where the probability flow takes fixed starts, computed finely, and its path: what time grids are compared with. */
import { combine } from '../../base/arith.ts';
import type { Tensor } from '../../base/tensor.ts';
import type { ScoreFn } from '../../sde/score-fn.ts';
import { noiseRatio } from '../../sde/time/noise-ratio.ts';
import { karrasGrid } from '../../sde/time/time-grid.ts';
import { dpmSolver3M } from '../multistep/dpm-solver-multistep.ts';
import { multistep } from '../multistep/multistep.ts';
import type { SampleRequest } from '../sampler.ts';

/** Steps of the reference. Its error is a thousandth of that of 10 evaluations. */
const steps = 120;
/** Every second point is kept, which makes 61. */
const stride = 2;
/** Numbers of the states that are kept, 128 MiB. */
const mostNumbers = 2 ** 24;

/** A path of the probability flow in the noise level r = sigma / alpha, on which y = x / alpha has the slope dy/dr. */
export interface Path {
  /** Noise ratios, falling. */
  readonly levels: readonly number[];
  /** y at each level, `[B, …]`. */
  readonly states: readonly Tensor[];
  /** dy/dr at each level: the noise -sigma s(x, t). */
  readonly slopes: readonly Tensor[];
}

/** A fine solution. */
export interface Reference {
  /** The samples, `[B, …]`. */
  readonly end: Tensor;
  /** The way to the first of them, as many as memory takes. */
  readonly path: Path;
}

/**
 * The probability flow from the priors of a request's keys, by 120 steps of third order along EDM's noise levels.
 * @throws NumericalError if a state is no longer finite.
 */
export async function* referenceOf(
  request: Omit<SampleRequest, 'start' | 'reverseVariance'>,
): AsyncGenerator<{ readonly fraction: number }, Reference> {
  const { sde, score, shape, keys } = request;
  const size = shape.reduce((product, side) => product * side, 1);
  const rows = Math.max(1, Math.min(keys.length, Math.floor((mostNumbers * stride) / (2 * steps * size))));
  const head = (x: Tensor): Tensor => ({ shape: [rows, ...shape], data: x.data.slice(0, rows * size) });
  const [levels, states, slopes] = [[] as number[], [] as Tensor[], [] as Tensor[]];
  let seen = 0;
  const watched: ScoreFn = async (x, t, own) => {
    const s = await score(x, t, own);
    if (typeof t === 'number' && seen++ % stride === 0) {
      levels.push(noiseRatio(sde, t));
      states.push(combine([1 / sde.alpha(t), head(x)]));
      slopes.push(combine([-sde.sigma(t), head(s)]));
    }
    return s;
  };
  const solving = multistep(dpmSolver3M(), { steps, grid: karrasGrid() })({ sde, score: watched, shape, keys });
  for (;;) {
    const next = await solving.next();
    if (next.done === true) return { end: next.value.x, path: { levels, states, slopes } };
    yield { fraction: next.value.step / steps };
  }
}
