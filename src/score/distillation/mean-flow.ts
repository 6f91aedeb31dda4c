/** @file MeanFlow: the average velocity of a step, from how the velocity of the model itself changes on the way. */
import { foldIn } from '../../base/key.ts';
import { normalInto, stratified, uniform } from '../../base/random.ts';
import { add, concat, exp, input, log, mul, slice, square, stopGradient, sub, sum } from '../../graph/build.ts';
import { jvp } from '../../graph/jvp.ts';
import type { Graph, Node } from '../../graph/node.ts';
import type { Network, Scope } from '../../nn/network.ts';
import { logNormalTimes } from '../../sde/learning/weighting.ts';
import { rectifiedTime } from '../../sde/learning/step-ends.ts';
import { slopes } from '../../sde/time/slope.ts';
import type { ScoreProcess } from '../coefficients.ts';
import { denoised, levelAt, perSampleFeeds, weightedSum } from '../objectives/flow-step.ts';
import { meanFactor, perSample, sumPerSample } from '../objectives/loss.ts';
import type { Objective } from '../objectives/objective.ts';

/** Options of `meanFlow`. */
export interface MeanFlowOptions {
  /** Part of the samples that learn steps, of 0 to 1; the others learn the velocity at one time. Default 1/2. */
  readonly share?: number;
  /**
   * Mean and standard deviation of log(sigma / alpha) of the times. Default 0 and 1.6: of the published -0.4 and 1 a short training sees next to
   * no step from noise to data.
   */
  readonly times?: { readonly mean: number; readonly std: number };
  /**
   * p of the weights 1 / (d + c)^p of the squared distance d of a sample, summed over it: 0 for plain squares, 1 for distances that count
   * alike. Default 1/2.
   */
  readonly power?: number;
}

/** The c of the weights. */
const offset = 0.01;

/** What the average velocity reads of a time: its factors, the scale and the label of the network, and the row of the step. */
const names = ['x', 'output', 'inScale', 'label'] as const;

/**
 * MeanFlow: with y = x / (alpha + sigma), on the straight path (1 - tau) x_0 + tau z in the time tau = sigma / (alpha + sigma), the average
 * velocity u = (y - D) / tau of a step that ends at s satisfies u = v - (tau - tau_s) du/dtau. The loss is the squared distance of u from the right side, with
 * v = z - x_0, and the derivative du/dtau of the model itself along (v, 1) with its own v, which varies less; no gradient goes through it. Without a
 * step, s = t, it is flow matching.
 * @see Geng et al. 2025, "Mean flows for one-step generative modeling", eq. 6 and 11, section 4.3 for the weights; Geng et al. 2025, "Improved mean
 * flows", section 4.1 for the direction
 */
