/** @file The configuration of a run: what its keys are, and their limits. Every key is documented here and nowhere else. */
import * as v from 'valibot';
import { ConfigError } from '../base/errors.ts';

const positive = v.pipe(v.number(), v.finite('expected a finite number'), v.gtValue(0, 'expected a positive number'));
const count = v.pipe(v.number(), v.safeInteger('expected an integer'), v.minValue(1, 'expected at least 1'));
const whole = v.pipe(v.number(), v.safeInteger('expected an integer'), v.minValue(0, 'expected 0 or more'));
/** A count with an end: beyond it lies a slip of the pen, and an hour of waiting for memory that is not there. */
const upTo = (most: number): v.GenericSchema<unknown, number> =>
  v.pipe(count, v.maxValue(most, `expected at most ${most}`));
const fraction = v.pipe(v.number(), v.minValue(0, 'expected 0 to 1'), v.maxValue(1, 'expected 0 to 1'));
const size = upTo(4096);
const several = <T extends v.GenericSchema>(item: T): v.GenericSchema<unknown, v.InferOutput<T>[]> =>
  v.pipe(v.array(item), v.minLength(1, 'expected at least one number'), v.maxLength(16, 'expected at most 16 numbers'));

/** Which data, and what of it. */
const data = v.strictObject({
  /** A name or a path. */
  ref: v.pipe(v.string(), v.nonEmpty('expected a name or a path')),
  /** Side of the images, pixels. */
  size: v.optional(count),
  limit: v.optional(count),
  flips: v.optional(v.boolean()),
  group: v.optional(v.string()),
  split: v.optional(v.picklist(['train', 'test'])),
  /** Folder in which standard sets are looked for first. */
  folder: v.optional(v.string()),
  channels: v.optional(v.picklist([1, 3])),
  /** Points of a toy set. */
  count: v.optional(upTo(10_000_000)),
  /** Seed of a toy set. */
  seed: v.optional(whole),
  weights: v.optional(v.array(positive)),
});

const net = v.variant('kind', [
  v.strictObject({
    kind: v.literal('mlp'),
    width: v.optional(size, 128),
    depth: v.optional(upTo(64), 3),
    features: v.optional(size, 64),
  }),
  v.strictObject({
    kind: v.literal('score-net'),
    channels: v.optional(several(size), [32, 64, 128, 256]),
    features: v.optional(size, 256),
  }),
  v.strictObject({
    kind: v.literal('ddpmpp'),
    width: v.optional(size, 32),
    multipliers: v.optional(several(upTo(64)), [1, 2, 2]),
    blocks: v.optional(upTo(64), 2),
    /** Image sizes with attention, pixels. */
    attention: v.optional(v.array(count)),
    dropout: v.optional(fraction, 0),
  }),
]);

/** Smallest time of training, and the time at which sampling ends. */
const times = { tMin: v.optional(positive, 1e-5), tEnd: v.optional(positive) };
const sdeKeys = v.variant('kind', [
  v.strictObject({
    kind: v.literal('ve'),
    sigmaMin: v.optional(positive, 0.01),
    sigmaMax: v.optional(positive, 50),
    ...times,
  }),
  v.strictObject({
    kind: v.literal('vp'),
    betaMin: v.optional(positive, 0.1),
    betaMax: v.optional(positive, 20),
    ...times,
  }),
  v.strictObject({
    kind: v.literal('sub-vp'),
    betaMin: v.optional(positive, 0.1),
    betaMax: v.optional(positive, 20),
    ...times,
  }),
  v.strictObject({ kind: v.literal('sigma-power'), sigma: v.optional(positive, 25), ...times }),
  v.strictObject({ kind: v.literal('edm'), sigmaMin: v.optional(positive, 0.002), sigmaMax: v.optional(positive, 80) }),
]);
/** Sampling ends at the smallest time of training, or earlier where the last bit of noise is not worth its steps. */
const sde = v.pipe(
  sdeKeys,
  v.transform((keys) =>
    'tMin' in keys ? { ...keys, tEnd: keys.tEnd ?? Math.max(keys.tMin, keys.kind === 've' ? 0 : 1e-3) } : keys,
  ),
);

