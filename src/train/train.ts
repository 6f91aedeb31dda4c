/** @file The training loop. */
import { checkOptions } from '../base/check.ts';
import type { Arrays, Backend, DeviceArray } from '../backend/program.ts';
import { ConfigError, InternalError, NumericalError } from '../base/errors.ts';
import { solo, type Group } from '../base/group.ts';
import { foldIn, type Key } from '../base/key.ts';
import { loadBatch } from '../data/batch.ts';
import { kindOf, type DataSet } from '../data/dataset.ts';
import type { Scaler } from '../data/scaler.ts';
import type { TextCoding } from '../data/texts/text-coding.ts';
import { initialize, type Network, type ParamVectors } from '../nn/network.ts';
import type { ScoreProcess } from '../score/coefficients.ts';
import { mostParts } from '../score/batch-parts.ts';
import { compileDividedStep } from '../score/divided-step.ts';
import { denoising } from '../score/objectives/denoising.ts';
import type { Drawn, Objective } from '../score/objectives/objective.ts';
import {
  compileTrainStep,
  defaultOptimizer,
  disposeState,
  readState,
  type OptimizerOptions,
  type StepResult,
  type TrainState,
  type TrainStep,
} from '../score/train-step.ts';
import { shuffledBatches } from './batches.ts';
import { conditionalClasses } from './conditional-classes.ts';
import { conditionalTexts } from './conditional-texts.ts';
import { knownRows } from './known-rows.ts';
import { noErrors, withErrors, type LevelErrors } from './level-errors.ts';
import { noiseMeter } from './noise-meter.ts';

/** Everything that training needs. */
export interface TrainOptions {
  readonly backend: Backend;
  readonly set: DataSet;
  readonly scaler: Scaler;
  readonly net: Network;
  readonly process: ScoreProcess;
  /** What is lowered: by default denoising score matching with sigma^2 weights, uniform times, the mean over a sample. */
  readonly objective?: Objective;
  /** Settings that differ from `defaultOptimizer`. */
  readonly optimizer?: Partial<OptimizerOptions>;
  /** Samples of a step. */
  readonly batch: number;
  /** How the texts of the set become the rows of a network that is conditioned on them; it is on classes by default. */
  readonly coding?: TextCoding | undefined;
  /** Part of the samples whose class or text a network conditioned on them does not get, 0.1 by default. */
  readonly labelDropout?: number;
  /** Share of the words that are left out of each text, so that a part of a text says something too. Default 0. */
  readonly wordDropout?: number | undefined;
  /** Where all randomness comes from: first parameters, order, times, noise, dropout. */
  readonly key: Key;
  /** The part of the minutes of the training that is spent, 0 to 1, which is asked at each step by a rate that falls with it. Default 0. */
  readonly spent?: (() => number) | undefined;
  /** Where to go on; a new network at step 0 by default. */
  readonly from?: TrainPoint;
  /** An engine of several workers, which compute equal parts of each batch side by side where the loss allows it. Default none: `backend` computes it whole. */
  readonly parts?: Backend | undefined;
  /**
   * Those that train together: each computes its part of every batch, and all have the same parameters after each step. All members give the same
   * options. Default this process alone.
   */
  readonly group?: Group | undefined;
  /** Asked before each step is added up, whether the group is to stop after it. Default never. */
  readonly stop?: (() => boolean) | undefined;
}

/** A moment of training: what a checkpoint stores and a resumed run begins with. */
export interface TrainPoint {
  /** Steps taken. */
  readonly step: number;
  readonly state: TrainState;
  /** Exponentially weighted mean of the losses so far, over about the last 100 steps; NaN before the first step. */
  readonly smoothedLoss: number;
  /** Errors of predicted noise by noise level, where the objective says them. */
  readonly levels?: LevelErrors | undefined;
}

/** The parameters to sample with: the average, and what training leaves as it is. */
export function averaged({ ema, fixed }: TrainState): ParamVectors {
  return { trained: ema, fixed };
}

/** A state with as many profiles as the optimizer has: before the first step they are the parameters. */
function withProfiles(state: TrainState, gammas: OptimizerOptions['profiles']): TrainState {
  if (gammas === undefined || gammas.length === 0 || state.profiles !== undefined) return state;
  return { ...state, profiles: gammas.map(() => state.params) };
}

/** What one step yields. */
export interface TrainProgress extends Pick<TrainPoint, 'step' | 'smoothedLoss' | 'levels'> {
  readonly loss: number;
  /** Norm of the gradient before clipping. */
  readonly gradientNorm: number;
  /** Of steps that are computed in parts, such as by a group: the gradient noise scale in samples, from about 100 steps of this loop; undefined as long as the noise hides the gradient. */
  readonly noiseScale?: number | undefined;
  /** Whether a member of the group has asked to stop after this step. */
  readonly stop: boolean;
  /**
   * The point that training has come to, fetched from the device if it is there.
   * @throws InternalError once the loop has gone on to another step or has been left.
   */
  readonly point: () => Promise<TrainPoint>;
}