export function meanFlow(process: ScoreProcess, options: MeanFlowOptions = {}): Objective {
  const { sde, parametrization, ends } = process;
  const { share = 1 / 2, times = { mean: 0, std: 1.6 }, power = 1 / 2 } = options;
  const timeOf = logNormalTimes(sde, times);
  const stepsOf = (batch: number): number => Math.round(batch * share);
  /** The factors of y and of the output in u, the scale of y, the label, and the row of the step. */
  const rowAt = (t: number, to: number | undefined): readonly number[] => {
    const { alpha, sigma } = levelAt(sde, t);
    const [scale, tau] = [alpha + sigma, rectifiedTime(sde, t)];
    const x = (1 + sigma ** 2 * parametrization.skip(t)) / alpha;
    const output = (sigma ** 2 * parametrization.out(t)) / alpha;
    const end = to === undefined ? [] : (ends?.row(sde, t, to) ?? []);
    return [(1 - x * scale) / tau, -output / tau, parametrization.inScale(t) * scale, parametrization.label(t), ...end];
  };
  return {
    kind: 'mean-flow',
    sections: (batch) => [stepsOf(batch), batch - stepsOf(batch)],
    write: (owner, net, site) => {
      const { scope, batch, classes } = site;
      const shape = [batch, ...net.sampleShape];
      const [x0, z] = [input(owner, 'x0', shape), input(owner, 'z', shape)];
      const y = weightedSum('noised', { x0, z });
      const velocity = sub(z, x0);
      const steps = stepsOf(batch);
      const part = (begin: number, end: number) => (node: Node) => slice(node, 0, { begin, end });
      const distances: Node[] = [];
      if (steps > 0) {
        const own = part(0, steps);
        const placed = { net, scope, classes: classes && own(classes) };
        const tangent = stopGradient(denoised(own(y), placed, 'step'));
        const { u, slope } = withSlope(owner, { ...placed, y: own(y), v: tangent });
        const length = perSample(input(owner, 'length', [steps]), u);
        distances.push(sumPerSample(square(sub(u, stopGradient(sub(own(velocity), mul(length, slope)))))));
      }
      if (steps < batch) {
        const own = part(steps, batch);
        const u = denoised(own(y), { net, scope, classes: classes && own(classes) }, 'instant');
        distances.push(sumPerSample(square(sub(u, own(velocity)))));
      }
      const distance = concat(distances as [Node, ...Node[]], 0);
      const weight = power === 0 ? undefined : exp(mul(log(add(stopGradient(distance), offset)), -power));
      const losses = mul(weight === undefined ? distance : mul(distance, weight), meanFactor(site));
      return { loss: sum(losses), losses };
    },
    draw: (x0, batch, key) => {
      const z = new Float32Array(x0.length);
      normalInto(z, foldIn(key, 'noise'));
      const steps = stepsOf(batch);
      const others = uniform(foldIn(key, 'ends'), steps);
      const pairs = Array.from(stratified(foldIn(key, 'steps'), steps), (u, i) => {
        const ends = [timeOf(u), timeOf(others[i] ?? 0.5)] as const;
        return { t: Math.max(...ends), to: Math.min(...ends) };
      });
      const instants = Array.from(stratified(foldIn(key, 'times'), batch - steps), timeOf);
      const drawn = [...pairs.map(({ t }) => t), ...instants];
      const rows = pairs.map(({ t, to }) => ({ row: rowAt(t, to), slope: slopeOf(t, (at) => rowAt(at, to)) }));
      const named = (at: string, all: readonly (readonly number[])[]): ReturnType<typeof perSampleFeeds> =>
        perSampleFeeds(at, all.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i] ?? NaN])))); // prettier-ignore
      const endsOf = (all: readonly (readonly number[])[]): Float32Array =>
        Float32Array.from(all.flatMap((row) => row.slice(names.length)));
      const feeds = {
        ...{ x0, z },
        ...perSampleFeeds('noised', drawn.map((t) => rectifiedTime(sde, t)).map((tau) => ({ x0: 1 - tau, z: tau }))), // prettier-ignore
        ...named('step', rows.map(({ row }) => row)), // prettier-ignore
        ...named('slope', rows.map(({ slope }) => slope)), // prettier-ignore
        ...{ 'step.end': endsOf(rows.map(({ row }) => row)), 'slope.end': endsOf(rows.map(({ slope }) => slope)) },
        length: Float32Array.from(pairs, ({ t, to }) => rectifiedTime(sde, t) - rectifiedTime(sde, to)),
        ...named('instant', instants.map((t) => rowAt(t, undefined))), // prettier-ignore
      };
      return { feeds, times: drawn };
    },
  };

  /** d/dtau. */
  function slopeOf(t: number, f: (t: number) => readonly number[]): readonly number[] {
    const [rate = NaN, ...others] = slopes(sde, (at) => [rectifiedTime(sde, at), ...f(at)], t);
    return others.map((slope) => slope / rate);
  }
}

/** The average velocity of steps, and its derivative along the path of each sample. */
function withSlope(
  owner: Graph,
  {
    net,
    scope,
    y,
    v,
    classes,
  }: {
    readonly net: Network;
    readonly scope: Scope;
    readonly y: Node;
    readonly v: Node;
    readonly classes: Node | undefined;
  },
): { readonly u: Node; readonly slope: Node } {
  const [batch = 1] = y.shape;
  const u = denoised(y, { net, scope, classes, toEnd: true }, 'step');
  const read = [...names.map((name) => [name, [batch]] as const), ['end', [batch, net.ends ?? 0]] as const];
  const at = (place: string): Node[] => read.map(([name, shape]) => input(owner, `${place}.${name}`, shape));
  const [slope] = jvp([u], [y, ...at('step')], [v, ...at('slope')]);
  return { u, slope: slope ?? mul(u, 0) };
}
