/** @file The training loop. */
import type { Backend, DeviceArray } from '../backend/program.ts';
import { InternalError, NumericalError } from '../base/errors.ts';
import { solo, type Group } from '../base/group.ts';
import { foldIn, type Key } from '../base/key.ts';
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
import { batchReader, hasMissing, type ReadOptions } from './batch-reader.ts';
import { shuffledBatches } from './batches.ts';
import { noErrors, withErrors } from './level-errors.ts';
import { noiseMeter } from './noise-meter.ts';
import { startPoint, withProfiles, type TrainPoint } from './point.ts';
import { batchesAfter, batchOf, type Round } from './rounds.ts';

export { averaged, startPoint, type TrainPoint } from './point.ts';

/** Everything that training needs. */
export interface TrainOptions extends ReadOptions {
  readonly backend: Backend;
  /** Settings that differ from `defaultOptimizer`. */
  readonly optimizer?: Partial<OptimizerOptions>;
  /** Samples of a step. */
  readonly batch: number;
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
  /** The round of local steps that this member begins with, in place of `from`. Default one of this process alone, which does not end. */
  readonly round?: Round | undefined;
  /** Called after each step with the step and the way to its point; where it gives a round, training goes on with that one. Default never. */
  readonly meet?: ((step: number, point: () => Promise<TrainPoint>) => Promise<Round | undefined>) | undefined;
}

/** What one step yields. */
export interface TrainProgress extends Omit<TrainPoint, 'state'> {
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
  const begin = options.from ?? options.round?.from ?? startPoint(net, key);
  let round = options.round ?? { from: begin, rank: 0, size: 1 };
  let { smoothedLoss, levels = objective.noiseErrors && noErrors() } = begin;
  let state: TrainState<Float32Array | DeviceArray> = withProfiles(begin.state, optimizer.profiles);
  const scaleAfter = noiseMeter(batch);
  let ended = false;
  const step = await compileStep(options, { objective, optimizer });
  try {
    const rowsOf = shuffledBatches(foldIn(key, 'order'), set.count, batch);
    for (let n = begin.step + 1; ; n++) {
      // Members read every so many-th batch of those that one would read.
      const number = batchOf(round, n);
      const stepKey = foldIn(foldIn(key, 'step'), number);
      const { drawn, feeds } = await read(rowsOf(number), stepKey, n);
      const given = { feeds, key: foldIn(stepKey, 'dropout'), stop: options.stop?.() ?? false };
      const result = await step.run(state, given, n, options.spent?.());
      const before = state;
      state = result.state;
      await disposeState(before);
      requireFinite(result, drawn, { n, process });
      const { loss, gradientNorm, stop } = result;
      smoothedLoss = smoothed(smoothedLoss, loss, n);
      const errors = objective.noiseErrors?.(drawn, result.losses);
      levels = errors && levels && withErrors(levels, process.sde, { times: drawn.times, errors });
      const taken = { step: n, smoothedLoss, ...(levels && { levels }), ...batchesAfter(round, n) };
      const next = await options.meet?.(n, async () => ({ ...taken, state: await readState(result.state) }));
      if (next !== undefined) {
        await disposeState(state);
        state = withProfiles(next.from.state, optimizer.profiles);
        ({ smoothedLoss, levels } = next.from);
        [round, n] = [next, next.from.step];
      }
      const now = next === undefined ? taken : withoutState(next.from);
      const own = state;
      const point = async (): Promise<TrainPoint> => {
        if (own !== state || ended)
          throw new InternalError(
            `the point of step ${now.step} was read after training had left it; read it before the next step`,
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

function withoutState({ step, smoothedLoss, levels, batches }: TrainPoint): Omit<TrainPoint, 'state'> {
  return { step, smoothedLoss, ...(levels && { levels }), ...(batches !== undefined && { batches }) };
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
