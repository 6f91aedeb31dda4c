/** @file Progressive distillation: a student does in one step what its teacher does in two. */
import { foldIn } from '../../base/key.ts';
import { indexOf, normalInto, stratified } from '../../base/random.ts';
import { input, mul, square, sub, sum } from '../../graph/build.ts';
import { cosineGrid } from '../../sde/time/time-grid.ts';
import type { Sde, TimeGrid } from '../../sde/sde.ts';
import { truncatedSnrWeighting } from '../../sde/learning/weighting.ts';
import type { ScoreProcess } from '../coefficients.ts';
import { placedScore, type FrozenScore } from '../objectives/frozen-score.ts';
import {
  cleanLevel,
  ddimFeeds,
  ddimStep,
  denoised,
  denoisedFeeds,
  levelAt,
  perSampleFeeds,
  weightedSum,
  type Level,
} from '../objectives/flow-step.ts';
import { oneSection, reductionFactor, sumPerSample } from '../objectives/loss.ts';
import type { Weighing } from '../objectives/noised.ts';
import type { Objective } from '../objectives/objective.ts';

/** Options of `progressiveDistillation`. */
export interface ProgressiveOptions extends Pick<Weighing, 'weighting' | 'reduction'> {
  /** The model whose steps are joined in pairs. Its process is that of the student; what its network predicts may differ. */
  readonly teacher: FrozenScore;
  /** Steps of the student, half of those of the teacher. */
  readonly steps: number;
  /** The times of the student's steps; those of the teacher divide them. Default `cosineGrid`, even in the angle. */
  readonly grid?: TimeGrid;
}

/** A step of the student, and the level where two steps of half its length meet. */
export interface HalvedStep {
  readonly t: number;
  readonly half: number;
  readonly end: number;
  readonly from: Level;
  readonly middle: Level;
  readonly to: Level;
}

/**
 * Progressive distillation: the squared distance of D_student(x_t, t), at a time of its grid, from the estimate whose single DDIM
 * step ends where two of the teacher's end. With r = sigma / alpha at t, r' half way and r'' at the end of the step it is
 * (1 - w) D(x_t, t) + w D(x', t'), w = r (r' - r'') / (r' (r - r'')); the step to the data ends without noise, r'' = 0, where it is the teacher's second
 * estimate. The weight lambda of the loss is `weighting`, by default max(SNR, 1) of the squared error of the data.
 * @see Salimans and Ho 2022, "Progressive distillation for fast sampling of diffusion models", algorithm 2
 */
export function progressiveDistillation(process: ScoreProcess, options: ProgressiveOptions): Objective {
  const { sde } = process;
  const { teacher, steps, grid = cosineGrid, weighting = truncatedSnrWeighting(sde), reduction = 'mean' } = options;
  const intervals = halvedSteps(sde, steps, grid);
  return {
    kind: 'progressive',
    sections: oneSection,
    write: (owner, net, { scope, batch, classes }) => {
      const shape = [batch, ...net.sampleShape];
      const x = weightedSum('noised', { x0: input(owner, 'x0', shape), z: input(owner, 'z', shape) });
      const frozen = placedScore(teacher, owner, classes);
      const first = denoised(x, frozen, 'teacher');
      const second = denoised(ddimStep(x, first, 'half'), frozen, 'middle');
      const target = weightedSum('target', { first, second });
      const estimate = denoised(x, { net, scope, classes }, 'student');
      const losses = mul(input(owner, 'weight', [batch]), sumPerSample(square(sub(estimate, target))));
      return { loss: sum(losses), losses };
    },
    draw: (x0, batch, key) => {
      const z = new Float32Array(x0.length);
      normalInto(z, foldIn(key, 'noise'));
      const places = Array.from(stratified(foldIn(key, 'times'), batch), (u) => indexOf(u, steps));
      const own = places.flatMap((place) => intervals[place] ?? []);
      const factor = reductionFactor(reduction, { size: x0.length / batch, batch });
      const drawn = own.map(({ t }) => t);
      const middles = own.map(({ half }) => half);
      const feeds = {
        ...{ x0, z },
        ...perSampleFeeds('noised', own.map(({ from: { alpha, sigma } }) => ({ x0: alpha, z: sigma }))), // prettier-ignore
        ...denoisedFeeds('student', process, drawn),
        ...denoisedFeeds('teacher', teacher.process, drawn),
        ...denoisedFeeds('middle', teacher.process, middles),
        ...ddimFeeds('half', own.map(({ from, middle }) => ({ from, to: middle }))), // prettier-ignore
        ...perSampleFeeds('target', own.map(shares)),
        // lambda of a loss on the score is alpha^2 / sigma^4 times as large on the data.
        weight: Float32Array.from(own, ({ t, from }) => factor * weighting(t) * (from.alpha / from.sigma ** 2) ** 2),
      };
      return { feeds, times: drawn };
    },
  };
}

/** The steps of a sampler from tMax, each with its middle on the grid of twice as many; the last one ends without noise. */
export function halvedSteps(sde: Sde, steps: number, grid: TimeGrid): readonly HalvedStep[] {
  const times = grid(sde, 2 * steps);
  const at = (i: number): number => times[i] ?? sde.tEnd;
  return Array.from({ length: steps }, (_, j): HalvedStep => {
    const [t, half, end] = [at(2 * j), at(2 * j + 1), at(2 * j + 2)];
    const to = j === steps - 1 ? cleanLevel : levelAt(sde, end);
    return { t, half, end, from: levelAt(sde, t), middle: levelAt(sde, half), to };
  });
}

/** The parts of two estimates, of which each ends half of a step, in the one whose step ends where both together do. */
export function shares({ from, middle, to }: HalvedStep): Readonly<Record<'first' | 'second', number>> {
  const [r, half, end] = [from, middle, to].map(({ alpha, sigma }) => sigma / alpha) as [number, number, number];
  const second = (r * (half - end)) / (half * (r - end));
  return { first: 1 - second, second };
}
