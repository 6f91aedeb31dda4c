/** @file The compiled programs of a model, which all its views share and which live as long as it does. */
import { checkOptions } from '../base/check.ts';
import { withArticle } from '../base/words.ts';
import type { Backend } from '../backend/program.ts';
import type { Tensor } from '../base/tensor.ts';
import { isOfLatents } from '../nn/autoencoder.ts';
import { autoencoderModel, type AutoencoderModel } from '../score/models/autoencoder-model.ts';
import type { SampleProgress } from '../sample/sampler.ts';
import { scoreModel, type ScoreModel } from '../score/models/score-model.ts';
import type { Host } from './host.ts';
import type { TrainedModel } from './trained.ts';

/** Which programs are needed. */
export interface ProgramNeeds {
  /** Independent samples in all, by which the host chooses how many compute side by side. */
  readonly samples: number;
  /** Samples of one run of a program at most. */
  readonly maxBatch: number;
  /** Whether the caller runs batches side by side, so that one batch must not be cut into parts; false by default. */
  readonly whole?: boolean;
}

/** Score models of one network, made when they are first needed. */
export interface ScorePrograms {
  of(needs: ProgramNeeds): Promise<ScoreModel>;
  /** The autoencoder of a model of latents; undefined of a model of the data themselves. */
  readonly autoencoder: AutoencoderModel | undefined;
  /** What the network draws as samples in the range of the data: decoded, where it is latents. */
  readonly toData: (x: Tensor) => Promise<Tensor>;
  /** Samples in the range of the data as the network sees them: the means of their latents, where it learned those. */
  toSeen(x: Tensor): Promise<Tensor>;
  dispose(): Promise<void>;
}

/** Pictures of the way to samples of latents, of which each is decoded. */
const previews = 8;

/** States on the way to samples as samples of the data; those of latents are decoded now and then, and are the last that was decoded in between. */
export function previewed({
  autoencoder,
  toData,
}: ScorePrograms): (state: Pick<SampleProgress, 'x' | 'step' | 'steps'>) => Promise<Tensor> {
  let shown: Tensor | undefined;
  return async ({ x, step, steps = 1 }) => {
    if (shown === undefined || autoencoder === undefined || step % Math.ceil(steps / previews) === 0)
      shown = await toData(x);
    return shown;
  };
}

/** Samples for whose encoding and decoding the host makes room. */
const samplesTogether = 16;

/**
 * The programs of a trained network on a host.
 * @throws ConfigError from `of` if the network is a classifier.
 */
export function scorePrograms(host: Host, { net, params, process, config, name }: TrainedModel): ScorePrograms {
  const made = new Map<string, ScoreModel>();
  let backend: Promise<Backend> | undefined;
  const autoencoder = isOfLatents(net)
    ? autoencoderModel(() => (backend ??= host.backend(samplesTogether)), net, { params })
    : undefined;
  return {
    autoencoder,
    toData: (x) => autoencoder?.decode(x) ?? Promise.resolve(x),
    toSeen: async (x) => (await autoencoder?.encode(x))?.mean ?? x,
    of: async ({ samples, maxBatch, whole = false }) => {
      checkOptions([
        config.task === 'score',
        'model',
        `expected a model that has learned a score, ${name} is ${withArticle(config.task)}`,
      ]);
      const backend = await host.backend(samples);
      const { workers = 1 } = backend;
      const needs = [workers, maxBatch, whole].join();
      const known = made.get(needs);
      if (known !== undefined) return known;
      const own = whole ? { ...backend, workers: 1 } : backend;
      const model = scoreModel(own, net, { params, process, maxBatch });
      made.set(needs, model);
      return model;
    },
    dispose: async () => {
      const models = [...made.values()];
      made.clear();
      for (const model of models) await model.dispose();
      await autoencoder?.dispose();
    },
  };
}
