/** @file Sampling in stages: most noise is removed at low resolution. */
import { addScaledInto, combine } from '../../base/arith.ts';
import { above, atLeast, checkOptions } from '../../base/check.ts';
import { InternalError } from '../../base/errors.ts';
import type { Key } from '../../base/key.ts';
import { normalBatch } from '../../base/random.ts';
import { batchOf, type Shape, type Tensor } from '../../base/tensor.ts';
import type { ScoreFn } from '../../sde/score-fn.ts';
import type { Sde } from '../../sde/sde.ts';
import { stoppedAt } from '../../sde/time/discrete-times.ts';
import { noiseRatio, timeOfNoiseRatio } from '../../sde/time/noise-ratio.ts';
import { foldAll } from '../along-grid.ts';
import type { SamplerStepOf } from '../sampler-step.ts';
import type { Sampler, SampleResult } from '../sampler.ts';
import { fromState } from '../start.ts';
import { halving, type Halving } from './halving.ts';

/** A model of one resolution and what becomes of its samples. */
export interface Stage {
  readonly sde: Sde;
  /** Of samples of this resolution whose values are means over windows of the finer one, as those of smaller pictures are. */
  readonly score: ScoreFn;
  readonly shape: Shape;
  /** Takes the samples from where the stage begins to where it ends; of all stages but the last one without a last denoising. */
  readonly sampler: Sampler;
  /** Of all stages but the last: where the next one takes over. */
  readonly lift?: Lift;
}

/** The way from a stage to the next. */
export interface Lift {
  /** Noise ratio sigma / alpha of the next stage at which it begins. */
  readonly until: number;
  /** s_perp^2 of the data of the next stage, see `detailVariance`; 0 adds noise alone. */
  readonly detail: number;
  /** A corrector of the next stage, which is applied once where it begins; none by default. */
  readonly corrector?: SamplerStepOf;
}

/** How far stages are. */
export interface StagesProgress {
  /** Index of the stage. */
  readonly stage: number;
  /** The part of the steps of the stage that is done, 0 to 1; of one whose steps are not known beforehand 0. */
  readonly fraction: number;
  /** The state `[B, ...shape]` of the stage. */
  readonly x: Tensor;
}

/** Samples of the last stage. */
export interface StagesResult extends SampleResult {
  /** Evaluations of each sample in each stage. */
  readonly evalsByStage: readonly (readonly number[])[];
}

/**
 * x = U y + (I - U U^T) n with n ~ N(0, (sigma^2 + alpha^2 s_perp^2) I): noisy samples at twice the side of y = U^T x, whose lost part is drawn from the
 * Gaussian of its variance. What that gets wrong is the divergence of the lost part, given y, from that Gaussian, which noise makes small.
 * @param y - `[B, ...half]`, at time t of the SDE
 * @see Jing et al. 2022, section 3.2
 */
export function lifted(
  way: Halving,
  keys: readonly Key[],
  y: Tensor,
  { sde, t, detail }: { readonly sde: Sde; readonly t: number; readonly detail: number },
): Tensor {
  const std = Math.sqrt(sde.sigma(t) ** 2 + sde.alpha(t) ** 2 * detail);
  return addScaledInto(way.detail(normalBatch(keys, way.shape)), way.up(y), std);
}

/**
 * Draws samples by models of growing resolution: each removes the noise down to `until`, then its samples are lifted to twice the side and
 * the next goes on. A pooled picture has noise that is less by the factor of the pooling, at which its model is called.
 * @param list - from the lowest resolution to that of the samples, each of half the side of the next
 * @throws ConfigError unless each stage halves the next and the noise levels are among those of both processes.
 * @throws NumericalError if a state is no longer finite.
 * @see Jing et al. 2022, "Subspace diffusion generative models", algorithm 1
 * @example
 * ```ts
 * import { finish, gaussian, heun, key, predictorCorrector, split, tensor } from 'scorefield';
 * import { stages } from 'scorefield/sample';
 * import { edm } from 'scorefield/sde';
 *
 * const sde = edm();
 * const law = (d: number) => gaussian(sde, { mean: tensor(new Array(d).fill(1), [d]), std: 0.5 }).score;
 * const sampler = (denoiseLast: boolean) => predictorCorrector({ predictor: heun(), steps: 10, denoiseLast });
 * const run = stages([
 *   { sde, score: law(4), shape: [4], sampler: sampler(false), lift: { until: 1, detail: 0.25 } },
 *   { sde, score: law(8), shape: [8], sampler: sampler(true) },
 * ]);
 * console.log((await finish(run(split(key(0), 3)))).x.shape); // [3, 8]
 * ```
 */
