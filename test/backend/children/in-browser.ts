/** @file What the browser test computes, in the browser and in Node: it imports types alone, and is given the library. */
import type * as Networks from '../../../src/nn.ts';
import type * as Root from '../../../src/index.ts';
import type * as Training from '../../../src/train.ts';
import type { Backend } from '../../../src/graph.ts';

/** The root, the networks and the training. */
type Library = typeof Root & typeof Networks & typeof Training;

/** Runs an exported model by an ONNX Runtime of its own. */
export type RunModel = (model: Uint8Array, feeds: { x: Float32Array; t: Float32Array }) => Promise<Float32Array>;

/** A training of points, samples of it, the score of an image network, and the same score of the exported model. */
export async function numbers(
  lib: Library,
  backend: Backend,
  runModel: RunModel,
): Promise<Readonly<Record<'losses' | 'params' | 'samples' | 'score' | 'exported', readonly number[]>>> {
  const { key } = lib;
  const values = lib.normal(key(1), 512).map((z, i) => (i % 4 < 2 ? 2 + 0.3 * z : -1 + 0.6 * z));
  const set = { kind: 'points', name: 'two spots', count: 256, dimension: 2, values } as const;
  const sde = lib.vp();
  const process = { sde, parametrization: lib.epsilon()(sde) };
  const net = lib.mlp(2, { width: 16, depth: 2, features: 8 });
  const losses: number[] = [];
  let point = lib.startPoint(net, key(2));
  const training = { backend, set, scaler: lib.scalerOf(set), net, process, batch: 32, key: key(3) };
  for await (const progress of lib.train({ ...training, optimizer: { warmup: 1 } })) {
    losses.push(progress.loss);
    if (progress.step < 20) continue;
    point = await progress.point();
    break;
  }
  const model = lib.scoreModel(backend, net, { params: lib.averaged(point.state), process, maxBatch: 16 });
  const sampler = lib.predictorCorrector({ predictor: lib.ancestral(), steps: 20 });
  const { x } = await lib.finish(sampler({ sde, score: model.score, shape: [2], keys: lib.split(key(4), 16) }));
  await model.dispose();

  const images = lib.scoreNet([1, 8, 8], { channels: [8, 16], features: 8 });
  const params = lib.initialize(images, key(5));
  const noise = Float32Array.from(lib.normal(key(6), 3 * 64));
  const t = Float32Array.of(0.1, 0.5, 0.9);
  const imageModel = lib.scoreModel(backend, images, { params, process });
  const score = await imageModel.score(lib.tensor(noise, [3, 1, 8, 8]), Array.from(t));
  await imageModel.dispose();
  const file = lib.exportScore(images, { params, process }, { version: '0', text: 'a test', properties: {} });
  const exported = await runModel(file, { x: noise, t });
  return {
    losses,
    params: Array.from(point.state.params),
    samples: Array.from(x.data),
    score: Array.from(score.data),
    exported: Array.from(exported),
  };
}
