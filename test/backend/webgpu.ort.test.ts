/**
 * @file Training and sampling on WebGPU against the processor. It needs a Vulkan driver; the software one in Debian's package
 * `chromium` (with `libvulkan1`) is taken where no other is named.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend, requireDevice } from '../../src/backend/ort-node.ts';
import type { Backend } from '../../src/backend/program.ts';
import { key, split } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { sizeOf } from '../../src/base/tensor.ts';
import { add, silu, upsample } from '../../src/graph/build.ts';
import { convolution, dense, sinusoidalFeatures } from '../../src/nn/layers.ts';
import { network, within } from '../../src/nn/network.ts';
import { residual, selfAttention } from '../../src/nn/unet-blocks.ts';
import { finish } from '../../src/sample/sampler.ts';
import { ancestral } from '../../src/sample/ancestral.ts';
import { predictorCorrector } from '../../src/sample/predictor-corrector.ts';
import { denoising } from '../../src/score/denoising.ts';
import { scoreModel } from '../../src/score/score-model.ts';
import { compileTrainStep, defaultOptimizer, type StepResult } from '../../src/score/train-step.ts';
import { epsilon } from '../../src/sde/parametrization.ts';
import { vp } from '../../src/sde/vp.ts';
import { averaged, startPoint } from '../../src/train/train.ts';
import { newFolder } from '../io/folders.ts';
import { oneAfterAnother, scorefield, smallPoints } from '../cli/scorefield.ts';

const softwareDriver = '/usr/lib/chromium/vk_swiftshader_icd.json';
if (process.env['VK_ICD_FILENAMES'] === undefined && existsSync(softwareDriver))
  process.env['VK_ICD_FILENAMES'] = softwareDriver;

const missing = await requireDevice('webgpu').then(
  () => undefined,
  (error: unknown) => (error instanceof Error ? error.message : String(error)),
);
if (missing !== undefined) console.log(`skipped: training and sampling on WebGPU (${missing})`);

const process1 = { sde: vp(), parametrization: epsilon()(vp()) };
const style = { skipRescale: true, fir: false, dropout: 0.1, attentionInit: 0.2 } as const;
/** One of each: a time embedding, a residual block with normalisations and dropout, attention, and a convolution of stride 2. */
const net = network('small', [1, 4, 4], (scope, x, label) => {
  const time = silu(dense(within(scope, 'time'), sinusoidalFeatures(label, 8), { size: 8 }));
  let h = convolution(within(scope, 'in'), x, { channels: 8 });
  h = residual(within(scope, 'block'), h, { ...style, time, channels: 8 });
  h = selfAttention(within(scope, 'attention'), h, style);
  const coarse = convolution(within(scope, 'down'), silu(h), { channels: 8, stride: 2 });
  return convolution(within(scope, 'out'), add(h, upsample(coarse, 2)), { channels: 1 });
});
const batch = 2;

async function trained(backend: Backend, steps: number): Promise<StepResult[]> {
  const objective = denoising(process1);
  const step = await compileTrainStep(backend, net, {
    batch,
    objective,
    optimizer: { ...defaultOptimizer, warmup: 1 },
  });
  const x0 = Float32Array.from(normal(key(2), batch * sizeOf(net.sampleShape)));
  const results: StepResult[] = [];
  for (let n = 1; n <= steps; n++) {
    const state = results.at(-1)?.state ?? startPoint(net, key(1)).state;
    results.push(await step.run(state, { feeds: objective.draw(x0, batch, key(n)).feeds, key: key(n) }, n));
  }
  await step.dispose();
  return results;
}

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  const values = Array.from(b);
  return Math.hypot(...values.map((value, i) => value - a[i]!)) / Math.hypot(...values);
};

describe.skipIf(missing !== undefined)('WebGPU', () => {
  let results: Readonly<Record<'cpu' | 'webgpu', readonly StepResult[]>>;
  beforeAll(async () => {
    const [cpu, webgpu] = [nodeBackend({ threads: 1 }), nodeBackend({ threads: 1, device: 'webgpu' })];
    results = { cpu: await trained(cpu, 3), webgpu: await trained(webgpu, 3) };
  }, 300_000);

  it('takes the training steps of the processor', () => {
    for (const [i, cpu] of results.cpu.entries()) {
      const gpu = results.webgpu[i]!;
      // Losses are sums of some hundred products, each rounded to 6e-8, in another order.
      expect(Math.abs(gpu.loss / cpu.loss - 1)).toBeLessThan(5e-6);
      expect(Math.abs(gpu.gradientNorm / cpu.gradientNorm - 1)).toBeLessThan(1e-5);
      // Moments are gradients: sums that cancel, through two derivatives of a normalisation.
      expect(distance(gpu.state.m, cpu.state.m)).toBeLessThan(2e-5);
      expect(distance(gpu.state.v, cpu.state.v)).toBeLessThan(4e-5);
      // Adam divides small gradients by themselves, so that some parameters move by another part of the rate of 5e-4.
      expect(distance(gpu.state.params, cpu.state.params)).toBeLessThan(1e-4);
      expect(distance(gpu.state.ema, cpu.state.ema)).toBeLessThan(1e-4);
    }
  });

  it('draws the samples of the processor', async () => {
    const params = averaged(results.cpu[2]!.state);
    const draw = async (device: 'cpu' | 'webgpu'): Promise<Float64Array> => {
      const model = scoreModel(nodeBackend({ threads: 1, device }), net, { params, process: process1, maxBatch: 2 });
      const { sde } = process1;
      const drawing = predictorCorrector({ predictor: ancestral(), steps: 5 })({
        sde,
        score: model.score,
        shape: net.sampleShape,
        keys: split(key(3), 2),
      });
      const { x } = await finish(drawing);
      await model.dispose();
      return x.data;
    };
    // Five evaluations, each to the rounding of float32; the first is magnified by 1 / alpha(1) = 150 at most.
    expect(distance(await draw('webgpu'), await draw('cpu'))).toBeLessThan(2e-5);
  }, 300_000);

  it('is chosen by --device, written down, and left without a crash', { timeout: 300_000 }, async () => {
    const cwd = newFolder();
    const train = (out: string, ...more: readonly string[]): string[] => [
      ...['train', 'two-moons', '--out', out, '--steps', '3', '--set', 'train.sampleEvery=0', '--json'],
      ...[...smallPoints, ...more],
    ];
    const gpu = await scorefield(train('gpu', '--device', 'webgpu'), { cwd });
    expect(gpu).toMatchObject({ code: 0, signal: null });
    const [cpu] = await oneAfterAnother([train('cpu')], { cwd });
    const loss = ({ out }: { readonly out: string }): number =>
      (JSON.parse(out) as { smoothedLoss: number }).smoothedLoss;
    expect(Math.abs(loss(gpu) / loss(cpu!) - 1)).toBeLessThan(1e-5);
    const device = (run: string): unknown =>
      (JSON.parse(readFileSync(join(cwd, run, 'env.json'), 'utf8')) as { device: unknown }).device;
    expect([device('gpu'), device('cpu')]).toEqual(['webgpu', 'cpu']);
  });
});
