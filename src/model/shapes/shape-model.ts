/** @file The handle of a model of shapes: it draws shapes of any number of points, and finds and reads their latents. */
import { withArticle } from '../../base/words.ts';
import { ConfigError } from '../../base/errors.ts';
import { checkOptions, positiveInteger } from '../../base/check.ts';
import { foldIn, key, split, type Key } from '../../base/key.ts';
import { batchOf, dimensionOf, type Tensor } from '../../base/tensor.ts';
import { builtIn } from '../../catalog/catalog.ts';
import { given } from '../../catalog/config/given.ts';
import { dataKindOf } from '../../catalog/data-kinds/find.ts';
import { latentProcess } from '../../catalog/latents.ts';
import { find } from '../../catalog/named.ts';
import { buildSampler, samplerSteps } from '../../catalog/samplers/build-sampler.ts';
import { loadBatch } from '../../data/batch.ts';
import { mostPoints, type ShapeSet } from '../../data/shapes/shape.ts';
import { partParams, requireLatent, type LatentNetwork } from '../../nn/latent.ts';
import { noiseFirstLangevin } from '../../sample/correctors/noise-first.ts';
import type { Sampler, SampleProgress, SampleResult } from '../../sample/sampler.ts';
import { encoderModel } from '../../score/models/encoder-model.ts';
import { scoreModel } from '../../score/models/score-model.ts';
import { interleaved, type Host } from '../host.ts';
import { running, type Running, type RunOptions } from '../running.ts';
import type { TrainedModel } from '../trained.ts';

/** How the points of shapes are drawn. */
export interface PointDrawing {
  /** Points of each shape. Default as many as in training. */
  readonly points?: number | undefined;
  /** Seed of the shapes and of their points, of which each depends on its number alone. Default 0. */
  readonly seed?: number | undefined;
  /** Name of a sampler of the points. Default annealed Langevin dynamics as ShapeGF has it, 10 steps at each level. */
  readonly sampler?: string | undefined;
  /** Steps of that sampler. Default its own. */
  readonly steps?: number | undefined;
}

/** How shapes are drawn. */
export interface ShapeDrawing extends PointDrawing {
  /** How many. Default 16. */
  readonly count?: number | undefined;
}

/** A step of drawing. */
export interface ShapeStep {
  readonly stage: 'latents' | 'clouds';
  /** The part that is done, 0 to 1. */
  readonly fraction: number;
}

/** Shapes that were drawn. */
export interface DrawnShapes {
  /** As a set of the kind of the data. */
  readonly set: ShapeSet;
  /** Their latents, `[count, K]`. */
  readonly latents: Tensor;
  /** Evaluations of the score of points for each shape. */
  readonly evaluations: number;
  readonly seconds: number;
}

/** An open model of shapes. */
export interface ShapeModel extends AsyncDisposable {
  readonly trained: TrainedModel;
  /** K, numbers of a latent. */
  readonly latent: number;
  /** Draws latents, and points given them. */
  sample(options?: ShapeDrawing & RunOptions<ShapeStep>): Running<ShapeStep, DrawnShapes>;
  /**
   * The latents of shapes, `[rows, K]`, whatever the order and the number of their points.
   * @throws ShapeError if a row is not in the set.
   */
  encode(
    set: ShapeSet,
    options?: { readonly rows?: readonly number[] | undefined; readonly seed?: number | undefined },
  ): Promise<Tensor>;
  /** Draws points given latents `[n, K]`. */
  decode(latents: Tensor, options?: PointDrawing & RunOptions<ShapeStep>): Running<ShapeStep, DrawnShapes>;
}

/** Steps of the sampler of latents, which costs little. */
const latentSteps = 32;

/** Numbers of a batch of clouds that are computed together at most. */
const together = 2 ** 15;

/** Part of the work that the latents are. */
const latentPart = 0.05;

/**
 * The handle of a trained model of shapes.
 * @throws ConfigError if it is a model of something else.
 */
