/** @file How far a learned score is from the exact one: by the density of the place, and by the noise level of the data. */
import { foldIn, key, split } from '../../base/key.ts';
import { errorByDensity } from '../../evaluate/error-by-density.ts';
import { scoreError } from '../../evaluate/score-error.ts';
import type { Estimate } from '../../evaluate/estimate.ts';
import { evenStart } from '../../sample/chains.ts';
import { timeOfNoiseRatio } from '../../sde/time/noise-ratio.ts';
import { exactSamples, type SamplesAsk } from './exact-samples.ts';
import type { Scores } from './learned.ts';
import { exactOf, processOf, timeAt, type Setting } from './setting.ts';

/** What is asked. */
export interface ErrorsAsk extends SamplesAsk, Setting {
  /** Place of the clock, at whose noise level places are seen by their density. */
  readonly place: number;
}

/** Relative errors, (E ||s - s*||^2 / E ||s*||^2)^(1/2). */
export interface ScoreErrors {
  readonly t: number;
  /** Of points spread evenly over a square, in ten equal parts by rising density. */
  readonly byDensity: readonly number[];
  /** Of noisy data. */
  readonly byLevel: readonly { readonly noiseRatio: number; readonly relative: Estimate }[];
}

/** Half the side of the square, in units of the data. */
const side = 2.5;
/** Noise ratios sigma / alpha at which noisy data are seen. */
export const noiseRatios = [0.03, 0.1, 0.3, 1, 3];

/** The errors of a score. */
export async function scoreErrors({ score }: Pick<Scores, 'score'>, ask: ErrorsAsk): Promise<ScoreErrors> {
  const sde = processOf(ask);
  const law = exactOf(ask);
  const t = timeAt(sde, ask.place);
  const own = foldIn(key(ask.seed), 'errors');
  const reach = side * sde.alpha(t);
  const { start } = evenStart(foldIn(own, 'evenly'), [-reach, reach], { n: ask.n });
  const byDensity = await errorByDensity({ score, law }, start, { t });
  const levels = await scoreError({
    ...{ sde, score, exact: law.score, x0: exactSamples(ask, 'fresh'), keys: split(foldIn(own, 'noise'), ask.n) },
    times: noiseRatios.map((ratio) => timeOfNoiseRatio(sde, ratio)),
  });
  const byLevel = levels.map(({ relative }, i) => ({ noiseRatio: noiseRatios[i] ?? NaN, relative }));
  return { t, byDensity, byLevel };
}
