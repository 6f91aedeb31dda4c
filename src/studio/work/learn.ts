/** @file Training that is watched and changed while it runs. */
import type { Backend } from '../../backend/program.ts';
import { key } from '../../base/key.ts';
import { drawMixture } from '../../data/sets/toy.ts';
import type { PointSet } from '../../data/dataset.ts';
import { mlp } from '../../nn/mlp.ts';
import type { Network, ParamVectors } from '../../nn/network.ts';
import type { ScoreProcess } from '../../score/coefficients.ts';
import { denoising } from '../../score/objectives/denoising.ts';
import { exactScoreMatching } from '../../score/objectives/exact.ts';
import type { Objective } from '../../score/objectives/objective.ts';
import { directScore, edmParametrization, epsilon } from '../../sde/learning/parametrization.ts';
import { edmWeighting, importanceTimes } from '../../sde/learning/weighting.ts';
import { timeOfNoiseRatio } from '../../sde/time/noise-ratio.ts';
import { standings } from '../../train/level-errors.ts';
import { averaged, train, type TrainPoint, type TrainProgress } from '../../train/train.ts';
import { oneLevel } from './facts.ts';
import type { Inbox } from './protocol.ts';
import { rootMeanSquare } from './root-mean-square.ts';
import { processOf, type Setting } from './setting.ts';

/** What may change while a training runs. */
export interface LearnSettings {
  /** Steps after which it waits. */
  readonly goal: number;
  /** Learning rate of Adam. */
  readonly rate: number;
  /** All noise levels of the process, a single small one, or none: exact score matching on clean points. */
  readonly levels: 'many' | 'one' | 'none';
}

/** What is asked. */
export interface LearnAsk extends Setting, LearnSettings {
  readonly seed: number;
  /** Units of each of three hidden layers. */
  readonly width: number;
  /** Points of the training, and of a step. */
  readonly points: number;
  readonly batch: number;
}

/** What a training reports a few times in a second. */
export interface LearnStep {
  readonly step: number;
  /** Losses of the steps since the last report, for each coordinate of a point: E||z - z'||^2 / 2. */
  readonly losses: Float32Array;
  readonly smoothedLoss: number;
  /** sigma / alpha and E||z - z'||^2 / D of noise levels, of the points that were trained on. */
  readonly levels: readonly { readonly noiseRatio: number; readonly error: number }[];
  /** Milliseconds of a step, on average since the last report, with what else the worker did meanwhile. */
  readonly ms: number;
  /** Whether it waits for a further goal. */
  readonly waiting: boolean;
}

/** Milliseconds between two reports. */
const pause = 250;

/** A network as it is in the middle of its training. */
export interface Learned {
  readonly net: Network;
  readonly process: ScoreProcess;
  readonly params: ParamVectors;
  readonly step: number;
  /** The time that the network is asked at, whatever the noise: that of one that has seen clean points alone. */
  readonly always?: number | undefined;
}

/** The training set of a law. */
function trainingSet({ law, seed, points }: LearnAsk): PointSet {
  return drawMixture('studio', law, key(seed), points);
}

/** What a network is to predict, the loss, and the time that stands for clean points. */
interface Lessons {
  readonly process: ScoreProcess;
  readonly objective: Objective;
  readonly always?: number | undefined;
}

/** The time at which EDM's noise level is 1, where the score needs no factor: that of every clean point. */
const clean = 1;

function lessonsOf(ask: Setting, levels: LearnSettings['levels']): Lessons {
  const sde = processOf(ask);
  if (levels === 'none') {
    const own = processOf({ sde: 'edm' });
    const process = { sde: own, parametrization: directScore({ scaleBySigma: false })(own) };
    return { process, objective: exactScoreMatching(process, { clean: true, times: () => clean }), always: clean };
  }
  const sigmaData = rootMeanSquare(ask.law);
  const edm = ask.sde === 'edm';
  const process = { sde, parametrization: (edm ? edmParametrization({ sigmaData }) : epsilon())(sde) };
  const t = timeOfNoiseRatio(sde, oneLevel);
  const times = levels === 'one' ? () => t : edm ? importanceTimes(sde) : undefined;
  const weighting = edm ? edmWeighting(sde, { sigmaData }) : undefined;
  return { process, objective: denoising(process, { ...(times && { times }), ...(weighting && { weighting }) }) };
}

/**
 * Trains, and waits whenever the goal is reached. A change of the rate or the noise levels takes effect with the next step; the
 * parameters and moments stay.
 * @param keep - is given the network with each report
 */
export async function* learn(
  backend: Backend,
  ask: LearnAsk,
  { inbox, keep }: { readonly inbox: Inbox<Partial<LearnSettings>>; readonly keep: (learned: Learned) => void },
): AsyncGenerator<LearnStep | undefined, never> {
  const { width, seed, batch } = ask;
  const net = mlp(2, { width });
  const set = trainingSet(ask);
  let settings: LearnSettings = ask;
  let from: TrainPoint | undefined;
  for (;;) {
    const { rate, levels } = settings;
    const { process, objective, always } = lessonsOf(ask, levels);
    const steps = train({
      ...{ backend, set, net, process, batch, key: key(seed), objective },
      scaler: { kind: 'standard', factor: 1, shift: [0] },
      optimizer: { learningRate: rate, warmup: 50, emaDecay: 0.99 },
      ...(from && { from }),
    });
    let losses: number[] = [];
    let reported = performance.now();
    let continued = reported;
    let spent = 0;
    const changed = (): boolean => settings.rate !== rate || settings.levels !== levels;
    const read = (): void => {
      for (const note of inbox.take()) settings = { ...settings, ...note };
    };
    const report = async (now: TrainProgress, waiting: boolean): Promise<LearnStep> => {
      const point = await now.point();
      keep({ net, process, params: averaged(point.state), step: now.step, always });
      const ms = spent / Math.max(1, losses.length);
      const own = {
        ...{ step: now.step, smoothedLoss: now.smoothedLoss / 2, ms, waiting },
        losses: Float32Array.from(losses, (loss) => loss / 2),
        levels: now.levels === undefined ? [] : standings(now.levels, process.sde, () => NaN),
      };
      losses = [];
      spent = 0;
      reported = performance.now();
      return own;
    };
    for await (const now of steps) {
      losses.push(now.loss);
      spent += performance.now() - continued;
      read();
      const arrived = now.step >= settings.goal;
      yield arrived || performance.now() - reported > pause ? await report(now, arrived) : undefined;
      while (now.step >= settings.goal && !changed()) {
        await inbox.arrival();
        yield undefined;
        read();
        reported = performance.now();
      }
      continued = performance.now();
      if (!changed()) continue;
      from = await now.point();
      break;
    }
  }
}
