/** @file Exported scores, run by plain ONNX Runtime, against the score model that they were made of. */
import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../../src/backend/interpreter.ts';
import { nodeBackend } from '../../../src/backend/ort-node.ts';
import { key } from '../../../src/base/key.ts';
import { normal, uniform } from '../../../src/base/random.ts';
import { sizeOf, tensor, type Tensor } from '../../../src/base/tensor.ts';
import { ddpmpp } from '../../../src/nn/unet/ddpmpp.ts';
import { energyNetwork } from '../../../src/nn/energy.ts';
import { mlp } from '../../../src/nn/mlp.ts';
import { type Network, type ParamVectors } from '../../../src/nn/network.ts';
import { scoreNet } from '../../../src/nn/score-net.ts';
import { withVariance } from '../../../src/nn/with-variance.ts';
import { withEnd } from '../../../src/nn/with-end.ts';
import { endRows, type ScoreProcess } from '../../../src/score/coefficients.ts';
import { exportScore } from '../../../src/score/models/export-score.ts';
import { scoreModel } from '../../../src/score/models/score-model.ts';
import {
  dataPrediction,
  directScore,
  edmParametrization,
  epsilon,
  velocity,
  vPrediction,
} from '../../../src/sde/learning/parametrization.ts';
import { lengthEnds } from '../../../src/sde/learning/step-ends.ts';
import { rectifiedFlow } from '../../../src/sde/processes/rectified-flow.ts';
import { ve } from '../../../src/sde/processes/ve.ts';
import { vp } from '../../../src/sde/processes/vp.ts';
import { everySde, timesWithin } from '../../sde/all.ts';
import { feedsOf, others, unets } from '../../nn/all.ts';

type Tensors = Readonly<Record<string, Tensor>>;

const about = { version: '0', text: 'a test', properties: {} };

/** Parameters of the size of initial ones, with no branch at zero. */
function paramsOf(net: Network): ParamVectors {
  const { params, fixed } = feedsOf(net, 1);
  return { trained: Float32Array.from(params), fixed: Float32Array.from(fixed) };
}

/** What plain ONNX Runtime makes of the bytes of a model. */
async function runPlainly(model: Uint8Array, batches: readonly Tensors[]): Promise<Tensors[]> {
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const results: Tensors[] = [];
  for (const feeds of batches) {
    const given = Object.entries(feeds).map(
      ([name, { shape, data }]) => [name, new OrtTensor('float32', Float32Array.from(data), shape)] as const,
    );
    const found = Object.entries(await session.run(Object.fromEntries(given)));
    results.push(
      Object.fromEntries(
        found.map(([name, value]) => [name, tensor(Float64Array.from(value.data as Float32Array), value.dims)]),
      ),
    );
  }
  await session.release();
  return results;
}

const firstRows = ({ shape, data }: Tensor, rows: number): Tensor =>
  tensor(data.slice(0, (data.length / shape[0]!) * rows), [rows, ...shape.slice(1)]);
const rowOf = ({ data }: Tensor, i: number): Tensor => tensor(data.slice(2 * i, 2 * i + 2), [2]);
const mapValues = (tensors: Tensors, f: (value: Tensor) => Tensor): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, value]) => [name, f(value)]));

/** Largest difference relative to the largest value. */
function distance(found: Tensor, expected: Tensor): number {
  expect(found.shape).toEqual(expected.shape);
  const scale = expected.data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return expected.data.reduce((most, v, i) => Math.max(most, Math.abs(v - found.data[i]!)), 0) / scale;
}

const noiseFor = (net: Network, rows: number): Tensor => {
  const shape = [rows, ...net.sampleShape];
  return tensor(normal(key(2), sizeOf(shape)).map(Math.fround), shape);
};
const vector = (values: readonly number[]): Tensor => tensor(values, [values.length]);

const vpEpsilon: ScoreProcess = { sde: vp(), parametrization: epsilon()(vp()) };
const veScore: ScoreProcess = { sde: ve(), parametrization: directScore({ label: 'logSigma' })(ve()) };
const networks: readonly (readonly [label: string, net: Network, process: ScoreProcess])[] = [
  ...unets.map(([label, net]) => [label, net, net.kind === 'ncsnpp' ? veScore : vpEpsilon] as const),
  ...others.map(([label, net]) => [label, net, vpEpsilon] as const),
  ['energy of mlp', energyNetwork(mlp(3, { width: 6, depth: 2, features: 4 })), vpEpsilon],
  ['energy of score-net', energyNetwork(scoreNet([1, 9, 8], { channels: [8, 6], features: 6 })), vpEpsilon],
  [
    'score-net with a variance',
    withVariance([1, 8, 9], (twice) => scoreNet(twice, { channels: [8, 6], features: 6 })),
    vpEpsilon,
  ],
];

