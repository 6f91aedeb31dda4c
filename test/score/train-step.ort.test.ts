/** @file One step of training against its parts, and on both backends. */
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../src/backend/interpreter.ts';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import { hostArray, type Arrays, type Backend, type DeviceArray } from '../../src/backend/program.ts';
import { foldIn, key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { sizeOf } from '../../src/base/tensor.ts';
import { input } from '../../src/graph/build.ts';
import { evaluate } from '../../src/graph/evaluate.ts';
import { graph } from '../../src/graph/node.ts';
import { gradient } from '../../src/graph/vjp.ts';
import { ddpmpp } from '../../src/nn/unet/ddpmpp.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { initialize, layout, vectorScope, type Network } from '../../src/nn/network.ts';
import { scoreNet } from '../../src/nn/score-net.ts';
import { coefficient, lossCoefficients } from '../../src/score/coefficients.ts';
import { denoising, denoisingLoss } from '../../src/score/objectives/denoising.ts';
import { reductionFactor } from '../../src/score/objectives/loss.ts';
import {
  compileTrainStep,
  defaultOptimizer,
  readState,
  type TrainBatch,
  type TrainState,
  type TrainStep,
} from '../../src/score/train-step.ts';
import { epsilon } from '../../src/sde/learning/parametrization.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { standardErrors } from '../base/statistics.ts';
import { siteOf } from './site.ts';

const process = { sde: vp(), parametrization: epsilon()(vp()) };
const optimizer = { ...defaultOptimizer, learningRate: 1e-2, warmup: 1, emaDecay: 0.5 };
const times = [0.1, 0.4, 0.8];

function start(net: Network): TrainState {
  const { trained, fixed } = initialize(net, key(1));
  const zeros = (): Float32Array => new Float32Array(trained.length);
  return { params: trained, m: zeros(), v: zeros(), ema: trained, fixed };
}

function batchFor(net: Network, n = 0): TrainBatch {
  const size = sizeOf(net.sampleShape);
  const batch = times.length;
  const draw = (name: string): Float32Array => Float32Array.from(normal(foldIn(key(n), name), batch * size));
  const coefficients = lossCoefficients.map((name) => [name, coefficient(name, process, times)] as const);
  const weight = new Float32Array(batch).fill(reductionFactor('mean', { size, batch }));
  const feeds = { ...Object.fromEntries(coefficients), x0: draw('x0'), z: draw('z'), weight };
  return { feeds, key: foldIn(key(n), 'dropout') };
}

const compile = (backend: Backend, net: Network, muon = false): Promise<TrainStep> =>
  compileTrainStep(backend, net, {
    batch: times.length,
    objective: denoising(process),
    optimizer: { ...optimizer, muon },
  });

const nets = [
  mlp(2, { width: 8, depth: 2, features: 4 }),
  scoreNet([1, 7, 8], { channels: [8, 16], features: 6 }),
  ddpmpp([1, 4, 4], { width: 4, multipliers: [1, 2], blocks: 1, attention: [2], dropout: 0.2 }),
];

it('a training step of Muon is the same by ONNX Runtime and by the interpreter, and not that of Adam', async () => {
  const net = nets[0]!;
  const trained = Float32Array.from(normal(key(5), layout(net).trained)).map((v) => 0.3 * v);
  const state = { ...start(net), params: trained, ema: trained };
  const kinds = [
    [interpreter(), true] as const,
    [nodeBackend({ threads: 1 }), true] as const,
    [interpreter(), false] as const,
  ];
  const [expected, found, plain] = await Promise.all(
    kinds.map(async ([backend, muon]) => {
      const step = await compile(backend, net, muon);
      const { params } = (await step.run(state, batchFor(net), 1)).state;
      await step.dispose();
      return params.read();
    }),
  );
  const largest = (a: Float32Array, b: Float32Array): number => Math.max(...a.map((v, i) => Math.abs(v - b[i]!)));
  expect(largest(found!, expected!)).toBeLessThan(1e-5);
  expect(largest(plain!, expected!)).toBeGreaterThan(1e-3);
});

describe.each(nets)('a training step of $kind', (net) => {
  it('is the same by ONNX Runtime and by the interpreter', async () => {
    const steps = [await compile(interpreter(), net), await compile(nodeBackend({ threads: 1 }), net)];
    // A state in which no network is at its initial zero.
    const trained = Float32Array.from(normal(key(5), layout(net).trained)).map((v) => 0.3 * v);
    const state = { ...start(net), params: trained, ema: trained };
    const [expected, found] = await Promise.all(steps.map((step) => step.run(state, batchFor(net), 1)));
    expect(Math.abs(found!.loss / expected!.loss - 1)).toBeLessThan(1e-4);
    expect(Math.abs(found!.gradientNorm / expected!.gradientNorm - 1)).toBeLessThan(1e-4);
    // A tenth of the clipped gradient, whose norm is 1. The score-net's angles of some hundred radians carry 1e-5 in float32.
    let worst = 0;
    const [m, exactM] = await Promise.all([found!.state.m.read(), expected!.state.m.read()]);
    m.forEach((v, i) => (worst = Math.max(worst, Math.abs(v - exactM[i]!))));
    expect(worst).toBeLessThan(1e-5);
    expect(found!.state.fixed).toEqual(state.fixed);
    expect(found!.losses).toHaveLength(times.length);
    expect(found!.losses.reduce((a, b) => a + b, 0) / found!.loss).toBeCloseTo(1, 5);
    for (const step of steps) await step.dispose();
  });

  it('lowers the loss of a batch that it sees again and again', async () => {
    const step = await compile(nodeBackend({ threads: 1 }), net);
    let state: TrainState<Float32Array | DeviceArray> = start(net);
    const losses: number[] = [];
    for (let n = 1; n <= 25; n++) {
      const result = await step.run(state, batchFor(net), n);
      state = result.state;
      losses.push(result.loss);
    }
    await step.dispose();
    // Without dropout the mlp and the score-net halve it in a few steps; the first loss is that of an output near 0.
    expect(Math.min(...losses)).toBeLessThan(0.8 * losses[0]!);
    expect(losses.every(Number.isFinite)).toBe(true);
  });
});

describe('the gradient of a training step', () => {
  const net = nets[0]!;

  it('is that of the loss, clipped and taken by Adam', async () => {
    const state = start(net);
    const batch = batchFor(net);
    const step = await compile(interpreter(), net);
    const result = await step.run(state, batch, 1);

    const g = graph();
    const params = input(g, 'params', [layout(net).trained]);
    const bound = vectorScope(net, { trained: params, fixed: undefined });
    const { loss } = denoisingLoss(g, net, siteOf(bound.scope, times.length));
    const feeds = { ...batch.feeds, params: state.params };
    // With respect to the vector as a whole, where the step differentiates the parameters and joins the parts.
    const [value, whole] = evaluate([loss, ...gradient(loss, [params])], feeds);
    expect(result.loss).toBeCloseTo(value![0]!, 6);
    const norm = Math.sqrt(whole!.reduce((sum, v) => sum + v * v, 0));
    expect(result.gradientNorm / norm).toBeCloseTo(1, 6);
    const factor = 1 / Math.max(norm, optimizer.clip);
    const next = await readState(result.state);
    next.m.forEach((m, i) => expect(m).toBeCloseTo(0.1 * factor * whole![i]!, 7));
    next.params.forEach((p, i) => {
      const clipped = factor * whole![i]!;
      const moved = state.params[i]! - (0.01 * clipped) / (Math.abs(clipped) + 1e-8);
      expect(p).toBeCloseTo(moved, 5);
      // The first decay of the average is 2 / 11.
      expect(next.ema[i]).toBeCloseTo(p + (2 / 11) * (state.ema[i]! - p), 6);
    });
    await step.dispose();
  });
});

describe('dropout masks', () => {
  const rate = 0.2;
  const net = ddpmpp([1, 8, 8], { width: 8, multipliers: [1, 2], blocks: 1, dropout: rate });

  /** The interpreter's place with a program that notes what it is fed and computes nothing. */
  async function masksOf(batches: readonly TrainBatch[]): Promise<Float32Array[][]> {
    const seen: Float32Array[][] = [];
    const backend: Backend = {
      name: 'recorder',
      compile: <K extends string, H extends string = never>(
        outputs: Readonly<Record<K, unknown>>,
        kept?: Readonly<Record<H, unknown>>,
      ) =>
        Promise.resolve({
          inputs: [],
          run: (feeds: Arrays) => {
            const names = Object.keys(feeds).filter((name) => name.startsWith('mask.'));
            seen.push(names.map((name) => feeds[name]!));
            const arrays = Object.keys(outputs).map((name) => [name, new Float32Array(1)] as const);
            const held = Object.keys(kept ?? {}).map((name) => [name, hostArray(new Float32Array(1))] as const);
            const results = Object.fromEntries<Float32Array | DeviceArray>([...arrays, ...held]);
            return Promise.resolve(results as Record<K, Float32Array> & Record<H, DeviceArray>);
          },
          dispose: () => Promise.resolve(),
        }),
    };
    const step = await compile(backend, net);
    for (const batch of batches) await step.run(start(net), batch, 1);
    return seen;
  }

  it('are 0 or 1 / (1 - rate) with mean 1, and follow from the key', async () => {
    const [first, again, other] = await masksOf([batchFor(net, 1), batchFor(net, 1), batchFor(net, 2)]);
    expect(first!.length).toBeGreaterThan(3);
    expect(again).toEqual(first);
    const keep = Math.fround(1 / (1 - rate));
    first!.forEach((mask, i) => {
      expect(new Set(mask)).toEqual(new Set([0, keep]));
      // The variance of a mask is rate / (1 - rate).
      expect(standardErrors(mask, (v) => v, { mean: 1, variance: rate / (1 - rate) })).toBeLessThan(4);
      expect(other![i]).not.toEqual(mask);
    });
    const equalSizes = first!.filter(({ length }) => length === first![0]!.length);
    expect(new Set(equalSizes.map((mask) => mask.join())).size).toBe(equalSizes.length);
  });
});

describe('a training step that has been disposed of', () => {
  it.each([interpreter(), nodeBackend({ threads: 1 })])('says so on $name', async (backend) => {
    const net = nets[0]!;
    const step = await compile(backend, net);
    await step.dispose();
    await expect(step.run(start(net), batchFor(net), 1)).rejects.toThrow(/disposed/);
  });
});
