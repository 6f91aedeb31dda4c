/** @file Inverse problems, and how guidance and constraints make posterior samplers of the samplers that there are. */
import { ConfigError } from '../base/errors.ts';
import type { Key } from '../base/key.ts';
import { batchOf, type Shape, type Tensor } from '../base/tensor.ts';
import type { SamplerStep, SamplerStepOf } from '../sample/sampler-step.ts';
import { predictorCorrector, type PredictorCorrectorOptions } from '../sample/predictor-corrector.ts';
import type { SampleProgress, SampleResult, Sampler } from '../sample/sampler.ts';
import type { ScoreFn, ScoreVjpFn } from '../sde/score-fn.ts';
import type { Sde } from '../sde/sde.ts';
import type { Decoder } from './decoder.ts';
import type { Measurement } from './measurement.ts';

/** A prior, given by its scores, and a measurement of its samples. */
export interface InverseProblem {
  readonly sde: Sde;
  readonly score: ScoreFn;
  /** For the methods that differentiate the score. */
  readonly scoreVjp?: ScoreVjpFn | undefined;
  readonly measurement: Measurement;
  /**
   * The way to what is measured where the prior is one of latents, which dps, pigdm, mmps and twisted follow; other methods measure the states themselves. None by
   * default.
   */
  readonly decoder?: Decoder | undefined;
}

/** Maps the score of the prior to an estimate of the score of the posterior; with it any sampler is conditional. */
export type Guidance = (problem: InverseProblem) => ScoreFn;

/** Maps steps of the prior to steps that heed the measurement. */
export type Constraint = (problem: InverseProblem) => (step: SamplerStep) => SamplerStep;

/** Makes the step for a problem. */
export type ConditionalStepOf = (problem: InverseProblem) => SamplerStep;

/** What to sample, given what, and from which random numbers. */
export interface PosteriorRequest extends InverseProblem {
  /** Of one sample. */
  readonly shape: Shape;
  /** One per sample: sample i depends on `keys[i]` and its measurement alone. */
  readonly keys: readonly Key[];
}

/**
 * A way to draw samples of x_0 given y. Its `evals` count every evaluation of the score, with or without its derivative.
 */
export type PosteriorSampler = (request: PosteriorRequest) => AsyncGenerator<SampleProgress, SampleResult>;

/**
 * A sampler whose score is guided by the measurement.
 * @example
 * ```ts
 * import { heun, predictorCorrector } from 'scorefield';
 * import { guided, pigdm } from 'scorefield/inverse';
 *
 * const sampler = guided(pigdm(), predictorCorrector({ predictor: heun(), steps: 40 }));
 * console.log(typeof sampler);
 * ```
 */
export function guided(guidance: Guidance, sampler: Sampler): PosteriorSampler {
  return async function* (request) {
    const { problem, evals } = countProblem(request, request.keys.length);
    const { sde, shape, keys } = request;
    const result = yield* sampler({ sde, score: guidance(problem), shape, keys });
    return { ...result, evals: evals() };
  };
}

/** A step of the prior under a constraint. */
export function constrain(constraint: Constraint, stepOf: SamplerStepOf): ConditionalStepOf {
  return (problem) => constraint(problem)(stepOf(problem.sde, problem.score));
}

/** Options of `constrained`. */
export interface ConstrainedOptions extends Omit<PredictorCorrectorOptions, 'predictor' | 'corrector'> {
  readonly predictor: ConditionalStepOf;
  /** Repairs the state after each step, at the time that the step has reached. None by default. */
  readonly corrector?: ConditionalStepOf;
  /** What is done to the finished samples. None by default. */
  readonly end?: (problem: InverseProblem, x: Tensor) => Tensor;
}

/**
 * Predictor-corrector sampler whose steps heed the measurement; a score that two parts of a step ask for in the same state
 * is evaluated once.
 * @throws ConfigError unless steps is a positive integer.
 */
export function constrained({ predictor, corrector, end, ...options }: ConstrainedOptions): PosteriorSampler {
  return async function* (request) {
    const { problem, evals } = countProblem(request, request.keys.length);
    const shared = { ...problem, score: remembering(problem.score) };
    const sampler = predictorCorrector({
      ...options,
      predictor: () => predictor(shared),
      ...(corrector && { corrector: () => corrector(shared) }),
    });
    const { sde, shape, keys } = request;
    const result = yield* sampler({ sde, score: shared.score, shape, keys });
    return { ...result, x: end?.(problem, result.x) ?? result.x, evals: evals() };
  };
}

/** A score that knows its last answer: tensors never change, so the same tensor at the same time has the same score. */
function remembering(score: ScoreFn): ScoreFn {
  let last:
    { readonly x: Tensor; readonly t: number | readonly number[]; readonly answer: Promise<Tensor> } | undefined;
  return (x, t, rows) => {
    if (last?.x !== x || last.t !== t) last = { x, t, answer: score(x, t, rows) };
    return last.answer;
  };
}

/** A problem whose evaluations are counted for each of the samples that rows name. */
export function countProblem(
  { sde, score, scoreVjp, measurement, decoder }: InverseProblem,
  batch: number,
): { readonly problem: InverseProblem; readonly evals: () => readonly number[] } {
  const counts = new Array<number>(batch).fill(0);
  const count = (x: Tensor, rows?: readonly number[]): void => {
    for (const row of rows ?? Array.from({ length: batchOf(x) }, (_, i) => i)) counts[row] = (counts[row] ?? 0) + 1;
  };
  return {
    problem: {
      sde,
      measurement,
      decoder,
      score: (x, t, rows) => {
        count(x, rows);
        return score(x, t, rows);
      },
      scoreVjp:
        scoreVjp &&
        ((x, t, w, rows) => {
          count(x, rows);
          return scoreVjp(x, t, w, rows);
        }),
    },
    evals: () => [...counts],
  };
}

/**
 * The derivative of the score, for a method that needs it.
 * @throws ConfigError if the problem has none.
 */
export function scoreVjpOf({ scoreVjp }: InverseProblem, method: string): ScoreVjpFn {
  if (scoreVjp !== undefined) return scoreVjp;
  const message = `${method} differentiates the score and none was given; score models and exact scores have one`;
  throw new ConfigError([{ path: 'scoreVjp', message }]);
}