/** A network before its first step: initial parameters, zero moments, the average equal to the parameters. */
export function startPoint(net: Network, key: Key): TrainPoint {
  const { trained, fixed } = initialize(net, foldIn(key, 'parameters'));
  const state = {
    params: trained,
    m: new Float32Array(trained.length),
    v: new Float32Array(trained.length),
    ema: trained,
    fixed,
  };
  return { step: 0, state, smoothedLoss: NaN };
}

/**
 * Trains a network on an objective, one step per iteration, until the consumer leaves the loop.
 * Step n depends on the options and n alone, so training that goes on from the point of a step repeats itself bit for bit, unless
 * its rate falls with the minutes that are spent. The
 * parameters stay on the backend's device from step to step; ask for the point of a step, within the loop, to have them.
 * @throws ConfigError if the network is conditional on classes or texts and the data have none, or the loss is of pairs and the data have
 * no noise.
 * @throws NumericalError naming the step and the noise level when the loss, the gradient or the update is not finite; the
 * step before it is the last good one.
 * @example
 * ```ts
 * import { epsilon, key, mlp, scalerOf, toys, train, vp } from 'scorefield';
 * import { nodeBackend } from 'scorefield/node';
 *
 * const set = toys['two-moons'].draw(key(0), 2000);
 * const sde = vp();
 * const process = { sde, parametrization: epsilon()(sde) };
 * const options = { backend: nodeBackend(), set, scaler: scalerOf(set), net: mlp(2), process, batch: 256, key: key(1) };
 * for await (const { step, smoothedLoss } of train(options)) {
 *   console.log(step, smoothedLoss);
 *   if (step === 100) break;
 * }
 * ```
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainProgress, never> {
  const { set, net, process, batch, key } = options;
  const optimizer = { ...defaultOptimizer, ...options.optimizer };
  const objective = options.objective ?? denoising(process);
  const read = batchReader({ ...options, objective });
  const begin = options.from ?? startPoint(net, key);
  let { smoothedLoss, levels = objective.noiseErrors && noErrors() } = begin;
  let state: TrainState<Float32Array | DeviceArray> = withProfiles(begin.state, optimizer.profiles);
  const scaleAfter = noiseMeter(batch);
  let ended = false;
  const step = await compileStep(options, { objective, optimizer });
  try {
    const rowsOf = shuffledBatches(foldIn(key, 'order'), set.count, batch);
    for (let n = begin.step + 1; ; n++) {
      const stepKey = foldIn(foldIn(key, 'step'), n);
      const rows = rowsOf(n);
      const { drawn, feeds } = await read(rows, stepKey, n);
      const given = { feeds, key: foldIn(stepKey, 'dropout'), stop: options.stop?.() ?? false };
      const result = await step.run(state, given, n, options.spent?.());
      const before = state;
      state = result.state;
      await disposeState(before);
      requireFinite(result, drawn, { n, process });
      const { state: own, loss, gradientNorm, stop } = result;
      smoothedLoss = smoothed(smoothedLoss, loss, n);
      const errors = objective.noiseErrors?.(drawn, result.losses);
      levels = errors && levels && withErrors(levels, process.sde, { times: drawn.times, errors });
      const now = { step: n, smoothedLoss, ...(levels && { levels }) };
      const point = async (): Promise<TrainPoint> => {
        if (own !== state || ended)
          throw new InternalError(
            `the point of step ${n} was read after training had left it; read it before the next step`,
          );
        return { ...now, state: await readState(own) };
      };
      const noiseScale = scaleAfter(result);
      yield { ...now, loss, gradientNorm, ...(noiseScale !== undefined && { noiseScale }), stop, point };
    }
  } finally {
    ended = true;
    await disposeState(state);
    await step.dispose();
  }
}

/** One program for each step, or parts of it side by side. */
function compileStep(
  { backend, net, set, batch, parts = backend, group = solo }: TrainOptions,
  { objective, optimizer }: { readonly objective: Objective; readonly optimizer: OptimizerOptions },
): Promise<TrainStep> {
  const divided = group.size > 1 || mostParts(objective, batch, parts.workers ?? 1) > 1;
  const missing = hasMissing(set);
  if (!divided) return compileTrainStep(backend, net, { batch, objective, optimizer, missing });
  return compileDividedStep(backend, net, { batch, objective, optimizer, missing, parts, group });
}

/**
 * What a loss reads of rows of a set: what the objective draws for them, their classes or texts, and their noise.
 * @throws ConfigError as `train`.
 */
export function batchReader(
  options: TrainOptions,
): (rows: readonly number[], key: Key, n: number) => Promise<{ readonly drawn: Drawn; readonly feeds: Arrays }> {
  const { set, scaler, objective = denoising(options.process) } = options;
  const classesOf = classesFor(options, objective);
  const noiseOf = noiseFor(options, objective);
  const observedOf = observedFor(options, objective);
  return async (rows, key, n) => {
    const x0 = loadBatch(set, scaler, rows, foldIn(key, 'data'));
    const of = await objective.draw(x0, rows.length, key, n);
    const drawn = { ...of, feeds: { ...of.feeds, ...observedOf(rows) } };
    return { drawn, feeds: { ...drawn.feeds, ...classesOf(rows, foldIn(key, 'classes'), x0), ...noiseOf(rows) } };
  };
}

