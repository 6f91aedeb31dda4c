/** @file A run of latents: the autoencoder that it begins with, and its data as that one encodes them. */
import type { Backend } from '../../backend/program.ts';
import { checkOptions } from '../../base/check.ts';
import { InternalError } from '../../base/errors.ts';
import { key } from '../../base/key.ts';
import { shellWord } from '../../base/words.ts';
import { dataKindOf } from '../../catalog/data-kinds/find.ts';
import { part } from '../../catalog/config/merge.ts';
import type { RunConfig } from '../../catalog/config/schema.ts';
import { autoencoderTask } from '../../catalog/tasks/autoencoder.ts';
import type { Plain } from '../../catalog/option.ts';
import { kindOf, sampleShape, type DataSet } from '../../data/dataset.ts';
import { fingerprint } from '../../data/fingerprint.ts';
import { bareAutoencoder, isOfLatents, latentUnits, requireAutoencoder, withAutoencoderParams } from '../../nn/autoencoder.ts'; // prettier-ignore
import { samplingParameters } from '../../run/from-bytes.ts';
import { loadAnyRun, type LoadedRun } from '../../run/load.ts';
import { encodedSets, type TrainedAutoencoder } from '../../train/latents.ts';
import { averaged, startPoint } from '../../train/train.ts';
import { readLatentPairs } from '../latent-pairs.ts';
import type { Prepared } from './prepared.ts';

/** The autoencoder that a configuration names as `latent.run`. */
export interface LatentSource {
  readonly loaded: LoadedRun;
  /** What the configuration says of it. */
  readonly latent: Plain;
  readonly autoencoder: TrainedAutoencoder;
}

/**
 * The autoencoder that is asked for; undefined where none is.
 * @throws ConfigError if it is a run of something else.
 * @throws FileError if there is none, or its files are damaged.
 */
export function latentSource(asked: Plain): LatentSource | undefined {
  const { run, step } = part(asked, 'latent');
  if (typeof run !== 'string') return undefined;
  const loaded = loadAnyRun(run, typeof step === 'number' ? step : undefined);
  const { task, net, config, point } = loaded;
  checkOptions([
    task === autoencoderTask.name,
    'latent',
    `expected a run or a model of --task autoencoder, ${run} is of a ${task}; train one with: scorefield train … --task autoencoder`,
  ]);
  return {
    loaded,
    latent: { run, step: point.step, net: config.net },
    autoencoder: { net: requireAutoencoder(net), params: samplingParameters(loaded) },
  };
}

/** @throws ConfigError unless an autoencoder was trained on a set. */
export function requireOwnData({ loaded: { config, data }, latent }: LatentSource, set: DataSet): void {
  const what = (kind: string, shape: readonly number[]): string => `${kind} [${shape.join(', ')}]`;
  const [own, other] = [what(data.kind, data.shape), what(kindOf(set).name, sampleShape(set))];
  const ref = shellWord(config.data.ref);
  checkOptions([
    own === other,
    'latent',
    `expected ${own} as the autoencoder ${String(latent['run'])} was trained on, ${set.name} has ${other}; give ${ref}, or train an autoencoder of these`,
  ]);
  checkOptions([
    data.fingerprint === fingerprint(set),
    'latent',
    `expected the data that the autoencoder ${String(latent['run'])} was trained on, ${ref}; ${set.name} are others: train an autoencoder of them`,
  ]);
}

/** The autoencoder of a run of latents that goes on before it has saved anything; undefined of any other run. */
export function autoencoderOfRun({ latent }: RunConfig): TrainedAutoencoder | undefined {
  return latent === undefined ? undefined : latentSource({ latent })?.autoencoder;
}

/**
 * What a network of latents is trained on in place of its data, with the point that it begins from; any other run as it is. One that trains its autoencoder too reads the data
 * themselves.
 * @throws InternalError if a run has no autoencoder.
 */
export async function withLatents(prepared: Prepared, backend: Backend): Promise<Prepared> {
  const { config, set, heldOut, training, summary, from, autoencoder } = prepared;
  const { net, scaler, objective } = training;
  const joint = objective.joint === true;
  if (!isOfLatents(net) || (joint && from !== undefined)) return prepared;
  const pairs = config.latent?.pairs;
  if (pairs !== undefined) {
    checkOptions([
      from !== undefined && !joint,
      'latent.pairs',
      'is of students, which begin with the parameters of the model that drew the pairs; give it with --init, or leave latent.pairs away',
    ]);
    return { ...prepared, ...readLatentPairs(pairs, { scaler, shape: net.autoencoder.latentShape }) };
  }
  const params = from && averaged(from.state);
  const own = params === undefined ? autoencoder : bareAutoencoder(net, { net, params });
  if (own === undefined) throw new InternalError('a run of latents began without an autoencoder');
  const units = params === undefined ? dataKindOf(summary).sigmaData : latentUnits(net, params);
  const found = await encodedSets(
    backend,
    own,
    [{ set, scaler }, ...(heldOut === undefined ? [] : [{ set: heldOut, scaler }])],
    units,
  );
  const [latents, others] = found.sets;
  if (latents === undefined) throw new InternalError('a set was encoded to none');
  const begins = (): Prepared['from'] => {
    const point = startPoint(net, key(config.train.seed));
    const all = withAutoencoderParams(net, averaged(point.state), { ...own, units: found.units });
    return { ...point, state: { ...point.state, params: all.trained, ema: all.trained, fixed: all.fixed } };
  };
  const seen = joint ? { set, heldOut } : { set: latents, heldOut: others };
  return { ...prepared, ...seen, from: from ?? begins() };
}
