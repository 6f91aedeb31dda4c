/**
 * @file Training and sampling on WebGPU against the processor. It needs a Vulkan driver; the software one in Debian's package
 * `chromium` (with `libvulkan1`) is taken where no other is named.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend, requireDevice } from '../../src/backend/ort-node.ts';
import type { Backend, DeviceArray } from '../../src/backend/program.ts';
import { InternalError, ShapeError } from '../../src/base/errors.ts';
import { key, split } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { sizeOf } from '../../src/base/tensor.ts';
import { add, input, mul, silu, sum, upsample } from '../../src/graph/build.ts';
import { graph } from '../../src/graph/node.ts';
import { convolution, dense, sinusoidalFeatures } from '../../src/nn/layers.ts';
import { layout, network, within } from '../../src/nn/network.ts';
import { residual, selfAttention } from '../../src/nn/unet/unet-blocks.ts';
import { finish } from '../../src/sample/sampler.ts';
import { ancestral } from '../../src/sample/steps/ancestral.ts';
import { predictorCorrector } from '../../src/sample/predictor-corrector.ts';
import { denoising } from '../../src/score/objectives/denoising.ts';
import { scoreModel } from '../../src/score/models/score-model.ts';
import {
  compileTrainStep,
  defaultOptimizer,
  disposeState,
  readState,
  type StepResult,
  type TrainState,
} from '../../src/score/train-step.ts';
import { epsilon } from '../../src/sde/learning/parametrization.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { averaged, startPoint } from '../../src/train/train.ts';
import { newFolder } from '../io/folders.ts';
import { firstSteps, pointAfter, tiny } from '../train/tiny.ts';
import { oneAfterAnother, scorefield, smallPoints } from '../cli/scorefield.ts';

const softwareDriver = '/usr/lib/chromium/vk_swiftshader_icd.json';
if (process.env['VK_ICD_FILENAMES'] === undefined && existsSync(softwareDriver))
  process.env['VK_ICD_FILENAMES'] = softwareDriver;

const missing = await requireDevice('webgpu').then(
  () => undefined,
  (error: unknown) => (error instanceof Error ? error.message : String(error)),
);

const process1 = { sde: vp(), parametrization: epsilon()(vp()) };
const style = { skipRescale: true, fir: false, dropout: 0.1, attentionInit: 0.2 } as const;
/** One of each: a time embedding, a residual block with normalizations and dropout, attention, and a convolution of stride 2. */
const net = network('small', [1, 4, 4], (scope, x, label) => {
  const time = silu(dense(within(scope, 'time'), sinusoidalFeatures(label, 8), { size: 8 }));
  let h = convolution(within(scope, 'in'), x, { channels: 8 });
  h = residual(within(scope, 'block'), h, { ...style, time, channels: 8 });
  h = selfAttention(within(scope, 'attention'), h, style);
  const coarse = convolution(within(scope, 'down'), silu(h), { channels: 8, stride: 2 });
  return convolution(within(scope, 'out'), add(h, upsample(coarse, 2)), { channels: 1 });
});
const batch = 2;

/** A step with its state in hand, whether that was on a device, and the numbers that were sent for it from the host. */
interface Taken extends Omit<StepResult, 'state'> {
  readonly state: TrainState;
  readonly onDevice: boolean;
  readonly sent: number;
}

/** A backend that counts the numbers in arrays of the host that its programs are fed. */
function counted(backend: Backend): { backend: Backend; sent: () => number } {
  let sent = 0;
  return {
    sent: () => sent,
    backend: {
      name: backend.name,
      compile: async (outputs, kept) => {
        const program = await backend.compile(outputs, kept);
        const run: typeof program.run = (feeds) => {
          for (const name of program.inputs) {
            const value = feeds[name]!;
            sent += (value instanceof Float32Array ? value : value.array)?.length ?? 0;
          }
          return program.run(feeds);
        };
        return { ...program, run };
      },
    },
  };
}

async function trained(plain: Backend, steps: number): Promise<Taken[]> {
  const objective = denoising(process1);
  const { backend, sent } = counted(plain);
  const step = await compileTrainStep(backend, net, {
    batch,
    objective,
    optimizer: { ...defaultOptimizer, warmup: 1 },
  });
  const x0 = Float32Array.from(normal(key(2), batch * sizeOf(net.sampleShape)));
  const results: Taken[] = [];
  let state: TrainState<Float32Array | DeviceArray> = startPoint(net, key(1)).state;
  for (let n = 1; n <= steps; n++) {
    const earlier = sent();
    const { feeds } = await objective.draw(x0, batch, key(n), n);
    const result = await step.run(state, { feeds, key: key(n) }, n);
    await disposeState(state);
    ({ state } = result);
    const { params, m, v, ema } = result.state;
    const onDevice = [params, m, v, ema].every(({ array }) => array === undefined);
    results.push({ ...result, state: await readState(result.state), onDevice, sent: sent() - earlier });
  }
  await disposeState(state);
  await step.dispose();
  return results;
}

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  const values = Array.from(b);
  return Math.hypot(...values.map((value, i) => value - a[i]!)) / Math.hypot(...values);
};

