/** @file One direction of a trained bridge: it carries samples of one set to those of the other. */
import { checkOptions, positiveInteger } from '../../base/check.ts';
import { ConfigError } from '../../base/errors.ts';
import { foldIn, key, split, type Key } from '../../base/key.ts';
import { batchOf, sampleSize, type Tensor } from '../../base/tensor.ts';
import { drawEnds, lightDrift, meanEnds, type LightPotential } from '../../bridge/light-bridge.ts';
import { followDrift, type Drift, type PathOptions, type PathStep } from '../../bridge/paths.ts';
import { bridges, type BridgeRecord } from '../../catalog/bridges.ts';
import { given } from '../../catalog/config/given.ts';
import { objectiveOf } from '../../catalog/config/loss.ts';
import { find } from '../../catalog/named.ts';
import { besideStarts } from '../../nn/with-start.ts';
import type { DataSummary } from '../../run/data-summary.ts';
import { scoreModel } from '../../score/models/score-model.ts';
import { interleaved, type Host } from '../host.ts';
import { running, type Running, type RunOptions } from '../running.ts';
import { samplesOf, type Samples } from '../samples/samples.ts';
import type { TrainedModel } from '../trained.ts';

/** How samples are carried. */
export interface CarryOptions {
  /** Seed of the noise on the way, of which that of a sample depends on its number alone. Default 0. */
  readonly seed?: number | undefined;
  /** Steps of the way, of two evaluations each but for the last; those of the chain of one that has learned a chain, which takes no other number. Default 20. */
  readonly steps?: number | undefined;
  /** Key of each sample. Default that of the seed and the number of each. */
  readonly keys?: readonly Key[] | undefined;
  /** Whether there is noise on the way; without it samples follow the mean drift, which no bridge does but one of paired sets. Default true. */
  readonly noise?: boolean | undefined;
  /** Whether the last step has noise like all others, as paths to learn from have, or is the mean of the end. Default mean. */
  readonly last?: PathOptions['last'];
}

/** Samples that were carried. */
export interface Carried {
  /** In the range of the model, `[n, …]`. */
  readonly x: Tensor;
  /** The same in the units of the data. */
  readonly samples: Samples;
  /** Evaluations of a network for each; 0 without one. */
  readonly evaluations: number;
  readonly seconds: number;
}

/** One direction of a bridge. */
export interface BridgeDirection extends AsyncDisposable {
  readonly name: string;
  readonly method: BridgeRecord;
  readonly epsilon: number;
  /** Kind, shape and scaling of the samples at both ends. */
  readonly data: DataSummary;
  /** Training steps that were taken; undefined of one without a network. */
  readonly step: number | undefined;
  /**
   * Carries samples of its first set, in the range of the model.
   * @param starts - `[n, …]`
   */
  carry(starts: Tensor, options?: CarryOptions & RunOptions<PathStep>): Running<PathStep, Carried>;
}

/** What a direction is made of. */
export interface DirectionParts {
  readonly name: string;
  /** Name of the method. */
  readonly method: string;
  readonly epsilon: number;
}

/** Steps of a way unless others are asked for. */
export const defaultPathSteps = 20;

/** A direction of a network. */
export async function directionOf(host: Host, trained: TrainedModel, parts: DirectionParts): Promise<BridgeDirection> {
  const { net, process, params, data, step } = trained;
  if (trained.config.task !== 'bridge')
    throw new ConfigError([
      { path: 'model', message: `expected a direction of a bridge, ${parts.name} learns a ${trained.config.task}` },
    ]);
  const backend = await host.backend(1);
  const sees = net.starts === true && objectiveOf(trained.config.loss).seesStart?.(given(trained.config.loss)) === true;
  const options = { params, process, maxBatch: data.shape.length === 1 ? 1024 : 64 };
  const model = scoreModel(backend, sees ? besideStarts(net) : net, options);
  const driftFrom = (starts: Tensor): Drift =>
    sees ? async (x, t) => halved(await model.score(beside(x, starts), t)) : (x, t) => model.score(x, t);
  const { loss } = trained.config;
  const times = objectiveOf(loss).path?.(given(loss));
  return {
    ...{ name: parts.name, method: find(bridges, parts.method, 'method'), epsilon: parts.epsilon, data, step },
    carry: (starts, options = {}) => {
      const { signal, onProgress, ...how } = options;
      const chain = times && times.length - 1;
      const { steps = chain ?? defaultPathSteps, noise = true, last = 'mean' } = how;
      const epsilon = noise ? parts.epsilon : 0;
      const own: PathOptions = {
        drift: driftFrom(starts),
        epsilon,
        last,
        ...(times ? { times, order: 1 } : { steps }),
      };
      const evaluations = chain ?? 2 * steps - 1;
      return running(
        () => {
          checkOptions(positiveInteger('steps', steps), [
            chain === undefined || steps === chain,
            'steps',
            `expected ${chain}, the steps of the chain that ${parts.name} has learned; got ${steps}`,
          ]);
          return interleaved(host, carrying({ host, parts, data }, { starts, evaluations }, own, how));
        },
        { signal, onProgress },
      );
    },
    [Symbol.asyncDispose]: () => model.dispose(),
  };
}

