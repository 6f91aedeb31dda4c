/** @file MeanFlow at the exact average velocity of Gaussian data. */
import { describe, expect, it } from 'vitest';
import { key } from '../../../src/base/key.ts';
import { tensor } from '../../../src/base/tensor.ts';
import { exactFlowMap } from '../../../src/evaluate/exact-flow-map.ts';
import { add, constant, div, mul, reshape, slice, sqrt, square, sub } from '../../../src/graph/build.ts';
import { evaluate } from '../../../src/graph/evaluate.ts';
import { graph, type Node } from '../../../src/graph/node.ts';
import { constantScope, network, type Network } from '../../../src/nn/network.ts';
import { withEnd } from '../../../src/nn/with-end.ts';
import type { ScoreProcess } from '../../../src/score/coefficients.ts';
import { meanFlow, type MeanFlowOptions } from '../../../src/score/distillation/mean-flow.ts';
import { edmParametrization, epsilon, velocity, vPrediction } from '../../../src/sde/learning/parametrization.ts';
import { lengthEnds, rectifiedTime } from '../../../src/sde/learning/step-ends.ts';
import { edm } from '../../../src/sde/processes/edm.ts';
import { rectifiedFlow } from '../../../src/sde/processes/rectified-flow.ts';
import { vp } from '../../../src/sde/processes/vp.ts';
import type { Sde } from '../../../src/sde/sde.ts';
import { drawOf, siteOf } from '../site.ts';

const std = 0.5;
const none = { trained: new Float32Array(), fixed: new Float32Array() };

/** u / y for N(0, 1/4): ((t + s)(1 + s0^2) - 2 s0^2) / (v_t (v_t + v_s)), from t and d = t - s. */
function averageVelocity(t: Node, d: Node): Node {
  const s = sub(t, d);
  const v = (at: Node): Node => sqrt(add(square(at), mul(square(sub(1, at)), std ** 2)));
  const top = sub(mul(add(t, s), 1 + std ** 2), 2 * std ** 2);
  return div(top, mul(v(t), add(v(t), v(s))));
}

/** The exact average velocity as a network of rectified flow, whose label is the time. */
const exact: Network = withEnd({ classes: 0, ends: lengthEnds.columns }, (classes) =>
  network(
    'exact',
    [1],
    (_, x, label, ends) => {
      const [batch = 1] = x.shape;
      const d = mul(slice(ends!, 1, { begin: 0, end: 1 }), Math.sqrt(4));
      return mul(x, averageVelocity(reshape(label, [batch, 1]), d));
    },
    { classes },
  ),
);

const flow = rectifiedFlow();
const process: ScoreProcess = { sde: flow, parametrization: velocity({ timeScale: 1 })(flow), ends: lengthEnds };

/** Losses of samples that are each the mean of x_0 and z given x_t, so that z - x_0 is the velocity of the flow. */
function lossesAtMeans(options: MeanFlowOptions, net = exact): { losses: Float64Array; times: readonly number[] } {
  const batch = 32;
  const objective = meanFlow(process, options);
  const { feeds, times } = drawOf(objective, new Float32Array(batch), batch, key(3));
  const x0 = times.map((t) => ((1 - t) * std ** 2) / ((1 - t) ** 2 * std ** 2 + t ** 2));
  const z = times.map((t) => t / ((1 - t) ** 2 * std ** 2 + t ** 2));
  const g = graph();
  const { losses } = objective.write(g, net, siteOf(constantScope(net, none, g), batch));
  return { losses: evaluate([losses], { ...feeds, x0, z })[0]!, times };
}

it('the exact average velocity has the published values', async () => {
  const golden = [
    [1 - 1e-9, 0, 0.5],
    [0.5, 0.25, 0.775096901],
    [0.8, 0.2, 0.74216634],
  ] as const;
  for (const [t, s, u] of golden) {
    const g = graph();
    const at = (value: number): Node => constant(g, Float64Array.of(value), [1]);
    const [found] = evaluate([averageVelocity(at(t), at(t - s))], {});
    expect(Math.abs(found![0]! - u)).toBeLessThan(2e-9);
    const { data } = await exactFlowMap(flow, { means: [0], stds: std })(tensor([1], [1, 1]), t, s);
    expect(Math.abs((1 - data[0]!) / (t - s) - u)).toBeLessThan(2e-9);
  }
});

