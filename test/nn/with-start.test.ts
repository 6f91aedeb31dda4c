/** @file Networks that see where paths began: what they read, and the drift that they are taught. */
import { expect, it } from 'vitest';
import { constant, input, matmul, mul, reshape } from '../../src/graph/build.ts';
import { evaluate } from '../../src/graph/evaluate.ts';
import { graph } from '../../src/graph/node.ts';
import { gradient } from '../../src/graph/vjp.ts';
import { layout, network, vectorScope, type Network } from '../../src/nn/network.ts';
import { besideStarts, withStart } from '../../src/nn/with-start.ts';
import { bridgeMatching } from '../../src/score/objectives/bridge-matching.ts';
import { bridgeInput, driftScale } from '../../src/sde/learning/bridge-input.ts';
import { rectifiedFlow } from '../../src/sde/processes/rectified-flow.ts';

/** The linear map of two numbers, of which the first is the sample and the second its start. */
const linear = (shape: readonly number[]): Network =>
  network('linear', shape, (scope, x, label) => {
    const k = scope.param({ name: 'k', shape: [4], init: () => new Float64Array(4), trainable: true });
    return mul(matmul(x, reshape(k, [2, 2])), reshape(mul(label, 1), [label.shape[0] ?? 1, 1]));
  });
const net = withStart([1], linear);

/** The network of numbers k at x and a label of 1. */
function outputOf(own: Network, k: readonly number[], x: readonly number[], shape: readonly number[]): number[] {
  const g = graph();
  const params = input(g, 'k', [layout(own).trained]);
  const { scope } = vectorScope(own, { trained: params, fixed: undefined });
  const out = own.forward(scope, constant(g, Float64Array.from(x), shape), input(g, 'label', [shape[0] ?? 1]));
  return Array.from(evaluate([out], { k, label: new Array<number>(shape[0] ?? 1).fill(1) })[0]!);
}

it('reads starts behind the samples, and zeros where there are none', () => {
  const k = [2, 5, 3, 7];
  expect(net.starts).toBe(true);
  expect(outputOf(net, k, [1, -2], [2, 1])).toEqual([2, -4]);
  expect(outputOf(net, k, [1, 10, -2, 20], [2, 2])).toEqual([2 + 30, -4 + 60]);
  expect(outputOf(besideStarts(net), k, [1, 10], [1, 2])).toEqual([32, 0]);
  expect(besideStarts(net).sampleShape).toEqual([2]);
});

it('is taught the drift of the bridges that begin at each start, where a network without starts is taught their projection', () => {
  const [epsilon, v1, c, t] = [0.5, 1.5, 0.6, 0.4];
  const sde = rectifiedFlow();
  const process = { sde, parametrization: { ...bridgeInput(epsilon)(sde), label: () => 1 } };
  // Three rows of (x_0, x_1, noise) with exactly the second moments of pairs of variances 1 and v1 and covariance c, and noise.
  const rows = [
    [c / Math.sqrt(v1), Math.sqrt(v1), 0],
    [Math.sqrt(1 - c ** 2 / v1), 0, 0],
    [0, 0, 1],
  ].map((row) => row.map((value) => value * Math.sqrt(3)));
  const column = (j: number): number[] => rows.map((row) => row[j]!);
  const each = (value: number): number[] => [value, value, value];
  const feeds = {
    ...{ x0: column(0), z: column(1), noise: column(2), time: each(t), label: each(1) },
    ...{ spread: each(Math.sqrt(epsilon * t * (1 - t))), pull: each(Math.sqrt((epsilon * (1 - t)) / t)) },
    driftScale: each(1 / driftScale(epsilon, t)),
  };
  const slopesAt = (start: boolean, k: readonly number[]): number[] => {
    const g = graph();
    const params = input(g, 'k', [4]);
    const { scope } = vectorScope(net, { trained: params, fixed: undefined });
    const site = { scope, stopped: scope, average: scope, batch: 3 };
    const { loss } = bridgeMatching(process, epsilon, { start }).write(g, net, site);
    const [slope] = gradient(loss, [params]);
    return Array.from(evaluate([slope!], { ...feeds, k })[0]!);
  };
  // x_0 given x_1 is N(k x_1, w), and given x_t too its mean is pulled by x_t - (1 - t) k x_1 - t x_1; the drift is (that mean - x_t) / t.
  const [k, w] = [c / v1, 1 - c ** 2 / v1];
  const pull = (w * (1 - t)) / ((1 - t) ** 2 * w + epsilon * t * (1 - t));
  const [ofX, ofStart] = [(pull - 1) / t, (k - pull * ((1 - t) * k + t)) / t].map((one) => one / driftScale(epsilon, t)) as [number, number]; // prettier-ignore
  for (const slope of slopesAt(true, [ofX, 0, ofStart, 0])) expect(slope).toBeCloseTo(0, 12);
  expect(Math.abs(slopesAt(true, [ofX, 0, 0, 0])[2]!)).toBeGreaterThan(0.1);
  // Without starts the slope is that of E[x_0 - x_t | x_t] / t, whatever stands for the start.
  const variance = (1 - t) ** 2 + t ** 2 * v1 + 2 * t * (1 - t) * c + epsilon * t * (1 - t);
  const projected = ((1 - t + t * c) / variance - 1) / t / driftScale(epsilon, t);
  expect(slopesAt(false, [projected, 0, 9, 0])[0]).toBeCloseTo(0, 12);
  expect(() => slopesAt(true, [0, 0, 0, 0])).not.toThrow();
  const plain = network('plain', [1], (scope, x) => mul(x, scope.param({ name: 'k', shape: [1], init: () => new Float64Array(1), trainable: true }))); // prettier-ignore
  const g = graph();
  const { scope } = vectorScope(plain, { trained: input(g, 'k', [1]), fixed: undefined });
  expect(() =>
    bridgeMatching(process, epsilon, { start: true }).write(g, plain, {
      scope,
      stopped: scope,
      average: scope,
      batch: 3,
    }),
  ).toThrow(/start: expected a network that sees starts, got plain/);
});