/**
 * A direction of a light bridge: its ends are drawn at once, from the law that they have given the start, unless steps of the way are asked for; without noise
 * they are the means of that law.
 */
export function lightDirection(
  host: Host,
  { potential, data }: { readonly potential: LightPotential; readonly data: DataSummary },
  parts: DirectionParts,
): BridgeDirection {
  const place = { host, parts, data };
  return {
    ...{
      name: parts.name,
      method: find(bridges, parts.method, 'method'),
      epsilon: parts.epsilon,
      data,
      step: undefined,
    },
    carry: (starts, options = {}) => {
      const { signal, onProgress, ...how } = options;
      const { seed = 0, keys = split(foldIn(key(seed), 'bridge'), batchOf(starts)), steps, noise = true, last = 'mean' } = how; // prettier-ignore
      const path = { drift: lightDrift(potential), epsilon: noise ? parts.epsilon : 0, last };
      return running(
        () => {
          if (steps !== undefined) {
            checkOptions(positiveInteger('steps', steps));
            return interleaved(host, carrying(place, { starts, evaluations: 0 }, { ...path, steps }, how));
          }
          const started = performance.now();
          return interleaved(host, ending(place, { starts, evaluations: 0, started }, () => (noise ? drawEnds(potential, starts, keys) : meanEnds(potential, starts)))); // prettier-ignore
        },
        { signal, onProgress },
      );
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** The ends of paths in one step. */
// eslint-disable-next-line @typescript-eslint/require-await
async function* ending(
  place: Place,
  how: { readonly starts: Tensor; readonly evaluations: number; readonly started: number },
  ends: () => Tensor,
): AsyncGenerator<PathStep, Carried> {
  const x = ends();
  yield { t: 0, x, fraction: 1 };
  return carried(place, { ...how, x });
}

/** Samples with their starts behind them along the channels. */
function beside(x: Tensor, starts: Tensor): Tensor {
  const [batch = 0, channels = 1, ...rest] = x.shape;
  const size = sampleSize(x);
  const data = new Float64Array(2 * x.data.length);
  for (let i = 0; i < batch; i++) {
    data.set(x.data.subarray(i * size, (i + 1) * size), 2 * i * size);
    data.set(starts.data.subarray(i * size, (i + 1) * size), (2 * i + 1) * size);
  }
  return { shape: [batch, 2 * channels, ...rest], data };
}

/** The first half of the channels of each sample. */
function halved(x: Tensor): Tensor {
  const [batch = 0, channels = 2, ...rest] = x.shape;
  const size = sampleSize(x) / 2;
  const data = new Float64Array(batch * size);
  for (let i = 0; i < batch; i++) data.set(x.data.subarray(2 * i * size, (2 * i + 1) * size), i * size);
  return { shape: [batch, channels / 2, ...rest], data };
}

interface Place {
  readonly host: Host;
  readonly parts: DirectionParts;
  readonly data: DataSummary;
}

async function* carrying(
  place: Place,
  { starts, evaluations }: { readonly starts: Tensor; readonly evaluations: number },
  path: PathOptions,
  { seed = 0, keys = split(foldIn(key(seed), 'bridge'), batchOf(starts)) }: CarryOptions,
): AsyncGenerator<PathStep, Carried> {
  const started = performance.now();
  const x = yield* followDrift(path, starts, keys);
  return carried(place, { x, starts, evaluations, started });
}

function carried(
  { host, parts: { name }, data }: Place,
  { x, starts, evaluations, started }: { x: Tensor; starts: Tensor; evaluations: number; started: number },
): Carried {
  const count = batchOf(x);
  const samples = samplesOf(
    { host, data, name },
    {
      ...{ x, noise: starts },
      evaluations: new Array<number>(count).fill(evaluations),
      status: new Array<'ok'>(count).fill('ok'),
    },
  );
  return { x, samples, evaluations, seconds: (performance.now() - started) / 1000 };
}
