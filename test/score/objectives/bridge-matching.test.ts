import { expect, it } from 'vitest';
import { ConfigError } from '../../../src/base/errors.ts';
import { key } from '../../../src/base/key.ts';
import { gaussianBridge } from '../../../src/bridge/gaussian-bridge.ts';
import { bridgeMatching } from '../../../src/score/objectives/bridge-matching.ts';
import { bridgeInput, driftScale } from '../../../src/sde/learning/bridge-input.ts';
import { rectifiedFlow } from '../../../src/sde/processes/rectified-flow.ts';
import { lowest, perTime } from '../distillation/linear.ts';
import { drawOf } from '../site.ts';

const epsilon = 0.5;
const sde = rectifiedFlow();
const process = { sde, parametrization: bridgeInput(epsilon)(sde) };
const bridge = gaussianBridge({
  from: { mean: [0], covariance: Float64Array.of(1) },
  to: { mean: [0], covariance: Float64Array.of(0.25) },
  epsilon,
});

it('is least at the drift of the bridge, for pairs with the covariance of the bridge', () => {
  const times = [0.25, 0.5, 0.75];
  const c = bridge.coupling[0]!;
  // Three rows of (x_0, x_1, noise) with exactly the second moments of pairs and noise, at each time.
  const rows = [
    [1, c, 0],
    [0, Math.sqrt(0.25 - c ** 2), 0],
    [0, 0, 1],
  ].map((row) => row.map((value) => value * Math.sqrt(3)));
  const all = times.flatMap((t) => rows.map(([x0 = 0, z = 0, noise = 0]) => ({ t, x0, z, noise })));
  const feeds = {
    x0: all.map(({ x0 }) => x0),
    z: all.map(({ z }) => z),
    noise: all.map(({ noise }) => noise),
    time: all.map(({ t }) => t),
    label: all.map(({ t }) => process.parametrization.label(t)),
    spread: all.map(({ t }) => Math.sqrt(epsilon * t * (1 - t))),
    pull: all.map(({ t }) => Math.sqrt((epsilon * (1 - t)) / t)),
    driftScale: all.map(({ t }) => 1 / driftScale(epsilon, t)),
  };
  const net = perTime(process, times);
  const found = lowest(bridgeMatching(process, epsilon), net, { feeds: [feeds], k: [0, 0, 0], batch: all.length });
  // The golden slopes .200558838, .211145618, .222912360 toward t = 0.
  times.forEach((t, i) => expect(found[i]! * driftScale(epsilon, t)).toBeCloseTo(bridge.backwardSlope(t)[0]!, 9));
});

it('draws what it reads: times off both ends, and factors at them', () => {
  const batch = 64;
  const { feeds, times } = drawOf(bridgeMatching(process, epsilon), new Float32Array(batch).fill(1), batch, key(1));
  expect([Math.min(...times) >= 1e-3, Math.max(...times) <= 1 - 1e-3]).toEqual([true, true]);
  times.forEach((t, i) => {
    expect(feeds['spread']![i]).toBeCloseTo(Math.sqrt(epsilon * t * (1 - t)), 6);
    expect(feeds['label']![i]).toBeCloseTo(999 * t, 2);
    // The noise of the target is spread / t before it is scaled.
    expect(feeds['pull']![i]! / (feeds['spread']![i]! / t)).toBeCloseTo(1, 4);
  });
  expect(() => bridgeMatching(process, 0)).toThrow(ConfigError);
});
