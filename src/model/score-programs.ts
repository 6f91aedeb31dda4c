/** @file The compiled programs of a model, which all its views share and which live as long as it does. */
import { checkOptions } from '../base/check.ts';
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
  dispose(): Promise<void>;
}

/**
 * The programs of a trained network on a host.
 * @throws ConfigError from `of` if the network is a classifier.
 */
export function scorePrograms(host: Host, { net, params, process, config, name }: TrainedModel): ScorePrograms {
  const made = new Map<string, ScoreModel>();
  return {
    of: async ({ samples, maxBatch, whole = false }) => {
      checkOptions([
        config.task === 'score',
        'model',
        `expected a model that has learned a score, ${name} is a ${config.task}`,
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
    },
  };
}