/** Whether numbers of the samples of a set are missing, which the loss leaves out. */
export function hasMissing(set: DataSet): boolean {
  const { gaps } = kindOf(set);
  if (gaps?.observed === undefined) return false;
  return Array.from({ length: set.count }, (_, row) => row).some((row) => gaps.isIncomplete(set, row));
}

/** Which numbers of samples are there, for data with missing ones; others read nothing of it. */
function observedFor(
  { set }: TrainOptions,
  { kind, heedsMissing }: Objective,
): (rows: readonly number[]) => { readonly observed?: Float32Array } {
  const { gaps } = kindOf(set);
  if (gaps?.observed === undefined || !hasMissing(set)) return () => ({});
  checkOptions([
    heedsMissing === true,
    'loss.kind',
    `expected denoising for data with missing values, which ${set.name} has, got ${kind}`,
  ]);
  return (rows) => ({ observed: Float32Array.from(gaps.observed?.(set, rows) ?? []) });
}

/** What a conditional network or a loss with classes reads of the condition at each step; others read nothing. */
function classesFor(
  { net, set, scaler, coding, wordDropout, labelDropout = 0.1 }: TrainOptions,
  { classes }: Objective,
): (rows: readonly number[], key: Key, x0: Float32Array) => Arrays {
  if (net.known === true) {
    const [kind, units] = [kindOf(set), { shape: net.sampleShape, scaler }];
    const { gaps } = kind;
    const missing = hasMissing(set);
    return (rows, key, x0) => {
      const observed = missing ? gaps?.observed?.(set, rows) : undefined;
      return { classes: knownRows(kind, units, { x0, observed }, key) };
    };
  }
  const count = classes ?? net.classes;
  const { labels, texts, given } = set;
  // Pairs that were drawn with and without their class say themselves which is which.
  const hidden = classes === undefined && given !== undefined ? (row: number) => given[row] === 0 : () => false;
  const dropout = classes === undefined && given === undefined ? labelDropout : 0;
  if (count === 0) return () => ({});
  const missing = (what: string, length: number | undefined): ConfigError =>
    new ConfigError([
      {
        path: 'net.classes',
        message: `expected data with ${what} for each of ${set.count} samples, found ${length ?? 'none'}`,
      },
    ]);
  if (coding !== undefined && classes === undefined) {
    if (texts?.length !== set.count) throw missing('texts', texts?.length);
    return (rows, key) => ({
      classes: conditionalTexts(texts, rows, { coding, dropout, hidden, wordDropout: given ? 0 : wordDropout, key }),
    });
  }
  if (labels?.length !== set.count) throw missing('a class', labels?.length);
  return (rows, key) => ({ classes: conditionalClasses(labels, rows, { count, dropout, hidden, key }) });
}

/** The noise of the data, for a loss of pairs; others read nothing of it. */
function noiseFor({ set }: TrainOptions, { storedNoise }: Objective): (rows: readonly number[]) => Arrays {
  const { noise, count } = set;
  if (storedNoise === undefined) return () => ({});
  if (noise === undefined || ('flips' in set && set.flips)) {
    const message = `expected data with the noise of each sample, not mirrored, as scorefield sample --pairs writes them; got ${set.name}`;
    throw new ConfigError([{ path: 'loss.coupling', message }]);
  }
  const size = noise.length / count;
  return (rows) => {
    const z = new Float32Array(rows.length * size);
    rows.forEach((row, i) => z.set(noise.subarray(row * size, (row + 1) * size), i * size));
    return { z };
  };
}

/** Mean with weights that fall by 1 % a step; early on, the plain mean. */
function smoothed(before: number, loss: number, n: number): number {
  return Number.isNaN(before) ? loss : before + (loss - before) * Math.max(0.01, 1 / n);
}

function requireFinite(result: StepResult, { times }: Drawn, at: { n: number; process: ScoreProcess }): void {
  const sound = {
    loss: Number.isFinite(result.loss),
    gradient: Number.isFinite(result.gradientNorm),
    update: result.finite,
  };
  const [what] = Object.entries(sound).find(([, finite]) => !finite) ?? [];
  if (what === undefined) return;
  const losses = Array.from(result.losses);
  const bad = losses.findIndex((loss) => !Number.isFinite(loss));
  const t = times[bad >= 0 ? bad : losses.indexOf(Math.max(...losses))] ?? NaN;
  const level =
    times.length === 0
      ? 'this step'
      : `noise level sigma = ${at.process.sde.sigma(t).toPrecision(4)} (t = ${t.toPrecision(4)})`;
  throw new NumericalError(
    `step ${at.n}: the ${what} is not finite at ${level}; try a smaller learning rate, or a larger smallest time`,
  );
}
