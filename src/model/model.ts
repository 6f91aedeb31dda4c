/** @file The handle of a trained model: samples, likelihoods, latents and restored images, each with progress and a way to stop. */
import type { Tensor } from '../base/tensor.ts';
import type { DataSet } from '../data/dataset.ts';
import type { LogDensity, ScoreFn } from '../sde/score-fn.ts';
import type { Sde } from '../sde/sde.ts';
import { builtIn, type Catalog } from '../catalog/catalog.ts';
import { conditionInfo, conditionOf, type Condition, type ConditionInfo, type ConditionOptions } from './condition.ts';
import { completedSamples, type CompleteOptions, type Completion, type CompletionStep } from './completion/completion.ts'; // prettier-ignore
import { conditionedLogDensity, conditionedScore } from './conditioned-score.ts';
import { dataSetOf, type DataInput } from './data-input.ts';
import { diagnoseModel, type DiagnoseOptions, type Diagnosis, type DiagnosisData, type DiagnosisStep } from './evaluation/diagnosis.ts'; // prettier-ignore
import type { EvaluationStep, RealParts } from './evaluation/evaluation.ts';
import { givenInputs, type InputOptions } from './inputs.ts';
import { interleaved, type Host } from './host.ts';
import { fittingLength } from './like.ts';
import { infoOf, type ModelInfo } from './info.ts';
import { decodeLatents, encodeData, interpolated, type EncodeOptions, type LatentOptions, type Latents, type LatentStep } from './density/latents.ts'; // prettier-ignore
import type { LikelihoodStep } from './density/likelihood-estimates.ts';
import { logLikelihoods, type LikelihoodOptions, type LikelihoodResult } from './density/log-likelihood.ts';
import { modelBytes } from './model-bytes.ts';
import { classifierAccuracyOf, evaluateModel, modelFeatures, type Accuracy, type EvaluateOptions, type ModelEvaluation, type ModelFeatures } from './model-evaluation.ts'; // prettier-ignore
import { restorationRequest, type RestorationSubject, type RestoreOptions } from './restoration/restoration-plan.ts';
import { restored, type RestorationStep } from './restoration/restoration.ts';
import { restorationOf, type Restoration } from './restoration/restored.ts';
import {
  straightnessOf,
  type Straightness,
  type StraightnessOptions,
  type StraightnessStep,
} from './evaluation/straightness.ts';
import { running, type RunOptions, type Running } from './running.ts';
import { samplesOf, type Samples } from './samples/samples.ts';
import {
  drawSamples,
  type SampleOptions,
  type SamplingResult,
  type SamplingStep,
  type Source,
} from './samples/sampling.ts';
import { tuneModel, type TuneOptions, type Tuning, type TuningStep } from './samples/tuning.ts';
import { scorePrograms } from './score-programs.ts';
import type { TrainedModel } from './trained.ts';

/** What samples of a model are conditioned on. Class names are exact, or without regard to case; texts are words in any order. */
export type Given = ConditionOptions<Model>;

/**
 * A trained model. Everything that takes time begins when it is awaited or iterated over, and takes `signal` and `onProgress`.
 * Equal seeds give equal results.
 */