describe('the identity of MeanFlow', () => {
  it('holds at the exact average velocity', () => {
    const { losses } = lossesAtMeans({ share: 1, power: 0 });
    // Inputs are float32; the residual is below 1e-6.
    for (const loss of losses) expect(Math.sqrt(32 * loss)).toBeLessThan(1e-6);
  });

  it('does not hold at half of it', () => {
    const half: Network = { ...exact, forward: (...args) => mul(exact.forward(...args), 0.5) };
    const { losses } = lossesAtMeans({ share: 1, power: 0 }, half);
    for (const loss of losses) expect(32 * loss).toBeGreaterThan(1e-3);
  });

  it('needs the tangent of the row of the step', () => {
    const batch = 32;
    const objective = meanFlow(process, { share: 1, power: 0 });
    const { feeds, times } = drawOf(objective, new Float32Array(batch), batch, key(3));
    const x0 = times.map((t) => ((1 - t) * std ** 2) / ((1 - t) ** 2 * std ** 2 + t ** 2));
    const z = times.map((t) => t / ((1 - t) ** 2 * std ** 2 + t ** 2));
    const g = graph();
    const { losses } = objective.write(g, exact, siteOf(constantScope(exact, none, g), batch));
    const without = { ...feeds, x0, z, 'slope.end': new Float32Array(feeds['slope.end']!.length) };
    expect(Math.max(...evaluate([losses], without)[0]!)).toBeGreaterThan(1e-4);
  });
});

it('without steps it is flow matching', () => {
  const batch = 16;
  const objective = meanFlow(process, { share: 0, power: 0 });
  const { feeds, times } = drawOf(
    objective,
    Float32Array.from({ length: batch }, (_, i) => i / 8 - 1),
    batch,
    key(6),
  );
  const g = graph();
  const [losses] = evaluate([objective.write(g, exact, siteOf(constantScope(exact, none, g), batch)).losses], feeds);
  times.forEach((t, i) => {
    const [x0, z] = [feeds['x0']![i]!, feeds['z']![i]!];
    const v2 = (1 - t) ** 2 * std ** 2 + t ** 2;
    const u = (((1 - t) * x0 + t * z) * (t * (1 + std ** 2) - std ** 2)) / v2;
    expect(Math.abs(losses![i]! * batch - (u - (z - x0)) ** 2)).toBeLessThan(1e-5);
  });
});

it('weighs squared distances d by 1 / (d + 0.01)^p', () => {
  const [plain, weighed] = [0, 1].map((power) => {
    const half: Network = { ...exact, forward: (...args) => mul(exact.forward(...args), 0.5) };
    return lossesAtMeans({ share: 0.5, power }, half).losses;
  });
  plain!.forEach((loss, i) => expect(weighed![i]!).toBeCloseTo(loss / (32 * loss + 0.01), 6));
});

describe.each([
  { name: 'VP, noise', sde: vp(), of: epsilon() },
  { name: 'VP, v', sde: vp(), of: vPrediction() },
  { name: 'EDM', sde: edm(), of: edmParametrization() },
])('with $name', ({ sde, of }: { sde: Sde; of: ReturnType<typeof epsilon> }) => {
  it('reads the factors of the average velocity and their derivatives in the time of rectified flow', () => {
    const parametrization = of(sde);
    const objective = meanFlow({ sde, parametrization, ends: lengthEnds }, { share: 1 });
    const { feeds, times } = drawOf(objective, new Float32Array(8), 8, key(5));
    const factorsAt = (t: number): readonly number[] => {
      const [alpha, sigma] = [sde.alpha(t), sde.sigma(t)];
      // u = (y - D) / tau for y = x / (alpha + sigma), with D of skip, out and inScale.
      const [skip, out] = [parametrization.skip(t), parametrization.out(t)];
      const tau = sigma / (alpha + sigma);
      return [
        (1 - ((alpha + sigma) * (1 + sigma ** 2 * skip)) / alpha) / tau,
        (-(sigma ** 2) * out) / alpha / tau,
        parametrization.inScale(t) * (alpha + sigma),
        parametrization.label(t),
      ];
    };
    times.forEach((t, i) => {
      const h = 1e-4 * t;
      const expected = factorsAt(t);
      const [before, after] = [factorsAt(t - h), factorsAt(t + h)];
      const rate = rectifiedTime(sde, t + h) - rectifiedTime(sde, t - h);
      (['x', 'output', 'inScale', 'label'] as const).forEach((name, k) => {
        const slope = (after[k]! - before[k]!) / rate;
        expect(Math.abs(feeds[`step.${name}`]![i]! - expected[k]!)).toBeLessThan(1e-5 * (1 + Math.abs(expected[k]!)));
        expect(Math.abs(feeds[`slope.${name}`]![i]! - slope)).toBeLessThan(1e-4 * (1 + Math.abs(slope)));
      });
    });
  });
});
