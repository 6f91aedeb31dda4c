import { expect, it } from 'vitest';
import { ConfigError } from '../../../src/base/errors.ts';
import { key } from '../../../src/base/key.ts';
import { meanMatching } from '../../../src/score/objectives/mean-matching.ts';
import { bridgeInput } from '../../../src/sde/learning/bridge-input.ts';
import { rectifiedFlow } from '../../../src/sde/processes/rectified-flow.ts';
import { lowest, perTime } from '../distillation/linear.ts';
import { drawOf } from '../site.ts';

const sde = rectifiedFlow();
/** A chain of Ornstein and Uhlenbeck from N(0, 1), whose step is x_{k+1} = (1 - g) x_k + sqrt(2 g) z with g = 0.01. */
const a = 0.99;
const epsilon = 0.02;

/** The slope of the mean of a step of length 1, learned from three rows with exactly the moments of x_1 and of a target that is linear in (x_0, x_1). */
function learned(target: (x0: number, x1: number) => number): number {
  const process = { sde, parametrization: bridgeInput(epsilon)(sde) };
  // (x_0, noise) along either axis: second moments of independent unit variables.
  const rows = [
    [Math.SQRT2, 0],
    [0, Math.SQRT2],
  ].map(([x0 = 0, z = 0]) => ({ x0, x1: a * x0 + Math.sqrt(epsilon) * z }));
  const feeds = {
    x0: rows.map(({ x0, x1 }) => target(x0, x1)),
    z: rows.map(({ x1 }) => x1),
    at: [1, 1],
    before: [0, 0],
    begins: [1, 1],
    label: rows.map(() => process.parametrization.label(1)),
    step: rows.map(() => 1 / Math.sqrt(epsilon)),
    drift: rows.map(() => process.parametrization.out(1) / Math.sqrt(epsilon)),
  };
  const objective = meanMatching(process, { epsilon, times: [1, 0] });
  const [k = NaN] = lowest(objective, perTime(process, [1]), { feeds: [feeds], k: [0], batch: 2 });
  return 1 + k * process.parametrization.out(1);
}

it('is least at the mean of the state before, of which the published target has the first order', () => {
  expect(learned((x0) => x0)).toBeCloseTo(0.98990101, 8);
  expect(learned((x0, x1) => x1 + a * x0 - a * x1)).toBeCloseTo(0.990002, 8);
});

it('reads two states of a path that follow each other, and the time of the one that it steps from', () => {
  const times = [1, 0.7, 0.2, 0];
  const process = { sde, parametrization: bridgeInput(0.5)(sde) };
  const objective = meanMatching(process, { epsilon: 0.5, times });
  const batch = 96;
  const x0 = new Float32Array(batch);
  const { feeds, times: at } = drawOf(objective, x0, batch, key(2));
  const ascending = times.toReversed();
  const seen = at.map((t, i) => {
    const row = (name: string): number[] => [...feeds[name]!.subarray(3 * i, 3 * i + 3)];
    const k = row('at').indexOf(1);
    expect([t, feeds['label']![i]!]).toEqual([ascending[k + 1], Math.fround(999 * t)]);
    expect([feeds['begins']![i], row('before').indexOf(1)]).toEqual([Number(k === 0), k - 1]);
    const h = ascending[k + 1]! - ascending[k]!;
    expect(feeds['step']![i]! ** -2).toBeCloseTo(0.5 * h, 6);
    return k;
  });
  expect([0, 1, 2].map((k) => seen.filter((one) => one === k).length)).toEqual([32, 32, 32]);

  // Paths that are all sqrt(t) have one drift for each step, which the loss finds.
  const net = perTime(process, ascending.slice(1));
  const path = Array.from({ length: batch }, () => ascending.slice(1).map(Math.sqrt)).flat();
  const least = lowest(objective, net, { feeds: [{ ...feeds, x0, z: path }], k: [0, 0, 0], batch });
  ascending.slice(1).forEach((t, k) => {
    const drift = least[k]! * process.parametrization.out(t) * Math.sqrt(t);
    expect(drift).toBeCloseTo((Math.sqrt(ascending[k]!) - Math.sqrt(t)) / (t - ascending[k]!), 5);
  });
  expect(() => meanMatching(process, { epsilon: 0, times })).toThrow(ConfigError);
});