const parametrization = v.variant('kind', [
  v.strictObject({ kind: v.literal('epsilon'), timeScale: v.optional(positive, 999) }),
  v.strictObject({
    kind: v.literal('score'),
    scaleBySigma: v.optional(v.boolean(), true),
    label: v.optional(v.picklist(['time', 'logSigma']), 'time'),
    timeScale: v.optional(positive, 1),
  }),
  v.strictObject({ kind: v.literal('edm'), sigmaData: v.optional(positive, 0.5) }),
]);

const loss = v.strictObject({
  weighting: v.picklist(['sigma2', 'likelihood', 'edm']),
  /** Distribution of the training times. */
  times: v.picklist(['uniform', 'log-normal', 'importance']),
  reduction: v.picklist(['sum', 'halfSum', 'mean']),
});

const train = v.strictObject({
  seed: v.optional(whole, 0),
  /** Samples of a step. */
  batch: upTo(65_536),
  learningRate: positive,
  /** Steps of linear warm-up. */
  warmup: v.optional(whole, 500),
  /** Largest global norm of the gradient. */
  clip: v.optional(positive, 1),
  emaDecay: v.pipe(v.number(), v.minValue(0, 'expected 0 to below 1'), v.ltValue(1, 'expected 0 to below 1')),
  /** Steps in all. */
  steps: v.optional(count),
  /** Minutes of training in all. */
  minutes: v.optional(positive),
  /** Steps between checkpoints. */
  checkpointEvery: v.optional(count, 500),
  /** Newest checkpoints that are kept; the best one is kept too. */
  keep: v.optional(count, 2),
  /** Steps between lines of metrics. */
  logEvery: v.optional(count, 20),
  /** Steps between sample snapshots; 0 for none. */
  sampleEvery: v.optional(whole, 2000),
});

/** Range of the values that an image model sees; points are standardised. */
const range = v.picklist(['centered', 'unit']);

const runConfig = v.strictObject({ data, range, net, sde, parametrization, loss, train });

/** The resolved configuration of a run. */
export type RunConfig = v.InferOutput<typeof runConfig>;
/** Data part of a configuration. */
export type DataConfig = RunConfig['data'];
/** Network part of a configuration. */
export type NetConfig = RunConfig['net'];
/** SDE part of a configuration. */
export type SdeConfig = RunConfig['sde'];

/** Names of the networks. */
export const netKinds: readonly NetConfig['kind'][] = ['mlp', 'score-net', 'ddpmpp'];
/** Names of the parametrizations. */
export const parametrizationKinds: readonly RunConfig['parametrization']['kind'][] = ['epsilon', 'score', 'edm'];
/** Names of the SDEs. */
export const sdeKinds: readonly SdeConfig['kind'][] = ['ve', 'vp', 'sub-vp', 'sigma-power', 'edm'];

function parsed<T extends v.GenericSchema>(schema: T, value: unknown, prefix = ''): v.InferOutput<T> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new ConfigError(
    result.issues.map((issue) => ({
      path: prefix + (v.getDotPath(issue) ?? ''),
      message: messageOf(issue),
    })),
  );
}

function messageOf(issue: v.BaseIssue<unknown>): string {
  if (issue.kind === 'schema' && issue.expected === 'never') return 'unknown key';
  if (issue.kind === 'schema') {
    // A missing key is told with its own name as what was expected.
    if (issue.received === 'undefined')
      return issue.type === 'strict_object' ? 'missing' : `missing; expected ${expectedIn(issue)}`;
    return `expected ${expectedIn(issue)}, got ${issue.received}`;
  }
  return issue.type === 'non_empty' ? issue.message : `${issue.message}, got ${issue.received}`;
}

function expectedIn({ expected }: v.BaseIssue<unknown>): string {
  if (expected === 'Object') return 'keys with values';
  if (expected === 'Array') return 'a list';
  return (expected ?? 'another value').replace(/^\((.*)\)$/, '$1').replaceAll(' | ', ', ');
}

/**
 * Checks a whole configuration and fills in defaults.
 * @throws ConfigError listing every unknown key, missing key and bad value with its path.
 */
export function parseConfig(value: unknown): RunConfig {
  return parsed(runConfig, value);
}

/** Checks the data part alone, which is needed before the rest can have defaults. */
export function parseData(value: unknown): DataConfig {
  return parsed(data, value, 'data.');
}
