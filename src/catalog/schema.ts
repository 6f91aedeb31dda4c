/** @file The configuration of a run: what its keys are, and their limits. Every key is documented here and nowhere else. */
import * as v from 'valibot';
import { ConfigError } from '../base/errors.ts';
import { count, positive, upTo, whole, withKeys } from './limits.ts';
import { net } from './net-schema.ts';

const place = v.pipe(v.string(), v.nonEmpty('expected a name or a path'));

/** Which data, and what of it. */
const data = withKeys({
  /** A name or a path. */
  ref: place,
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

/** Smallest time of training, and the time at which sampling ends. */
const times = { tMin: v.optional(positive, 1e-5), tEnd: v.optional(positive) };
/** Steps of a discrete model, or its noise levels. */
const levels = v.optional(v.pipe(upTo(100_000), v.minValue(2, 'expected at least 2')), 1000);
/** The smallest and the largest noise level. */
const sigmas = { sigmaMin: v.optional(positive, 0.01), sigmaMax: v.optional(positive, 50) };
/** Noise rates at t = 0 and t = 1. */
const betas = { betaMin: v.optional(positive, 0.1), betaMax: v.optional(positive, 20) };
const sdeKeys = v.variant('kind', [
  withKeys({ kind: v.literal('ve'), ...sigmas, ...times }),
  withKeys({ kind: v.literal('vp'), ...betas, ...times }),
  withKeys({ kind: v.literal('sub-vp'), ...betas, ...times }),
  withKeys({ kind: v.literal('sigma-power'), sigma: v.optional(positive, 25), ...times }),
  withKeys({ kind: v.literal('edm'), sigmaMin: v.optional(positive, 0.002), sigmaMax: v.optional(positive, 80) }),
  withKeys({ kind: v.literal('linear-ve'), sigmaMax: v.optional(positive, 50), ...times }),
  withKeys({
    kind: v.literal('cosine-vp'),
    offset: v.optional(positive, 0.008),
    tMax: v.optional(positive, 0.9946),
    ...times,
  }),
  withKeys({ kind: v.literal('rectified-flow'), tMax: v.optional(positive, 0.995), ...times }),
  withKeys({ kind: v.literal('smld'), ...sigmas, levels }),
  withKeys({ kind: v.literal('ddpm'), ...betas, steps: levels }),
  withKeys({ kind: v.literal('ddpm-quadratic'), ...betas, steps: levels }),
  withKeys({ kind: v.literal('ddpm-cosine'), offset: v.optional(positive, 0.008), steps: levels }),
]);
/** Variance-exploding processes can be followed down to their smallest time. */
const explodes = (kind: string): boolean => kind === 've' || kind === 'linear-ve';
/** Sampling ends at the smallest time of training, or earlier where the last bit of noise is not worth its steps. */
const sde = v.pipe(
  sdeKeys,
  v.transform((keys) =>
    'tMin' in keys ? { ...keys, tEnd: keys.tEnd ?? Math.max(keys.tMin, explodes(keys.kind) ? 0 : 1e-3) } : keys,
  ),
);

/** The label of t = 1. */
const timeScale = v.optional(positive, 999);
const parametrization = v.variant('kind', [
  withKeys({ kind: v.literal('epsilon'), timeScale }),
  withKeys({ kind: v.literal('x0'), timeScale }),
  withKeys({ kind: v.literal('v'), timeScale }),
  withKeys({ kind: v.literal('velocity'), timeScale }),
  withKeys({
    kind: v.literal('score'),
    scaleBySigma: v.optional(v.boolean(), true),
    label: v.optional(v.picklist(['time', 'logSigma']), 'time'),
    timeScale: v.optional(positive, 1),
  }),
  withKeys({ kind: v.literal('edm'), sigmaData: v.optional(positive, 0.5) }),
]);

/** How the squares of one sample are joined. */
const reduction = v.picklist(['sum', 'halfSum', 'mean']);
const weighed = {
  weighting: v.picklist(['sigma2', 'likelihood', 'edm', 'x0', 'min-snr', 'truncated-snr', 'v', 'flow-matching']),
  /** Largest weight of min-snr, 5 by default. */
  gamma: v.optional(positive),
  /** Distribution of the training times. */
  times: v.picklist(['uniform', 'log-normal', 'importance']),
  reduction,
};
const twoOrMore = v.pipe(upTo(100_000), v.minValue(2, 'expected at least 2'));
/** The noise level sigma / alpha of a score that is learned at one alone. */
const oneLevel = { sigma: v.optional(positive, 0.1) };
/** Losses that see derivatives of the score. */
const derivatives = {
  ...weighed,
  /** Noise levels among which the times are, geometric from tEnd to tMax; those of `times` by default. */
  levels: v.optional(twoOrMore),
  /** With all noise levels, or at the data themselves, for which `sigma` is the label and the step of `langevin`. */
  noise: v.optional(v.picklist(['all', 'none']), 'all'),
  ...oneLevel,
};
const slices = {
  ...derivatives,
  /** Random directions of each sample. */
  projections: v.optional(upTo(1024), 1),
  /** Their law. */
  law: v.optional(v.picklist(['gaussian', 'rademacher', 'sphere']), 'rademacher'),
};
/** Steps of the chain; those of a discrete SDE by default, or 1000. */
const chain = { steps: v.optional(twoOrMore) };
const variances = ['small', 'large', 'learned'] as const;
const loss = v.variant('kind', [
  /** Denoising score matching at all noise levels. */
  withKeys({ kind: v.optional(v.literal('denoising'), 'denoising'), ...weighed }),
  /** Denoising score matching at one noise level. */
  withKeys({ kind: v.literal('dsm'), ...oneLevel, reduction }),
  /** Denoising score matching at L noise levels; those of a discrete SDE by default, or 100. */
  withKeys({ kind: v.literal('ncsn'), levels: v.optional(twoOrMore), reduction }),
  /** L_simple. */
  withKeys({ kind: v.literal('ddpm'), ...chain, reduction }),
  /** L_vlb, with the variance of the reverse steps. */
  withKeys({ kind: v.literal('vlb'), ...chain, variance: v.optional(v.picklist(variances), 'small') }),
  /** L_simple + factor L_vlb. */
  withKeys({
    kind: v.literal('hybrid'),
    ...chain,
    variance: v.optional(v.picklist(variances), 'learned'),
    factor: v.optional(positive, 0.001),
  }),
  /** Exact score matching. */
  withKeys({ kind: v.literal('exact'), ...derivatives }),
  /** Sliced score matching. */
  withKeys({ kind: v.literal('sliced'), ...slices }),
  /** Sliced score matching with reduced variance. */
  withKeys({ kind: v.literal('sliced-vr'), ...slices }),
  /** Of a classifier of noised samples, not of a score. */
  withKeys({ kind: v.literal('cross-entropy') }),
]);

const train = withKeys({
  seed: v.optional(whole, 0),
  /** Run or model whose averaged parameters are the first ones; without it they are random. */
  init: v.optional(place),
  /** Samples of a step. */
  batch: upTo(65_536),
  learningRate: positive,
  /** Steps of linear warm-up. */
  warmup: v.optional(whole, 500),
  /** Largest global norm of the gradient. */
  clip: v.optional(positive, 1),
  emaDecay: v.pipe(v.number(), v.minValue(0, 'expected 0 to below 1'), v.ltValue(1, 'expected 0 to below 1')),
  /** Part of the samples whose class a network with classes is not told, so that it learns the score of all classes too. */
  labelDropout: v.optional(
    v.pipe(
      v.number(),
      v.gtValue(0, 'expected more than 0 and below 1'),
      v.ltValue(1, 'expected more than 0 and below 1'),
    ),
    0.1,
  ),
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

/** Range of the values that an image model sees. */
const range = v.picklist(['centered', 'unit']);

/** How points are scaled: each column by its own deviation, or all by one number, as the toys are, and runs that do not say. */
const scale = v.optional(v.picklist(['columns', 'common']));

/** The schema of a configuration, which says all of its keys. */
export const configSchema = withKeys({ data, range, scale, net, sde, parametrization, loss, train });

/** The resolved configuration of a run. */
export type RunConfig = v.InferOutput<typeof configSchema>;
/** Data part of a configuration. */
export type DataConfig = RunConfig['data'];
/** Loss part of a configuration. */
export type LossConfig = RunConfig['loss'];
/** What a loss over all times takes of them. */
export type WeighedConfig = Pick<
  Extract<LossConfig, { kind: 'denoising' }>,
  'weighting' | 'gamma' | 'times' | 'reduction'
>;
/** SDE part of a configuration. */
export type SdeConfig = RunConfig['sde'];

/** Names of the objectives of scores. */
export const lossKinds: readonly LossConfig['kind'][] = [
  'denoising',
  'dsm',
  'ncsn',
  'ddpm',
  'vlb',
  'hybrid',
  'exact',
  'sliced',
  'sliced-vr',
];
/** Names of the parametrizations. */
export const parametrizationKinds: readonly RunConfig['parametrization']['kind'][] = [
  'epsilon',
  'x0',
  'v',
  'velocity',
  'score',
  'edm',
];
/** Names of the SDEs. */
export const sdeKinds: readonly SdeConfig['kind'][] = [
  've',
  'vp',
  'sub-vp',
  'sigma-power',
  'edm',
  'linear-ve',
  'cosine-vp',
  'rectified-flow',
  'smld',
  'ddpm',
  'ddpm-quadratic',
  'ddpm-cosine',
];

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
  if (issue.kind === 'schema' && issue.expected === 'never') return issue.message;
  if (issue.kind === 'schema') {
    // A missing key is told with its own name as what was expected.
    if (issue.received === 'undefined')
      return issue.type === 'strict_object' ? 'missing' : `missing; expected ${expectedIn(issue)}`;
    return `expected ${expectedIn(issue)}, got ${receivedIn(issue)}`;
  }
  return issue.type === 'non_empty' ? issue.message : `${issue.message}, got ${receivedIn(issue)}`;
}

function expectedIn({ expected }: v.BaseIssue<unknown>): string {
  if (expected === 'Object') return 'keys with values';
  if (expected === 'Array') return 'a list';
  if (expected === 'number') return 'a number';
  if (expected === 'string') return 'a word';
  if (expected === 'boolean') return 'true or false';
  const names = (expected ?? 'another value').replace(/\(("[^"]*") \| undefined\)/, '$1');
  return names
    .replace(/^\((.*)\)$/, '$1')
    .replaceAll(' | ', ', ')
    .replaceAll('"', '');
}

/** Words stand without quotes, unless they would then be taken for a number, for true or false, or for nothing. */
function receivedIn({ received }: v.BaseIssue<unknown>): string {
  return received.replace(/^"(?!(?:true|false|null)"$)([a-z].*)"$/is, '$1');
}

/**
 * Checks a whole configuration and fills in defaults.
 * @throws ConfigError listing every unknown key, missing key and bad value with its path.
 */
export function parseConfig(value: unknown): RunConfig {
  return parsed(configSchema, value);
}

/** Checks the data part alone, which is needed before the rest can have defaults. */
export function parseData(value: unknown): DataConfig {
  return parsed(data, value, 'data.');
}