export async function shapeModelOf(host: Host, trained: TrainedModel): Promise<ShapeModel> {
  const { config, data, process, params, name, catalog = builtIn } = trained;
  if (!('latent' in trained.net))
    throw new ConfigError([
      { path: 'model', message: `expected a model of shapes, ${name} is ${withArticle(config.task)}` },
    ]);
  const net = requireLatent(trained.net);
  const backend = await host.backend(1);
  const latent = net.latent.decoder.classes;
  const prior = scoreModel(backend, net.latent.prior, {
    params: partParams(net, 'prior', params),
    process: latentProcess,
  });
  const encoder = encoderModel(backend, net.latent.encoder, { params: partParams(net, 'encoder', params) });
  const kind = dataKindOf(data, catalog);
  const [ownPoints = 1] = data.shape;

  /** The networks for clouds of a number of points, whose parameters do not depend on it. */
  const netFor = (points: number): LatentNetwork =>
    points === ownPoints
      ? net
      : requireLatent(find(catalog.networks, config.net.kind, 'net.kind').build([points, 3], given(config.net)));

  const samplerFor = ({ sampler, steps }: PointDrawing): { readonly own: Sampler; readonly steps: number } => {
    const levels = process.sde.levels?.length ?? 10;
    checkOptions(...(steps === undefined ? [] : [positiveInteger('steps', steps)]), [
      sampler !== undefined || steps === undefined,
      'steps',
      `is of samplers with a name; without --sampler there are 10 steps at each of ${levels} levels`,
    ]);
    if (sampler === undefined) return { own: noiseFirstLangevin({ steps: levels - 1 }), steps: levels - 1 };
    const options = { steps, lowDimensional: true };
    return { own: buildSampler(sampler, options, catalog), steps: samplerSteps(sampler, { steps }, catalog) };
  };

  /** @throws ConfigError if points cannot be drawn so, before any work is done. */
  const checkDrawing = (options: PointDrawing): void => {
    const { points = ownPoints } = options;
    checkOptions([
      Number.isInteger(points) && points >= 1 && points <= mostPoints,
      'points',
      `expected 1 to ${mostPoints}, got ${points}`,
    ]);
    samplerFor(options);
  };

  async function* drawLatents(keys: readonly Key[]): AsyncGenerator<ShapeStep, Tensor> {
    const sampler = buildSampler('heun', { steps: latentSteps });
    const drawing = sampler({ sde: latentProcess.sde, score: prior.score, shape: [latent], keys });
    const { x } = yield* watched(drawing, (part) => ({ stage: 'latents', fraction: latentPart * part }), latentSteps);
    return x;
  }

  async function* drawPoints(
    latents: Tensor,
    options: PointDrawing,
    from: number,
  ): AsyncGenerator<ShapeStep, DrawnShapes> {
    const { points = ownPoints, seed = 0 } = options;
    const started = performance.now();
    const count = batchOf(latents);
    const { own: sampler, steps } = samplerFor(options);
    const { decoder } = netFor(points).latent;
    const maxBatch = Math.max(1, 2 ** Math.floor(Math.log2(together / points)));
    const model = scoreModel(backend, decoder, { params: partParams(net, 'decoder', params), process, maxBatch });
    try {
      const rows = Array.from({ length: count }, (_, i) =>
        Float32Array.from(latents.data.subarray(i * latent, (i + 1) * latent)),
      );
      const { score } = model.given(rows);
      const keys = split(foldIn(key(seed), 'clouds'), count);
      const drawing = sampler({ sde: process.sde, score, shape: [points, 3], keys });
      const { x, evals } = yield* watched(
        drawing,
        (part) => ({ stage: 'clouds', fraction: from + (1 - from) * part }),
        steps,
      );
      const set = kind.toSet(x, { ...data, shape: [points, 3] }, { name }) as ShapeSet;
      const evaluations = evals.reduce((sum, value) => sum + value, 0) / count;
      return { set, latents, evaluations, seconds: (performance.now() - started) / 1000 };
    } finally {
      await model.dispose();
    }
  }

  return {
    trained,
    latent,
    sample: ({ signal, onProgress, count = 16, ...options } = {}) =>
      running(
        () => {
          checkOptions(positiveInteger('count', count));
          checkDrawing(options);
          const drawn = async function* (): AsyncGenerator<ShapeStep, DrawnShapes> {
            const latents = yield* drawLatents(split(foldIn(key(options.seed ?? 0), 'latents'), count));
            return yield* drawPoints(latents, options, latentPart);
          };
          return interleaved(host, drawn());
        },
        { signal, onProgress },
      ),
    encode: async (set, { rows = [...Array(set.count).keys()], seed = 0 } = {}) => {
      const own: ShapeSet = { ...set, points: ownPoints };
      const x = loadBatch(own, data.scaler, rows, foldIn(key(seed), 'data'));
      return encoder.of({ shape: [rows.length, ownPoints, 3], data: Float64Array.from(x) });
    },
    decode: (latents, { signal, onProgress, ...options } = {}) =>
      running(
        () => {
          checkOptions([
            dimensionOf(latents, 1) === latent,
            'latents',
            `expected latents [n, ${latent}], got [${latents.shape.join(', ')}]`,
          ]);
          checkDrawing(options);
          return interleaved(host, drawPoints(latents, options, 0));
        },
        { signal, onProgress },
      ),
    [Symbol.asyncDispose]: async () => {
      await prior.dispose();
      await encoder.dispose();
    },
  };
}

/** The steps of a sampler as parts of the work. */
async function* watched(
  drawing: AsyncGenerator<SampleProgress, SampleResult>,
  step: (part: number) => ShapeStep,
  steps: number,
): AsyncGenerator<ShapeStep, SampleResult> {
  for (;;) {
    const next = await drawing.next();
    if (next.done === true) return next.value;
    yield step(Math.min(1, next.value.step / (next.value.steps ?? steps)));
  }
}
