/** @file Consistency models: the estimates at two times of one path of the flow are drawn together. */
import { foldIn } from '../../base/key.ts';
import { normalInto, stratified } from '../../base/random.ts';
import { add, input, mul, sqrt, square, stopGradient, sub, sum } from '../../graph/build.ts';
import type { Graph, Node } from '../../graph/node.ts';
import type { Network } from '../../nn/network.ts';
import type { ScoreProcess } from '../coefficients.ts';
import {
  ddimFeeds,
  ddimStep,
  denoised,
  denoisedFeeds,
  heunFeeds,
  heunStep,
  levelAt,
  perSampleFeeds,
  weightedSum,
  type Level,
} from '../objectives/flow-step.ts';
import { placedScore, type FrozenScore } from '../objectives/frozen-score.ts';
import { oneSection, reductionFactor, sumPerSample } from '../objectives/loss.ts';
import type { LossSite, Objective } from '../objectives/objective.ts';

/** Two times of one path. */
export interface ConsistencyPair {
  readonly from: number;
  /** The earlier one, of the target; undefined for the data themselves. */
  readonly to: number | undefined;
}

/** Options of `consistency`. */
export interface ConsistencyOptions {
  /**
   * The times of a sample.
   * @param u - uniform on (0, 1)
   * @param n - number of the training step
   */
  readonly pairs: (u: number, n: number) => ConsistencyPair;
  /** Time up to which a state is its own estimate. Default tMin. */
  readonly boundary?: number;
  /** Factor of a sample's distance for the noise ratios sigma / alpha of its two times, 0 for data. Default 1. */
  readonly weight?: (from: number, to: number) => number;
  /**
   * The model whose probability flow is followed from the one time to the other: consistency distillation. Without one, the data and the
   * noise of a sample are those of both times: consistency training. Default none.
   */
  readonly teacher?: FrozenScore | undefined;
  /** Step of the teacher. Default heun, which evaluates it twice. */
  readonly solver?: 'ddim' | 'heun';
  /** Which parameters the target is computed with: those of the step itself, or their average. Default stopped. */
  readonly target?: 'stopped' | 'average';
  /**
   * What is lowered of the difference d of the estimates: the mean of its squares, or sqrt(mean d^2 + c^2) - c with `huber` = c, at least 0, in
   * the units of the scaled data. Default the squares.
   */
  readonly huber?: number | undefined;
}

/** The square root has no derivative at zero: differences below are taken for equal. */
const smallest = 1e-6;

/**
 * Consistency distillation and training: lowers a distance of the denoised estimate at one time of a path of the probability flow from that at
 * an earlier time, through which no gradient goes, so that both come to be where the path ends. At the boundary a state is its own estimate.
 * Dropout is the same in both.
 * @see Song et al. 2023, "Consistency models", algorithms 2 and 3; Song and Dhariwal 2023, "Improved techniques for training consistency
 * models", eq. 7; Geng et al. 2024, "Consistency models made easy"
 */
export function consistency(process: ScoreProcess, options: ConsistencyOptions): Objective {
  const { sde } = process;
  const { pairs, boundary = sde.tMin, weight = () => 1, teacher, huber } = options;
  const solver = options.solver ?? 'heun';
  const clean: Level = { alpha: sde.alpha(boundary), sigma: 0 };
  const levelOf = (t: number | undefined): Level => (t === undefined ? clean : levelAt(sde, t));
  const ratio = ({ alpha, sigma }: Level): number => sigma / alpha;
  return {
    kind: 'consistency',
    sections: oneSection,
    write: (owner, net, site) => {
      const { batch, classes } = site;
      const { x, next } = statesOf(owner, net, { site, teacher, solver });
      const estimate = denoised(x, { net, scope: site.scope, classes }, 'student');
      const fixed = denoised(next, { net, scope: site[options.target ?? 'stopped'], classes }, 'target');
      const squares = sumPerSample(square(sub(estimate, stopGradient(fixed))));
      const mean = mul(squares, 1 / sumSize(x));
      const c = Math.max(huber ?? 0, smallest);
      const distance = huber === undefined ? mean : sub(sqrt(add(mean, c * c)), c);
      const losses = mul(input(owner, 'weight', [batch]), distance);
      return { loss: sum(losses), losses };
    },
    draw: (x0, batch, key, n) => {
      const z = new Float32Array(x0.length);
      normalInto(z, foldIn(key, 'noise'));
      const own = Array.from(stratified(foldIn(key, 'times'), batch), (u) => pairs(u, n));
      const times = own.map(({ from }) => from);
      const ends = own.map(({ to }) => to ?? boundary);
      const steps = own.map(({ from, to }) => ({ from: levelOf(from), to: levelOf(to) }));
      const noisedAt = (at: string, levels: readonly Level[]): ReturnType<typeof perSampleFeeds> =>
        perSampleFeeds(at, levels.map(({ alpha, sigma }) => ({ x0: alpha, z: sigma }))); // prettier-ignore
      const ofTeacher =
        teacher === undefined
          ? noisedAt('next', steps.map(({ to }) => to)) // prettier-ignore
          : {
              ...denoisedFeeds('teacher', teacher.process, times),
              ...ddimFeeds('first', steps),
              ...denoisedFeeds('end', teacher.process, ends),
              ...heunFeeds('second', steps),
            };
      const feeds = {
        ...{ x0, z },
        ...noisedAt('noised', steps.map(({ from }) => from)), // prettier-ignore
        ...ofTeacher,
        ...denoisedFeeds('student', process, times),
        ...denoisedFeeds('target', process, ends, { cleanAt: boundary }),
        weight: Float32Array.from(
          steps,
          ({ from, to }) => reductionFactor('sum', { size: 1, batch }) * weight(ratio(from), ratio(to)),
        ),
      };
      return { feeds, times };
    },
  };
}

/** Noised samples, and where their paths are at the earlier time. */
function statesOf(
  owner: Graph,
  net: Network,
  { site, teacher, solver }: { readonly site: LossSite } & Pick<ConsistencyOptions, 'teacher' | 'solver'>,
): { readonly x: Node; readonly next: Node } {
  const { batch, classes } = site;
  const shape = [batch, ...net.sampleShape];
  const both = { x0: input(owner, 'x0', shape), z: input(owner, 'z', shape) };
  const x = weightedSum('noised', both);
  if (teacher === undefined) return { x, next: weightedSum('next', both) };
  const frozen = placedScore(teacher, owner, classes);
  const estimate = denoised(x, frozen, 'teacher');
  const next = ddimStep(x, estimate, 'first');
  if (solver === 'ddim') return { x, next };
  return { x, next: heunStep({ x, estimate, next, nextEstimate: denoised(next, frozen, 'end') }, 'second') };
}

/** Numbers of one sample. */
function sumSize({ shape }: Node): number {
  return shape.slice(1).reduce((product, size) => product * size, 1);
}