describe.skipIf(missing !== undefined)(missing === undefined ? 'WebGPU' : `WebGPU (${missing})`, () => {
  const gpu = nodeBackend({ threads: 1, device: 'webgpu' });
  let results: Readonly<Record<'cpu' | 'webgpu', readonly Taken[]>>;
  beforeAll(async () => {
    results = { cpu: await trained(nodeBackend({ threads: 1 }), 4), webgpu: await trained(gpu, 4) };
  }, 300_000);

  it('takes the training steps of the processor', () => {
    for (const [i, cpu] of results.cpu.entries()) {
      const gpu = results.webgpu[i]!;
      // Losses are sums of some hundred products, each rounded to 6e-8, in another order.
      expect(Math.abs(gpu.loss / cpu.loss - 1)).toBeLessThan(5e-6);
      expect(Math.abs(gpu.gradientNorm / cpu.gradientNorm - 1)).toBeLessThan(1e-5);
      // Moments are gradients: sums that cancel, through two derivatives of a normalization.
      expect(distance(gpu.state.m, cpu.state.m)).toBeLessThan(2e-5);
      expect(distance(gpu.state.v, cpu.state.v)).toBeLessThan(4e-5);
      // Adam divides small gradients by themselves, so that some parameters move by another part of the rate of 5e-4.
      expect(distance(gpu.state.params, cpu.state.params)).toBeLessThan(1e-4);
      expect(distance(gpu.state.ema, cpu.state.ema)).toBeLessThan(1e-4);
      expect([gpu.finite, cpu.finite]).toEqual([true, true]);
    }
  });

  it('keeps the state of a training on the device, and is sent it once', () => {
    expect(results.webgpu.map(({ onDevice }) => onDevice)).toEqual([true, true, true, true]);
    expect(results.cpu.map(({ onDevice }) => onDevice)).toEqual([false, false, false, false]);
    const { trained: size } = layout(net);
    const [first, ...later] = results.webgpu.map(({ sent }) => sent);
    expect(later).toEqual(later.map(() => first! - 4 * size));
    expect(results.cpu.map(({ sent }) => sent)).toEqual(results.cpu.map(() => first));
  });

  it('trains on, and goes on from a point, as if all was in hand', async () => {
    const options = tiny(gpu);
    const [, from, , , last] = await firstSteps(options, 5);
    // The same programs with the same numbers, whether they are fetched at every step, or sent once and fetched at the end.
    const again = await pointAfter({ ...options, from: from! }, 5);
    expect(again.state).toEqual(last!.state);
    expect(again.state.params).not.toEqual(from!.state.params);
    const broken = firstSteps(tiny(gpu, { optimizer: { learningRate: 1e39, warmup: 1 } }), 2);
    await expect(broken).rejects.toThrow(/^step 1: the update is not finite/);
  }, 60_000);

  it('keeps results of any shape on the device, until they are disposed of', async () => {
    const g = graph();
    const [a, b] = [input(g, 'a', [2, 3]), input(g, 'b', [])];
    const program = await gpu.compile({ sum: sum(a) }, { twice: mul(a, 2), more: add(b, 1) });
    const run = (feeds: {
      a: Float32Array | DeviceArray;
      b: Float32Array | DeviceArray;
    }): ReturnType<typeof program.run> => program.run(feeds);
    const first = await run({ a: Float32Array.of(1, 2, 3, 4, 5, 6), b: Float32Array.of(7) });
    const second = await run({ a: first.twice, b: first.more });
    expect([first.twice, first.more].map(({ array }) => array)).toEqual([undefined, undefined]);
    expect([...second.sum]).toEqual([42]);
    // What was asked for before is done before.
    const [early, , late] = await Promise.all([
      run({ a: second.twice, b: second.more }),
      first.twice.dispose(),
      first.twice.read().catch((error: unknown) => error),
    ]);
    expect([...early.sum]).toEqual([84]);
    expect(late).toBeInstanceOf(InternalError);
    await expect(run({ a: first.twice, b: first.more })).rejects.toThrow(/'a': its value was disposed of/);
    await expect(run({ a: second.more, b: second.more })).rejects.toThrow(ShapeError);
    const other = await nodeBackend({ threads: 1 }).compile({ y: mul(a, 3) });
    await expect(other.run({ a: second.twice })).rejects.toThrow(/'a': its value .* on the device of another backend/);
    await other.dispose();
    // Values outlive their program, and the last of a device.
    await program.dispose();
    expect([...(await early.twice.read())]).toEqual([8, 16, 24, 32, 40, 48]);
    expect([...(await early.more.read())]).toEqual([10]);
    for (const { twice, more } of [first, second, early]) for (const value of [twice, more]) await value.dispose();
  }, 60_000);

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
