/** @file Shortcut models: a score that also learns its own long steps, each from two of half the length. */
import { foldIn } from '../../base/key.ts';
import { indexOf, normalInto, stratified, uniform } from '../../base/random.ts';
import { concat, input, mul, slice, square, stopGradient, sub, sum } from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';
import { rectifiedTime } from '../../sde/learning/step-ends.ts';
import type { Sde, TimeGrid } from '../../sde/sde.ts';
import { timeOfNoiseRatio } from '../../sde/time/noise-ratio.ts';
import { cosineGrid } from '../../sde/time/time-grid.ts';
import type { ScoreProcess } from '../coefficients.ts';
import {
  ddimFeeds,
  ddimStep,
  denoised,
  denoisedFeeds,
  levelAt,
  perSampleFeeds,
  weightedSum,
} from '../objectives/flow-step.ts';
import { reductionFactor, sumPerSample } from '../objectives/loss.ts';
import type { Objective } from '../objectives/objective.ts';
import { halvedSteps, shares } from './progressive.ts';

/** Options of `shortcut`. */
export interface ShortcutOptions {
  /** Parts M of the way, whose steps are those of the score itself: a power of two of at least 2. Default 128. */
  readonly sections?: number;
  /** Part of the samples that learn long steps, at least 0 and below 1; the others learn the score. Default 1/8. */
  readonly share?: number;
  /** Which parameters the two short steps are computed with. Default the average. */
  readonly target?: 'stopped' | 'average';
}

const grid: TimeGrid = cosineGrid;

/**
 * Flow matching, and on a share of the samples the squared distance of D(x_t, t, s), for a step that is one of 1, 2, 4, … M/2 equal parts of the
 * way, from the estimate whose step ends where two steps of half its length do, of the model itself and without a gradient. Both are
 * distances of the velocity (x - D) / sigma of rectified flow, x scaled by 1 / (alpha + sigma), averaged over a sample. The steps of M parts are those
 * of the score. At the optimum a step of any length ends where the M-step DDIM sampler does, as students of progressive distillation
 * do, in one training without a teacher.
 * @see Frans et al. 2025, "One step diffusion via shortcut models", algorithm 1
 */
export function shortcut(process: ScoreProcess, options: ShortcutOptions = {}): Objective {
  const { sde } = process;
  const { sections = 128, share = 1 / 8, target = 'average' } = options;
  const levels = Array.from({ length: Math.log2(sections) }, (_, k) => halvedSteps(sde, 2 ** k, grid));
  const longOf = (batch: number): number => Math.min(Math.round(batch * share), batch - 1);
  return {
    kind: 'shortcut',
    sections: (batch) => [longOf(batch), batch - longOf(batch)],
    write: (owner, net, { batch, classes, ...scopes }) => {
      const shape = [batch, ...net.sampleShape];
      const [x0, z] = [input(owner, 'x0', shape), input(owner, 'z', shape)];
      const x = weightedSum('noised', { x0, z });
      const estimate = denoised(x, { net, scope: scopes.scope, classes, toEnd: true }, 'student');
      const long = longOf(batch);
      const ofLong = (node: Node): Node => slice(node, 0, { begin: 0, end: long });
      const joined = (): Node => {
        // Dropout is of the estimate that learns.
        const own = {
          ...{ net, scope: { ...scopes[target], mask: () => undefined }, toEnd: true },
          classes: classes && ofLong(classes),
        };
        const first = denoised(ofLong(x), own, 'first');
        const second = denoised(ddimStep(ofLong(x), first, 'half'), own, 'second');
        const learned = stopGradient(weightedSum('target', { first, second }));
        return concat([learned, slice(x0, 0, { begin: long, end: batch })], 0);
      };
      const losses = mul(
        input(owner, 'weight', [batch]),
        sumPerSample(square(sub(estimate, long === 0 ? x0 : joined()))),
      );
      return { loss: sum(losses), losses };
    },
    draw: (x0, batch, key) => {
      const z = new Float32Array(x0.length);
      normalInto(z, foldIn(key, 'noise'));
      const long = longOf(batch);
      const places = uniform(foldIn(key, 'steps'), long);
      const steps = Array.from(stratified(foldIn(key, 'lengths'), long), (u, i) => {
        const own = levels[indexOf(u, levels.length)] ?? [];
        return own[indexOf(places[i] ?? 0, own.length)];
      }).flatMap((step) => step ?? []);
      const free = Array.from(stratified(foldIn(key, 'times'), batch - long), (u) => evenTime(sde, u));
      const times = [...steps.map(({ t }) => t), ...free];
      const noisedAt = times.map((t) => levelAt(sde, t));
      const factor = reductionFactor('mean', { size: x0.length / batch, batch });
      const feeds = {
        ...{ x0, z },
        ...perSampleFeeds('noised', noisedAt.map(({ alpha, sigma }) => ({ x0: alpha, z: sigma }))), // prettier-ignore
        ...denoisedFeeds('student', process, times, {
          ends: [...steps.map(({ end }) => end), ...free.map(() => undefined)],
        }),
        ...denoisedFeeds('first', process, steps.map(({ t }) => t), { ends: steps.map(({ half }) => half) }), // prettier-ignore
        ...ddimFeeds('half', steps.map(({ from, middle }) => ({ from, to: middle }))), // prettier-ignore
        ...denoisedFeeds('second', process, steps.map(({ half }) => half), { ends: steps.map(({ end }) => end) }), // prettier-ignore
        ...perSampleFeeds('target', steps.map(shares)),
        weight: Float32Array.from(times, (t) => factor / rectifiedTime(sde, t) ** 2),
      };
      return { feeds, times };
    },
  };
}

/** Times that are uniform in that of rectified flow. */
function evenTime(sde: Sde, u: number): number {
  const [low, high] = [rectifiedTime(sde, sde.tMin), rectifiedTime(sde, sde.tMax)];
  const tau = low + u * (high - low);
  return timeOfNoiseRatio(sde, tau / (1 - tau));
}