export function stages(list: readonly Stage[]): (keys: readonly Key[]) => AsyncGenerator<StagesProgress, StagesResult> {
  const ways = list.map(({ lift }, i) => lift && wayTo(list[i] as Stage, lift, list[i + 1]));
  checkOptions(
    [list.length > 0, 'stages', 'expected a stage or more, got none'],
    [
      list.every(({ lift }, i) => (lift === undefined) === (i === list.length - 1)),
      'stages',
      'expected a lift of all stages but the last',
    ],
  );
  return async function* (keys) {
    const evalsByStage: (readonly number[])[] = [];
    let start: { readonly x: Tensor; readonly t: number } | undefined;
    for (const [stage, { sde, score, shape, sampler }] of list.entries()) {
      const way = ways[stage];
      const own = foldAll(keys, `stage ${stage}`);
      const run = sampler({
        ...{ sde: way === undefined ? sde : stoppedAt(sde, way.end), score, shape, keys: own },
        ...(start && { start: fromState(start.x, start.t) }),
      });
      let result: SampleResult;
      for (;;) {
        const next = await run.next();
        if (next.done === true) {
          result = next.value;
          break;
        }
        const { step, steps, x } = next.value;
        yield { stage, fraction: steps === undefined ? 0 : step / steps, x };
      }
      evalsByStage.push(result.evals);
      if (way === undefined) return { ...result, evals: totals(evalsByStage), evalsByStage };
      const { finer, begin, detail, scale, corrector } = way;
      const y = combine([scale, result.x]);
      let x = lifted(way.halving, foldAll(own, 'lift'), y, { sde: finer.sde, t: begin, detail });
      if (corrector) ({ x } = await corrector(finer.sde, finer.score)(foldAll(own, 'corrector'), x, begin, begin));
      start = { x, t: begin };
    }
    throw new InternalError('stages ended before the last one');
  };
}

/** From a stage to the next: times on both sides, and the factor from a state of the one to U^T x of the other. */
interface Way {
  readonly halving: Halving;
  readonly finer: Stage;
  readonly end: number;
  readonly begin: number;
  readonly detail: number;
  readonly scale: number;
  readonly corrector: SamplerStepOf | undefined;
}

function wayTo({ sde, shape }: Stage, { until, detail, corrector }: Lift, finer: Stage | undefined): Way {
  checkOptions([finer !== undefined, 'stages', 'expected a stage after a lift'], above('until', until, ['the constant', 0]), atLeast('detail', detail, ['the constant', 0])); // prettier-ignore
  const next = finer as Stage;
  const own = halving(next.shape);
  const shown = [shape, next.shape].map((one) => `[${one.join(', ')}]`);
  checkOptions([
    own.half.join() === shape.join(),
    'stages',
    `expected a stage of samples [${own.half.join(', ')}], half the side of ${shown[1]}, before it, got ${shown[0]}`,
  ]);
  const within = (one: Sde, ratio: number, path: string, what: string): void => {
    const [low, high] = [one.tEnd, one.tMax].map((t) => noiseRatio(one, t)) as [number, number];
    const range = [low, high].map((level) => Number(level.toPrecision(3))).join(' to ');
    checkOptions([
      ratio > low && ratio <= high * (1 + 1e-9),
      path,
      `expected a noise level among ${range}, those of the ${what}, got ${Number(ratio.toPrecision(3))}`,
    ]);
  };
  within(next.sde, until, 'until', 'finer model');
  within(sde, until / own.factor, 'until', `coarser model, which sees until / ${Number(own.factor.toPrecision(3))}`);
  const [end, begin] = [timeOfNoiseRatio(sde, until / own.factor), timeOfNoiseRatio(next.sde, until)];
  const scale = (own.factor * next.sde.alpha(begin)) / sde.alpha(end);
  return { halving: own, finer: next, end, begin, detail, scale, corrector };
}

function totals(byStage: readonly (readonly number[])[]): readonly number[] {
  return (byStage[0] ?? []).map((_, row) => byStage.reduce((sum, evals) => sum + (evals[row] ?? 0), 0));
}

/**
 * The score at full resolution that a model of half the side gives: that of U^T x, and of the Gaussian that a lift draws the rest from,
 * s(x) = U s_low(U^T x) - (I - U U^T) x / (sigma^2 + alpha^2 s_perp^2). For likelihoods and inverse problems.
 * @param coarse - the model of half the side
 * @param options.shape - of the samples
 * @param options.sde - the process of the samples
 * @param options.detail - s_perp^2
 * @throws ConfigError unless the coarse model has half the side.
 * @see Jing et al. 2022, section 3.3
 */
export function liftedScore(
  coarse: Pick<Stage, 'sde' | 'score' | 'shape'>,
  { shape, sde, detail }: { readonly shape: Shape; readonly sde: Sde; readonly detail: number },
): ScoreFn {
  const own = halving(shape);
  checkOptions([
    own.half.join() === coarse.shape.join(),
    'shape',
    `expected twice the side of [${coarse.shape.join(', ')}], got [${shape.join(', ')}]`,
  ]);
  const timesFor = (t: number): { readonly low: number; readonly scale: number; readonly rest: number } => {
    const low = timeOfNoiseRatio(coarse.sde, noiseRatio(sde, t) / own.factor);
    const scale = coarse.sde.alpha(low) / (own.factor * sde.alpha(t));
    return { low, scale, rest: -1 / (sde.sigma(t) ** 2 + sde.alpha(t) ** 2 * detail) };
  };
  return async (x, t, rows) => {
    const at = typeof t === 'number' ? new Array<number>(batchOf(x)).fill(t) : t;
    const each = at.map(timesFor);
    const scales = each.map(({ scale }) => scale);
    const state = combine([scales, own.down(x)]);
    const low = await coarse.score(
      state,
      typeof t === 'number' ? (each[0]?.low ?? t) : each.map((one) => one.low),
      rows,
    );
    return combine([scales, own.up(low)], [each.map(({ rest }) => rest), own.detail(x)]);
  };
}
