/** @file One direction of a trained bridge: it carries samples of one set to those of the other. */
import { checkOptions, positiveInteger } from '../../base/check.ts';
import { ConfigError } from '../../base/errors.ts';
import { foldIn, key, split } from '../../base/key.ts';
import { batchOf, type Tensor } from '../../base/tensor.ts';
import { drawEnds, lightDrift, meanEnds, type LightPotential } from '../../bridge/light-bridge.ts';
import { followDrift, type Drift, type PathOptions, type PathStep } from '../../bridge/paths.ts';
import { bridges, type BridgeRecord } from '../../catalog/bridges.ts';
import { given } from '../../catalog/config/given.ts';
import { objectiveOf } from '../../catalog/config/loss.ts';
import { find } from '../../catalog/named.ts';
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
const defaultSteps = 20;

/** A direction of a network. */
export async function directionOf(host: Host, trained: TrainedModel, parts: DirectionParts): Promise<BridgeDirection> {
  const { net, process, params, data, step } = trained;
  if (trained.config.task !== 'bridge')
    throw new ConfigError([
      { path: 'model', message: `expected a direction of a bridge, ${parts.name} learns a ${trained.config.task}` },
    ]);
  const backend = await host.backend(1);
  const model = scoreModel(backend, net, { params, process, maxBatch: data.shape.length === 1 ? 1024 : 64 });
  const drift: Drift = (x, t) => model.score(x, t);
  const { loss } = trained.config;
  const times = objectiveOf(loss).path?.(given(loss));
  return {
    ...{ name: parts.name, method: find(bridges, parts.method, 'method'), epsilon: parts.epsilon, data, step },
    carry: (starts, options = {}) => {
      const { signal, onProgress, ...how } = options;
      const chain = times && times.length - 1;
      const { steps = chain ?? defaultSteps, noise = true, last = 'mean' } = how;
      const epsilon = noise ? parts.epsilon : 0;
      const own: PathOptions = { drift, epsilon, last, ...(times ? { times, order: 1 } : { steps }) };
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
      const { seed = 0, steps, noise = true, last = 'mean' } = how;
      const path = { drift: lightDrift(potential), epsilon: noise ? parts.epsilon : 0, last };
      return running(
        () => {
          if (steps !== undefined) {
            checkOptions(positiveInteger('steps', steps));
            return interleaved(host, carrying(place, { starts, evaluations: 0 }, { ...path, steps }, how));
          }
          const started = performance.now();
          const keys = split(foldIn(key(seed), 'bridge'), batchOf(starts));
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

interface Place {
  readonly host: Host;
  readonly parts: DirectionParts;
  readonly data: DataSummary;
}

async function* carrying(
  place: Place,
  { starts, evaluations }: { readonly starts: Tensor; readonly evaluations: number },
  path: PathOptions,
  { seed = 0 }: CarryOptions,
): AsyncGenerator<PathStep, Carried> {
  const started = performance.now();
  const x = yield* followDrift(path, starts, split(foldIn(key(seed), 'bridge'), batchOf(starts)));
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
