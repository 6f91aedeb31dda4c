/** @file Linear students, one number per time: what a loss is lowest at is then known. */
import { constant, input, lookup, matmul, mul, reshape } from '../../../src/graph/build.ts';
import { evaluate } from '../../../src/graph/evaluate.ts';
import { graph } from '../../../src/graph/node.ts';
import { gradient } from '../../../src/graph/vjp.ts';
import { layout, network, vectorScope, type Network } from '../../../src/nn/network.ts';
import type { ScoreProcess } from '../../../src/score/coefficients.ts';
import type { Objective } from '../../../src/score/objectives/objective.ts';
import { perSample } from '../../../src/score/objectives/loss.ts';
import { custom } from '../../../src/sde/processes/custom.ts';
import type { Sde } from '../../../src/sde/sde.ts';

/** The schedule of progressive distillation at u = t - 1: log-SNR from 20 to -20, even in the angle. */
export function angleSde(): Sde {
  const low = Math.atan(Math.exp(-10));
  const rate = Math.atan(Math.exp(10)) - low;
  const angle = (t: number): number => low + rate * (t - 1);
  return custom({
    kind: 'angle',
    alpha: (u) => Math.cos(angle(u)),
    sigma: (u) => Math.sin(angle(u)),
    f: (u) => -rate * Math.tan(angle(u)),
    g: (u) => Math.sqrt(2 * rate * Math.tan(angle(u))),
    tMin: 1,
    tMax: 2,
  });
}

/** F(x, label) = k_i x with the number of the time whose label is nearest. */
export function perTime({ parametrization }: ScoreProcess, times: readonly number[]): Network {
  const labels = times.map((t) => parametrization.label(t));
  const order = [...labels.keys()].sort((a, b) => labels[a]! - labels[b]!);
  const sorted = order.map((i) => labels[i]!);
  const borders = sorted.slice(1).map((label, i) => (label + sorted[i]!) / 2);
  const rows = new Float64Array(times.length ** 2);
  order.forEach((i, row) => (rows[row * times.length + i] = 1));
  return network('per time', [1], (scope, x, label) => {
    const n = times.length;
    const k = scope.param({ name: 'k', shape: [n], init: () => new Float64Array(n), trainable: true });
    if (n === 1) return mul(x, reshape(k, [1, 1]));
    const chosen = matmul(lookup(label, { borders: Float64Array.from(borders), rows }), reshape(k, [n, 1]));
    return mul(x, perSample(reshape(chosen, label.shape), x));
  });
}

/** d of D = d x for a network F = k x at a time. */
export function estimateFactor({ sde, parametrization }: ScoreProcess, t: number, k: number): number {
  const variance = sde.sigma(t) ** 2;
  const of = parametrization;
  return (1 + variance * (of.skip(t) + of.out(t) * of.inScale(t) * k)) / sde.alpha(t);
}

/** One term of an average: feeds that replace those of the draw. */
export type Feeds = Readonly<Record<string, ArrayLike<number>>>;

/**
 * Where the loss is lowest in each number, its targets being those of the numbers k: it is a parabola in each by itself, so that two
 * slopes give its lowest point.
 */
export function lowest(
  objective: Objective,
  net: Network,
  { feeds, k, batch }: { readonly feeds: readonly Feeds[]; readonly k: readonly number[]; readonly batch: number },
): number[] {
  const g = graph();
  const params = input(g, 'k', [layout(net).trained]);
  const { scope } = vectorScope(net, { trained: params, fixed: undefined });
  const others = constant(g, Float64Array.from(k), params.shape);
  const { scope: stopped } = vectorScope(net, { trained: others, fixed: undefined });
  const { loss } = objective.write(g, net, { scope, stopped, average: stopped, batch });
  const [slope] = gradient(loss, [params]);
  const slopeAt = (numbers: readonly number[]): readonly number[] => {
    const found = feeds.map((one) => evaluate([slope!], { ...one, k: numbers })[0]!);
    return k.map((_, i) => found.reduce((sum, row) => sum + row[i]!, 0));
  };
  const [here, there] = [slopeAt(k), slopeAt(k.map((value) => value + 1))];
  return k.map((value, i) => value - here[i]! / (there[i]! - here[i]!));
}
