/** @file Chains of Langevin steps through noise levels, from any start. */
import { foldIn, split, type Key } from '../base/key.ts';
import { uniform } from '../base/random.ts';
import { tensor, type Tensor } from '../base/tensor.ts';
import { edm } from '../sde/processes/edm.ts';
import type { ScoreFn } from '../sde/score-fn.ts';
import { foldAll } from './along-grid.ts';
import { annealedLangevin } from './correctors/annealed-langevin.ts';

/** A way through noise levels. */
export interface ChainOptions {
  /** A score whose time is the noise level. */
  readonly score: ScoreFn;
  /** One per chain. */
  readonly keys: readonly Key[];
  /** Where the chains begin, `[n, d]`. */
  readonly start: Tensor;
  /** Noise levels, in their order. */
  readonly levels: readonly number[];
  /** Step size alpha over the square of the noise level. */
  readonly stepSize: number;
  /** Steps x + alpha/2 s + sqrt(alpha) z at each level. */
  readonly steps: number;
  /** Parts of the steps of a level, each of which is seen; as many as divide them. Default 1. */
  readonly parts?: number;
}

/** Where chains are. */
export interface ChainState {
  /** Steps taken, over all levels. */
  readonly step: number;
  /** The noise level of the last of them. */
  readonly level: number;
  /** `[n, d]` */
  readonly x: Tensor;
}

/**
 * Chains of annealed Langevin dynamics from any start, not denoised: their states after each part of each level. With one level it is
 * plain Langevin dynamics.
 * @see Song and Ermon 2019, algorithm 1
 * @example
 * ```ts
 * import { gaussianMixture, key, tensor } from 'scorefield';
 * import { edm } from 'scorefield/sde';
 * import { evenStart, langevinChains } from 'scorefield/sample';
 *
 * const { score } = gaussianMixture(edm(), { means: tensor([-1, 1], [2, 1]), stds: 0.3 });
 * const start = evenStart(key(0), [-2, 2], { n: 100, dimensions: 1 });
 * for await (const { level, x } of langevinChains({ score, ...start, levels: [1, 0.3, 0.1], stepSize: 0.1, steps: 100 }))
 *   console.log(level, x.data.slice(0, 3));
 * ```
 */
export async function* langevinChains(options: ChainOptions): AsyncGenerator<ChainState, void> {
  const { score, keys, start, levels, stepSize, steps, parts = 1 } = options;
  const each = steps / parts;
  const takeSteps = annealedLangevin({ stepSize, steps: each, convention: 'paper' })(edm(), score);
  let x = start;
  for (let i = 0; i < levels.length * parts; i++) {
    const level = levels[Math.floor(i / parts)] ?? NaN;
    x = (await takeSteps(foldAll(keys, i), x, level, level)).x;
    yield { step: (i + 1) * each, level, x };
  }
}

/** Noise levels from the first to the last in equal ratios. */
export function geometricLevels(first: number, last: number, n: number): readonly number[] {
  return Array.from({ length: n }, (_, i) => first * (last / first) ** (i / (n - 1)));
}

/** Points spread evenly over a cube, each from its own key, with the keys of their chains. */
export function evenStart(
  key: Key,
  [low, high]: readonly [number, number],
  { n, dimensions = 2 }: { readonly n: number; readonly dimensions?: number },
): { readonly keys: readonly Key[]; readonly start: Tensor } {
  const keys = split(key, n);
  const start = keys.flatMap((own) =>
    Array.from(uniform(foldIn(own, 'start'), dimensions), (u) => low + (high - low) * u),
  );
  return { keys, start: tensor(start, [n, dimensions]) };
}