export interface Model {
  readonly info: ModelInfo;
  /** What its samples are conditioned on; undefined for a model that `given` has not made. */
  readonly condition: ConditionInfo | undefined;
  readonly sde: Sde;
  /** The score of noisy samples in the range of the model, given the model's condition. */
  readonly score: ScoreFn;
  /**
   * log p_t of noisy samples up to a constant of t, whose gradient is the score, of a network that was trained with `net.energy`; undefined of others.
   */
  readonly logDensity: LogDensity | undefined;
  /** The network with its process, for the functions of the lower levels. */
  readonly trained: TrainedModel;
  /**
   * Draws samples.
   * @example
   * ```ts
   * import { openModel } from 'scorefield/node';
   *
   * const model = await openModel('emoji');
   * for await (const { step, steps } of model.sample({ count: 4, nfe: 20, signal: AbortSignal.timeout(60_000) }))
   *   console.log(step, steps);
   * ```
   */
  sample(options?: SampleOptions & RunOptions<SamplingStep>): Running<SamplingStep, SamplingResult>;
  /**
   * Bits per dimension of samples, from the log density by the probability flow, or bounds of them.
   * @example
   * ```ts
   * import { openDataSet, openModel } from 'scorefield/node';
   *
   * const model = await openModel('fashion-mnist');
   * const { mean } = await model.logLikelihood(await openDataSet('fashion-mnist', { split: 'test' }), { rows: [0, 1] });
   * console.log(mean.value, mean.standardError);
   * ```
   */
  logLikelihood(
    data: DataInput,
    options?: LikelihoodOptions & RunOptions<LikelihoodStep>,
  ): Running<LikelihoodStep, LikelihoodResult>;
  /**
   * Where the probability flow takes samples: their latents.
   * @example
   * ```ts
   * import { openModel } from 'scorefield/node';
   *
   * const model = await openModel('emoji');
   * const { samples } = await model.sample({ count: 2 });
   * const { latents } = await model.encode(samples, { tolerance: 1e-2 });
   * const again = await model.decode(latents, { tolerance: 1e-2 });
   * await again.save('again.png');
   * ```
   */
  encode(data: DataInput, options?: EncodeOptions & RunOptions<LatentStep>): Running<LatentStep, Latents>;
  /** The samples of latents, which are on the scale of a standard normal. */
  decode(
    latents: Tensor,
    options?: LatentOptions & RunOptions<LatentStep> & { readonly temperature?: number | undefined },
  ): Running<LatentStep, Samples>;
  /** The way from the first of two samples to the second along the sphere of latents, 9 samples by default. */
  interpolate(
    ends: DataInput,
    options?: LatentOptions & InputOptions & RunOptions<LatentStep> & { readonly steps?: number | undefined },
  ): Running<LatentStep, Samples>;
  /**
   * Posterior samples of images of which something was measured.
   * @example
   * ```ts
   * import { openDataSet, openModel } from 'scorefield/node';
   *
   * const model = await openModel('emoji');
   * const image = await openDataSet('emoji', { group: 'faces', size: 32 });
   * const restored = await model.restore({ task: 'inpaint', mask: 'half', image, rows: [3] }, { count: 4 });
   * await restored.save('sheet.png');
   * ```
   */
  restore(
    subject: RestorationSubject,
    options?: RestoreOptions & RunOptions<RestorationStep>,
  ): Running<RestorationStep, Restoration>;
  /**
   * Samples of rows of which parts are missing, such as tables with empty cells or series that end before their window does, given what is known. Known values stay
   * exactly as they are.
   * @example
   * ```ts
   * import { writeFile } from 'node:fs/promises';
   * import { openDataSet, trainModel } from 'scorefield/node';
   *
   * await writeFile('holes.csv', 'height,weight\n' + Array.from({ length: 200 }, (_, i) => `${150 + (i % 50)},${i % 9 ? 50 + (i % 50) : ''}`).join('\n'));
   * const table = await openDataSet('holes.csv');
   * const model = await trainModel(table, { steps: 50, batch: 64 });
   * const { samples } = await model.complete(table, { count: 2, rows: [0, 9] });
   * console.log(samples.count); // 4
   * ```
   */
  complete(
    data: DataInput,
    options?: CompleteOptions & RunOptions<CompletionStep>,
  ): Running<CompletionStep, Completion>;
  /**
   * How far samples of the model, or given ones, are from data: Fréchet and energy distances of their features, with standard errors, beside
   * those of as many real samples.
   * @param reference - data, which are split into a reference and other real samples, or both parts (in Node, see `openRealParts`)
   */
  evaluate(
    reference: DataInput | RealParts,
    options?: EvaluateOptions & RunOptions<EvaluationStep>,
  ): Running<EvaluationStep, ModelEvaluation>;
  /**
   * The features by which `evaluate` compares samples, or those of a shard (in Node, see `featureArrays` and `compareFeatureFile`).
   * @param options - as of `evaluate`, without metrics
   */
  features(
    reference: DataInput | RealParts,
    options?: EvaluateOptions & RunOptions<EvaluationStep>,
  ): Running<EvaluationStep, ModelFeatures>;
  /**
   * How well the model predicts noise at each noise level, beside closed forms of its training data: where it has learned too little, and
   * where it memorizes.
   * @param data - of the training, and others that are new to the model (in Node, see `openDiagnosisData`)
   */
  diagnose(
    data: DiagnosisData,
    options?: DiagnoseOptions & RunOptions<DiagnosisStep>,
  ): Running<DiagnosisStep, Diagnosis>;
  /**
   * How straight the paths of the probability flow are on which noise becomes samples; 0 is straight, and one Euler step then enough.
   * @throws ConfigError if the model has not learned the score at all noise levels.
   */
  straightness(options?: StraightnessOptions & RunOptions<StraightnessStep>): Running<StraightnessStep, Straightness>;
  /**
   * How often a classifier is right about samples as they are, without noise.
   * @param data - samples with `labels`, whose classes are those of the classifier by name
   * @param options.rows - of the data; all of them by default
   */
  accuracy(
    data: DataSet,
    options?: RunOptions<EvaluationStep> & { readonly rows?: readonly number[] | undefined },
  ): Running<EvaluationStep, Accuracy>;
  /**
   * Searches the time grid with which a sampler of few evaluations ends nearest to the probability flow.
   * @example
   * ```ts
   * import { openModel } from 'scorefield/node';
   *
   * const model = await openModel('fashion-mnist');
   * const { sampler, rows } = await model.tune({ nfe: 5, count: 8, trials: 10 });
   * const { samples } = await model.sample({ sampler, grid: rows[0]?.tuned.levels });
   * await samples.save('clothes.png');
   * ```
   */
  tune(options: TuneOptions & RunOptions<TuningStep>): Running<TuningStep, Tuning>;
  /**
   * The same model conditioned on a class or a text, or guided by a second network. It shares this model's programs and lives as long.
   * @throws ConfigError if there is no such class or guidance, the model knows no texts, or the second network does not fit the model.
   * @example
   * ```ts
   * import { openModel } from 'scorefield/node';
   *
   * const clothes = await openModel('runs/clothes');
   * const { samples } = await clothes.given({ class: 'bag', guidance: 2 }).sample({ count: 8 });
   * await samples.save('bags.png');
   * const early = await openModel('runs/clothes', { checkpoint: 2000 });
   * const sharper = clothes.given({ guidance: { scale: 1.5, guide: early, interval: [0.2, 5] } });
   * await (await sharper.sample({ count: 8 })).samples.save('clothes.png');
   * ```
   */
  given(condition: Given): Model;
  /**
   * The file of the model, as `scorefield pack` writes it: averaged parameters in half precision and all that is known of it.
   * @throws UnsupportedError if the model's process is an SDE of the user's own.
   */
  toBytes(): Uint8Array;
  /** Frees the programs of this model and of all that `given` made of it. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A model on a host.
 * @param host - where programs run and files go
 * @param own - has the samplers and guidances that can be asked for by name
 */
export function modelOf(host: Host, trained: TrainedModel, own: Catalog = trained.catalog ?? builtIn): Model {
  const programs = scorePrograms(host, trained);
  // The same network for samples of other lengths.
  const others: Model[] = [];
  const view = (condition: Condition | undefined): Model => {
    const source: Source = { host, trained, programs, condition, catalog: own };
    const { data, process, name, catalog } = trained;
    const units = { host, data, name, catalog };
    return {
      info: infoOf(trained),
      condition: condition && conditionInfo(condition),
      sde: process.sde,
      score: conditionedScore(source),
      logDensity: conditionedLogDensity(source),
      trained,
      sample: (options = {}) => begin(host, options, (own) => drawSamples(source, own)),
      logLikelihood: (input, options = {}) =>
        begin(host, options, (own) => logLikelihoods(source, dataSetOf(input, trained), own)),
      encode: (input, options = {}) => begin(host, options, (own) => encodeData(source, input, own)),
      decode: (latents, options = {}) =>
        begin(host, options, async function* (own) {
          const { x, evals, status } = yield* decodeLatents(source, latents, own);
          return samplesOf(units, { x, evaluations: evals, status });
        }),
      interpolate: (ends, options = {}) =>
        begin(host, options, async function* ({ seed, rows, ...own }) {
          const { x, evals, status } = yield* interpolated(source, givenInputs(trained, ends, { seed, rows }), own);
          return samplesOf(units, { x, evaluations: evals, status });
        }),
      restore: (subject, options = {}) =>
        begin(host, options, async function* (own) {
          const request = restorationRequest(trained, subject, { ...own, condition });
          const drawn = yield* restored(source, request);
          return restorationOf({ host, trained, about: aboutCondition(condition) }, request, drawn);
        }),
      complete: (input, options = {}) =>
        begin(host, options, (own) => completedSamples(source, dataSetOf(input, trained), own)),
      evaluate: (reference, options = {}) => begin(host, options, (own) => evaluateModel(source, reference, own)),
      features: (reference, options = {}) => begin(host, options, (own) => modelFeatures(source, reference, own)),
      diagnose: (data, options = {}) =>
        begin(host, options, (own) => diagnoseModel(source, conditionedScore(source), data, own)),
      straightness: (options = {}) =>
        begin(host, options, (own) => straightnessOf(trained, conditionedScore(source), own)),
      accuracy: (set, options = {}) =>
        begin(host, options, ({ rows }) => classifierAccuracyOf(host, trained, { set, rows })),
      tune: (options) => begin(host, options, (own) => tuneModel(source, conditionedScore(source), own)),
      given: (options) => {
        const other = options.like && fittingLength(trained, options.like);
        if (other === undefined || other === trained) return view(conditionOf(trained, withTrained(options), own));
        const fitting = modelOf(host, other, own);
        others.push(fitting);
        return fitting.given(options);
      },
      toBytes: () => modelBytes(trained),
      [Symbol.asyncDispose]: async () => {
        for (const other of others.splice(0)) await other[Symbol.asyncDispose]();
        await programs.dispose();
      },
    };
  };
  return view(undefined);
}

/** Begins a computation with its own options, without those by which it is watched and stopped. */
function begin<P, R, O extends RunOptions<P>>(
  host: Host,
  options: O,
  steps: (own: Omit<O, keyof RunOptions<P>>) => AsyncGenerator<P, R>,
): Running<P, R> {
  const { signal, onProgress, ...own } = options;
  return running(() => interleaved(host, steps(own)), { signal, onProgress });
}

/** The options with the networks of the models that guide. */
function withTrained({ classifier, guidance, ...options }: Given): ConditionOptions<TrainedModel> {
  const how = typeof guidance === 'object' ? { ...guidance, guide: guidance.guide?.trained } : guidance;
  return { ...options, guidance: how, classifier: classifier?.trained };
}

function aboutCondition(condition: Condition | undefined): string {
  if (condition === undefined) return '';
  const { names, guidance, method } = conditionInfo(condition);
  return names.length > 0 ? `; ${names.join()}, guidance ${guidance}` : `; ${method} ${guidance}`;
}
