import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import type { Arrays } from '../../src/backend/program.ts';
import { sizeOf } from '../../src/base/tensor.ts';
import { input } from '../../src/graph/build.ts';
import { graph } from '../../src/graph/node.ts';
import { gradient } from '../../src/graph/vjp.ts';
import { ddpmpp } from '../../src/nn/unet/ddpmpp.ts';
import { layout, vectorScope } from '../../src/nn/network.ts';
import { scoreNet } from '../../src/nn/score-net.ts';
import { coefficient, lossCoefficients, scoreCoefficients } from '../../src/score/coefficients.ts';
import { denoisingLoss } from '../../src/score/objectives/denoising.ts';
import { reductionFactor } from '../../src/score/objectives/loss.ts';
import { scoreGraph } from '../../src/score/models/score-model.ts';
import { directScore, epsilon } from '../../src/sde/learning/parametrization.ts';
import { sigmaPower } from '../../src/sde/processes/sigma-power.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { goldenParams, wave, type Golden } from '../golden/wave.ts';
import { siteOf } from '../score/site.ts';

const shape = [1, 28, 28];
const batch = 3;
const times = [0.05, 0.5, 0.95];
/** A shift per channel just before a normalization of single channels changes nothing: its true gradient is 0. */
const vanishing = /^tdense\.2\./;
const read = (name: string): Golden =>
  JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), 'utf8')) as Golden;
const norm = (values: ArrayLike<number>): number => Math.sqrt(Array.from(values).reduce((sum, v) => sum + v * v, 0));

const cases = [
  { name: 'score-net', net: scoreNet(shape), sde: sigmaPower(), parametrization: directScore(), reduction: 'sum' },
  { name: 'ddpmpp', net: ddpmpp(shape), sde: vp(), parametrization: epsilon(), reduction: 'mean' },
] as const;

// The references were computed by PyTorch in float32, whose own rounding is about 1e-5 here.
describe.each(cases)('$name against PyTorch', ({ name, net, sde, parametrization, reduction }) => {
  const golden = read(name);
  const process = { sde, parametrization: parametrization(sde) };
  const params = goldenParams(net, golden);
  const x0 = wave(batch * 784, 2000, { scale: 1 });
  const z = wave(batch * 784, 2001, { scale: 1 });

  it('has the same parameters', () => {
    const { trained } = layout(net);
    const counted = golden.parameters.reduce((sum, p) => sum + p.shape.reduce((a, b) => a * b, 1), 0);
    expect(trained).toBe(counted);
    expect(net.params.filter((p) => p.trainable)).toHaveLength(golden.parameters.length);
  });

  it('has the same score', async () => {
    const program = await nodeBackend({ threads: 1 }).compile({ score: scoreGraph(net, params, batch) });
    const coefficients = Object.fromEntries(scoreCoefficients.map((c) => [c, coefficient(c, process, times)]));
    // The golden score is taken at x0 itself.
    const { score: s } = await program.run({ x: x0, ...coefficients });
    await program.dispose();
    expect(norm(s) / golden.score.norm).toBeCloseTo(1, 4);
    for (let i = 0; i < batch; i++)
      expect(norm(s.subarray(i * 784, (i + 1) * 784)) / golden.score.perSampleNorm[i]!).toBeCloseTo(1, 4);
    const largest = golden.score.norm / Math.sqrt(batch * 784);
    golden.score.head.forEach((value, i) => expect(Math.abs(s[i]! - value)).toBeLessThan(1e-3 * largest));
    golden.score.tail.forEach((value, i) => expect(Math.abs(s.at(i - 4)! - value)).toBeLessThan(1e-3 * largest));
  });

  it('has the same loss and gradients', async () => {
    const g = graph();
    const { trained, fixed } = layout(net);
    const bound = vectorScope(net, {
      trained: input(g, 'params', [trained]),
      fixed: fixed > 0 ? input(g, 'fixed', [fixed]) : undefined,
    });
    const { loss } = denoisingLoss(g, net, siteOf(bound.scope, batch));
    const gradients = Object.fromEntries(gradient(loss, bound.trained).map((node, i) => [`g${i}`, node]));
    const program = await nodeBackend({ threads: 1 }).compile({ loss, ...gradients });
    const result: Arrays = await program.run({
      params: params.trained,
      fixed: params.fixed,
      x0,
      z,
      weight: new Float32Array(batch).fill(reductionFactor(reduction, { size: sizeOf(net.sampleShape), batch })),
      ...Object.fromEntries(lossCoefficients.map((c) => [c, coefficient(c, process, times)])),
    });
    await program.dispose();
    expect(result['loss']![0]! / golden.loss).toBeCloseTo(1, 4);
    const names = net.params.filter((p) => p.trainable).map((p) => p.name);
    const total = Math.hypot(...golden.parameters.map(({ gradNorm }) => gradNorm));
    for (const { name: parameter, gradNorm, gradHead } of golden.parameters) {
      const found = result[`g${names.indexOf(parameter)}`]!;
      if (vanishing.test(parameter)) {
        // The rounding of either side is relative to the whole gradient, which is 9e5 here.
        expect(norm(found), parameter).toBeLessThan(1e-6 * total);
        continue;
      }
      const error = Math.abs(norm(found) - gradNorm);
      expect(error, parameter).toBeLessThan(Math.max(1e-3 * gradNorm, 1e-6));
      gradHead.forEach((value, i) =>
        expect(Math.abs(found[i]! - value), parameter).toBeLessThan(1e-3 * gradNorm + 1e-6),
      );
    }
  });
});
