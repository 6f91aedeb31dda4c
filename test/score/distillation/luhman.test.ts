/** @file Distillation of pairs: where its loss is lowest, and what it reads. */
import { expect, it } from 'vitest';
import { evaluate } from '../../../src/graph/evaluate.ts';
import { graph } from '../../../src/graph/node.ts';
import { key } from '../../../src/base/key.ts';
import { constantScope } from '../../../src/nn/network.ts';
import { pairDistillation } from '../../../src/score/distillation/luhman.ts';
import { edmParametrization, epsilon } from '../../../src/sde/learning/parametrization.ts';
import { edm } from '../../../src/sde/processes/edm.ts';
import { vp } from '../../../src/sde/processes/vp.ts';
import { drawOf, siteOf } from '../site.ts';
import { estimateFactor, perTime } from './linear.ts';

it.each([
  { sde: edm(), of: edmParametrization() },
  { sde: vp(), of: epsilon() },
])('is the distance of D(priorStd z, tMax) from the sample of the noise: $sde.kind', ({ sde, of }) => {
  const process = { sde, parametrization: of(sde) };
  const objective = pairDistillation(process);
  expect(objective.storedNoise).toBe(true);
  const net = perTime(process, [sde.tMax]);
  const { feeds, times } = drawOf(objective, Float32Array.of(0.5, -1, 2), 3, key(1));
  expect(times).toEqual([sde.tMax, sde.tMax, sde.tMax]);
  const lossesFor = (k: number, z: readonly number[]): Float64Array => {
    const g = graph();
    const scope = constantScope(net, { trained: Float32Array.of(k), fixed: new Float32Array() }, g);
    const { losses } = objective.write(g, net, siteOf(scope, 3));
    return evaluate([losses], { ...feeds, z })[0]!;
  };
  const k = Math.fround(0.3);
  const factor = estimateFactor(process, sde.tMax, k) * sde.priorStd;
  const z = [0.7, -0.2, 1.5];
  lossesFor(k, z).forEach((loss, i) => {
    const expected = Math.abs(factor * z[i]! - [0.5, -1, 2][i]!);
    expect(Math.abs(3 * loss - expected)).toBeLessThan(1e-5 * (1 + Math.abs(factor)));
  });
  // Where each sample is what the student makes of its noise, nothing is left but what keeps the root smooth.
  const own = [0.5, -1, 2].map((x) => x / factor);
  expect(Math.max(...lossesFor(k, own))).toBeLessThan(1e-5 * (1 + Math.abs(factor)));
});