describe.each(networks)('an exported %s', (_label, net, process) => {
  it('has the score of the score model, in batches of 1, 3 and 7', async () => {
    const params = paramsOf(net);
    const model = scoreModel(nodeBackend({ threads: 1 }), net, { params, process, maxBatch: 7 });
    const x = noiseFor(net, 7);
    const t = Array.from(uniform(key(3), 7), (u) => Math.fround(0.05 + 0.9 * u));
    const told = t.map((_, i) => (i % 3 === 2 ? undefined : i % Math.max(1, net.classes)));
    const rows = told.flatMap((c) => Array.from({ length: net.classes }, (_, k) => Number(k === c)));
    const all = { x, t: vector(t), ...(net.classes > 0 && { classes: tensor(rows, [7, net.classes]) }) };
    const { score, reverseVariance } = net.classes > 0 ? model.given(told) : model;
    const expected = {
      score: await score(x, t),
      ...(reverseVariance && { reverseVariance: await reverseVariance(x, t) }),
    };
    await model.dispose();
    const sizes = [1, 3, 7];
    const found = await runPlainly(
      exportScore(net, { params, process }, about),
      sizes.map((size) => mapValues(all, (value) => firstRows(value, size))),
    );
    for (const [i, results] of found.entries()) {
      expect(Object.keys(results)).toEqual(['score', 'denoised', 'alpha', 'sigma', ...Object.keys(expected).slice(1)]);
      for (const [name, value] of Object.entries(expected))
        expect(distance(results[name]!, firstRows(value, sizes[i]!)), name).toBeLessThan(1e-5);
    }
  });
});

describe.each([0, 2])('an exported network of steps with %i classes', (classes) => {
  it('has the estimate of the step that is given, and that of the score for a row of zeros', async () => {
    const net = withEnd({ classes, ends: lengthEnds.columns }, (columns) =>
      mlp(2, { width: 8, depth: 2, features: 4, classes: columns }),
    );
    const sde = rectifiedFlow();
    const process = { sde, parametrization: velocity()(sde), ends: lengthEnds };
    const params = paramsOf(net);
    const model = scoreModel(nodeBackend({ threads: 1 }), net, { params, process });
    const x = noiseFor(net, 3);
    const t = [0.3, 0.6, 0.9].map(Math.fround);
    const labels = classes === 0 ? undefined : [1, undefined, 0];
    const rows = labels && tensor(labels.flatMap((c) => [0, 1].map((k) => Number(k === c))), [3, 2]); // prettier-ignore
    const ends = [0.1, undefined].map((to) => tensor(endRows(process, t, t.map(() => to)), [3, lengthEnds.columns])); // prettier-ignore
    const feeds = ends.map((end) => ({ x, t: vector(t), end, ...(rows && { classes: rows }) }));
    const found = await runPlainly(exportScore(net, { params, process }, about), feeds);
    const { score } = labels === undefined ? model : model.given(labels);
    for (const [i, to] of [0.1, undefined].entries())
      expect(distance(found[i]!['score']!, await score(x, t, undefined, to))).toBeLessThan(1e-5);
    expect(distance(found[0]!['score']!, found[1]!['score']!)).toBeGreaterThan(1e-2);
    await model.dispose();
  });
});

const parametrizations = [
  epsilon(),
  dataPrediction(),
  vPrediction(),
  velocity(),
  directScore(),
  directScore({ scaleBySigma: false, label: 'logSigma' }),
  edmParametrization(),
];

