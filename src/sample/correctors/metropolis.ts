/** @file The accept-reject step that makes a proposal leave a density exactly invariant. */
import { foldIn, type Key } from '../../base/key.ts';
import { uniform } from '../../base/random.ts';
import { concatRows, takeRows, type Tensor } from '../../base/tensor.ts';
import type { LogDensity, LogRatio } from '../../sde/score-fn.ts';

/** What says how much likelier a proposal is: a density whose gradient the score is, or its ratios. */
export interface MetropolisDensity {
  /** The density whose gradient the score is. */
  readonly logDensity?: LogDensity | undefined;
  /** Ratios of densities, such as `lineIntegral` has for any score, in place of a density. */
  readonly logRatio?: LogRatio | undefined;
}

/** Makes ratios of densities, each of which is computed once for a state that is kept. */
export function ratiosOf({ logDensity, logRatio }: MetropolisDensity, t: number): Ratios | undefined {
  if (logRatio !== undefined) return { to: async (x, y) => [...(await logRatio(x, y, t))], keep: () => undefined };
  if (logDensity === undefined) return undefined;
  let here: readonly number[] | undefined;
  let there: readonly number[] = [];
  return {
    to: async (x, y) => {
      here ??= [...(await logDensity(x, t))];
      there = [...(await logDensity(y, t))];
      return there.map((log, i) => log - (here?.[i] ?? NaN));
    },
    keep: (taken) => (here = here?.map((log, i) => (taken[i] === true ? (there[i] ?? NaN) : log))),
  };
}

/** Ratios of densities along a chain. */
interface Ratios {
  /** log p(y) - log p(x) of each sample. */
  readonly to: (x: Tensor, y: Tensor) => Promise<readonly number[]>;
  /** Says which samples are at y now. */
  readonly keep: (taken: readonly boolean[]) => void;
}

/** Which proposals are taken: each with probability min(1, e^ratio), never where the ratio is not a number. */
export function accepts(keys: readonly Key[], logRatios: readonly number[]): readonly boolean[] {
  return keys.map((key, i) => Math.log(uniform(foldIn(key, 'accept'), 1)[0] ?? 1) < (logRatios[i] ?? -Infinity));
}

/** The rows of `proposed` that are taken, and those of `current` in place of the others. */
export function pick(taken: readonly boolean[], proposed: Tensor, current: Tensor): Tensor {
  return takeRows(
    concatRows([proposed, current]),
    taken.map((yes, i) => (yes ? i : taken.length + i)),
  );
}
