/** @file The gradient of every objective against finite differences of its own value, in float64. */
import { describe, expect, it } from 'vitest';
import { foldIn, key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { input } from '../../src/graph/build.ts';
import { evaluate } from '../../src/graph/evaluate.ts';
import { graph } from '../../src/graph/node.ts';
import { gradient } from '../../src/graph/vjp.ts';
import { energyNetwork } from '../../src/nn/energy.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { layout, vectorScope, type Network } from '../../src/nn/network.ts';
import { withVariance } from '../../src/nn/with-variance.ts';
import { epsilon } from '../../src/sde/learning/parametrization.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { objectivesOf } from './objectives.ts';
import { drawOf, siteOf } from './site.ts';

const sde = vp({ tMin: 0.01, tEnd: 0.01 });
const process = { sde, parametrization: epsilon({ timeScale: 3 })(sde) };
const objectives = objectivesOf(process);
const batch = 5;
const x0 = Float32Array.from(normal(key(1), 2 * batch)).map((x) => Math.tanh(x));
const tiny = (dimension: number): Network => mlp(dimension, { width: 4, depth: 2, features: 4 });

describe.each(Object.keys(objectives))('%s', (name) => {
  const objective = objectives[name]!;
  const nets = name.endsWith('learned') ? [withVariance([2], ([d = 2]) => tiny(d))] : [tiny(2), energyNetwork(tiny(2))];

  it.each(nets)(
    'has the gradient in the parameters of $kind that differences find, and the sum of its shares',
    (net) => {
      const { trained } = layout(net);
      const g = graph();
      const params = input(g, 'params', [trained]);
      const { scope } = vectorScope(net, { trained: params, fixed: undefined });
      const { loss, losses } = objective.write(g, net, siteOf(scope, batch));
      const [slope] = gradient(loss, [params]);
      const { feeds } = drawOf(objective, x0, batch, key(2));
      const at = normal(foldIn(key(3), 'params'), trained).map((z) => 0.5 * z);
      const [value, shares, found] = evaluate([loss, losses, slope!], { ...feeds, params: at });
      expect(shares!.reduce((a, b) => a + b, 0)).toBeCloseTo(value![0]!, 9);
      const h = 1e-5;
      for (let i = 0; i < 3; i++) {
        const direction = normal(foldIn(key(4), i), trained);
        const moved = [h, -h].map((step) => {
          const there = at.map((p, j) => p + step * direction[j]!);
          return evaluate([loss], { ...feeds, params: there })[0]![0]!;
        });
        const difference = (moved[0]! - moved[1]!) / (2 * h);
        const product = found!.reduce((sum, s, j) => sum + s * direction[j]!, 0);
        const size = Math.sqrt(found!.reduce((sum, s) => sum + s * s, 0) * trained);
        // Values up to a hundred times the slope, rounded at 1e-16 / h, and third derivatives times h^2.
        expect(size).toBeGreaterThan(0);
        expect(Math.abs(product - difference)).toBeLessThan(1e-7 * (size + Math.abs(value![0]!)));
      }
    },
  );

  it('draws the same from the same key, and other numbers from another', () => {
    const [one, again, other] = [2, 2, 3].map((seed) => drawOf(objective, x0, batch, key(seed)));
    expect(again).toEqual(one);
    expect(other!.feeds).not.toEqual(one!.feeds);
    for (const t of one!.times) {
      expect(t).toBeGreaterThanOrEqual(sde.tMin);
      expect(t).toBeLessThanOrEqual(sde.tMax);
    }
  });
});