describe.each(everySde)('an exported score of $kind', (sde) => {
  it.each(parametrizations)(
    'has its score, estimate, alpha and sigma at all times under parametrization %#',
    async (of) => {
      const net = mlp(2, { width: 8, depth: 2, features: 4 });
      const process = { sde, parametrization: of(sde) };
      const parts = { params: paramsOf(net), process };
      const t = timesWithin(sde).map(Math.fround);
      const z = noiseFor(net, t.length);
      const sizeAt = (i: number): number => Math.hypot(sde.alpha(t[i]!), sde.sigma(t[i]!));
      const x = tensor(z.data.map((value, j) => Math.fround(sizeAt(j >> 1) * value)), z.shape); // prettier-ignore
      const [found] = await runPlainly(exportScore(net, parts, about), [{ x, t: vector(t) }]);
      const model = scoreModel(nodeBackend({ threads: 1 }), net, { ...parts, maxBatch: 16 });
      const score = await model.score(x, t);
      await model.dispose();
      t.forEach((time, i) => {
        const [alpha, sigma] = [sde.alpha(time), sde.sigma(time)];
        // Each is rounded once, or a little more.
        expect(Math.abs(found!['alpha']!.data[i]! / alpha - 1)).toBeLessThan(2e-7);
        expect(Math.abs(found!['sigma']!.data[i]! / sigma - 1)).toBeLessThan(2e-7);
        expect(distance(rowOf(found!['score']!, i), rowOf(score, i))).toBeLessThan(1e-5);
        // The sum of Tweedie's formula cancels: what is known of it is known to the rounding of its terms.
        const [s, own, estimate] = [score, x, found!['denoised']!].map((value) => rowOf(value, i).data);
        own!.forEach((value, j) => {
          const [first, second] = [value / alpha, (sigma ** 2 * s![j]!) / alpha];
          const terms =
            Math.hypot(...own!.map((v) => v / alpha)) + Math.hypot(...s!.map((v) => (sigma ** 2 * v) / alpha));
          expect(Math.abs(estimate![j]! - first - second) / terms).toBeLessThan(2e-6);
        });
      });
    },
  );
});

/** A process whose network predicts the data, for which the denoised estimate is the network's output itself. */
describe('a denoised estimate', () => {
  it('does not lose digits at large noise', async () => {
    const net = mlp(2, { width: 8, depth: 2, features: 4 });
    const sde = ve({ sigmaMax: 1e4 });
    const parts = { params: paramsOf(net), process: { sde, parametrization: edmParametrization()(sde) } };
    const x = noiseFor(net, 3);
    const far = tensor(x.data.map((value) => Math.fround(1e4 * value)), x.shape); // prettier-ignore
    const [found] = await runPlainly(exportScore(net, parts, about), [{ x: far, t: vector([1, 1, 1]) }]);
    const { denoised } = found!;
    // Karras et al. 2022, eq. 7: cSkip = sd^2 / (sigma^2 + sd^2) and cOut F with cOut near sd = 1/2, from the raw output.
    const raw = scoreModel(interpreter(), net, {
      params: parts.params,
      process: { sde, parametrization: { ...parts.process.parametrization, skip: () => 0, out: () => 1 } },
    });
    const f = await raw.score(far, 1);
    const [skip, out] = [0.25 / (1e8 + 0.25), (1e4 * 0.5) / Math.sqrt(1e8 + 0.25)];
    const expected = tensor(f.data.map((value, j) => skip * far.data[j]! + out * value), f.shape); // prettier-ignore
    expect(distance(denoised!, expected)).toBeLessThan(1e-5);
  });
});

describe('an exported model', () => {
  const net = ddpmpp([1, 4, 8], { width: 4, multipliers: [1, 2], blocks: 1, attention: [2], classes: 3 });
  const bytes = exportScore(
    net,
    { params: paramsOf(net), process: vpEpsilon },
    { version: '1.2.3', text: 'what it is', properties: { a: '1', b: 'zwei' } },
  );
  const model = fromBinary(ModelProtoSchema, bytes);

  it('uses operators of ONNX alone', () => {
    expect(model.opsetImport.map(({ domain, version }) => [domain, version])).toEqual([['', 17n]]);
    expect(new Set(model.graph!.node.map(({ domain }) => domain))).toEqual(new Set(['']));
  });

  it('has a batch of any size, and says what it is', () => {
    const shapes = (values: NonNullable<typeof model.graph>['input']): unknown =>
      Object.fromEntries(
        values.map(({ name, type }) => {
          const tensorType = type?.value.case === 'tensorType' ? type.value.value : undefined;
          return [name, tensorType?.shape?.dim.map(({ value }) => value.value?.toString()).join()];
        }),
      );
    expect(shapes(model.graph!.input)).toEqual({ x: 'N,1,4,8', t: 'N', classes: 'N,3' });
    expect(shapes(model.graph!.output)).toEqual({ score: 'N,1,4,8', denoised: 'N,1,4,8', alpha: 'N', sigma: 'N' });
    expect(model).toMatchObject({ producerName: 'scorefield', producerVersion: '1.2.3', docString: 'what it is' });
    expect(model.metadataProps.map(({ key: name, value }) => [name, value])).toEqual([
      ['a', '1'],
      ['b', 'zwei'],
    ]);
  });
});
