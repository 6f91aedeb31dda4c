/** @file The command line that trains a run with a given configuration. */
import { shellWord } from '../base/words.ts';
import type { DataSummary } from './data-summary.ts';
import type { Plain } from '../catalog/option.ts';
import { dataKindOf, withUnsaid } from '../catalog/data-kinds/find.ts';
import { seenSize } from '../catalog/latent-codec.ts';
import { autoencoderTask } from '../catalog/tasks/autoencoder.ts';
import { classCount } from '../catalog/kinds.ts';
import { merge } from '../catalog/config/merge.ts';
import { resolveConfig } from '../catalog/config/resolve.ts';
import type { RunConfig } from '../catalog/config/schema.ts';
import { toys } from '../data/sets/toy.ts';

/** Keys that have an option of their own; the rest is set by --set. */
const options: Readonly<Record<string, string>> = {
  'data.size': '--size',
  'data.group': '--group',
  'data.limit': '--limit',
  'data.layout': '--layout',
  'data.as': '--as',
  'data.seconds': '--seconds',
  'data.rate': '--rate',
  'net.kind': '--net',
  'sde.kind': '--sde',
  'loss.kind': '--objective',
  'train.batch': '--batch',
  'train.minutes': '--minutes',
  'train.steps': '--steps',
  'train.seed': '--seed',
  'train.init': '--init',
};

/** Keys that a command leaves out: where standard data lie on one machine, and what is logged, do not change the result. */
const implied = [
  'task',
  'data.ref',
  'data.folder',
  'train.checkpointEvery',
  'train.keep',
  'train.logEvery',
  'train.sampleEvery',
];

/** What settings are that a configuration does not say, of which the recipe of images says something else. */
const unsaidMeans: Readonly<Record<string, unknown>> = {
  'train.decay': 'none',
  'train.optimizer': 'adam',
  'loss.timesMean': -1.2,
  'loss.timesStd': 1.2,
};

/**
 * The shortest `scorefield train` that resolves to a configuration: options for what is not as by default.
 * @param data - of which the kind and the shape decide defaults
 */
export function trainCommandOf(of: RunConfig, { kind, shape }: Pick<DataSummary, 'kind' | 'shape'>): string {
  const oneSpace = Object.hasOwn(toys, of.data.ref);
  const set = { kind, oneSpace, ...seenSize(of, shape) };
  const config = withUnsaid(of, { kind });
  const classifies = config.task === 'classifier';
  const classes = classCount(config.net);
  const words = ['scorefield', 'train', shellWord(config.data.ref)];
  // A run that begins with a score of latents has the autoencoder of that one.
  if (config.latent !== undefined && config.train.init === undefined)
    words.push('--latent', shellWord(config.latent.run));
  if (classifies || config.task === autoencoderTask.name) words.push('--task', config.task);
  else if (config.condition !== undefined) words.push('--condition', config.condition.kind);
  else if (classes > 0) words.push('--conditional');
  else if ('classes' in config.net && dataKindOf({ kind }).conditional) words.push('--unconditional');
  let asked: Plain = {
    data: config.data,
    task: config.task,
    ...(config.latent && { latent: config.latent }),
    ...(config.condition && { condition: { kind: config.condition.kind } }),
    ...(classes > 0 ? { net: { classes } } : {}),
    // Without a teacher, the objective of a student is none.
    ...('teacher' in config.loss ? { loss: { kind: config.loss.kind, teacher: config.loss.teacher } } : {}),
  };
  const skipped = new Set(implied);
  const there = new Set(leaves(config).map(([path]) => path));
  const placed = 'times' in config.loss && config.loss.times === 'log-normal';
  const unsaid = Object.entries(unsaidMeans).filter(
    ([path]) => !there.has(path) && (placed || !path.startsWith('loss.')),
  );
  const say = (path: string, value: unknown): void => {
    skipped.add(path);
    const option = options[path];
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (option === undefined) words.push('--set', shellWord(`${path}=${text}`));
    else words.push(option, shellWord(text));
  };
  const ask = (path: string, value: unknown): void => {
    say(path, value);
    asked = merge(asked, path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Plain);
  };
  const pairs = config.latent?.pairs;
  const said = {
    data: config.data,
    ...(pairs !== undefined && { latent: { pairs } }),
    ...(asked['loss'] === undefined ? {} : { loss: asked['loss'] }),
  };
  for (const [path, value] of leaves(said)) if (!skipped.has(path)) say(path, value);
  if (config.train.init !== undefined) {
    // Their defaults depend on the initial parameters, which may be elsewhere by now.
    const { range, scale, net, sde, parametrization } = config;
    for (const [path, value] of leaves({ range, scale, net, sde, parametrization }))
      if (path !== 'net.classes') ask(path, value);
  }
  // Defaults depend on kinds, and each given value may change others.
  for (;;) {
    const resolved = new Map(leaves(resolveConfig(set, asked)).map(([path, value]) => [path, JSON.stringify(value)]));
    for (const [path, value] of Object.entries(unsaidMeans))
      if (!resolved.has(path)) resolved.set(path, JSON.stringify(value));
    const all = [...leaves(config), ...unsaid].filter(
      ([path, value]) => !skipped.has(path) && resolved.get(path) !== JSON.stringify(value),
    );
    const next = all.find(([path]) => path.endsWith('.kind')) ?? all[0];
    if (next === undefined) return words.join(' ');
    ask(...next);
  }
}

/** Values by their paths; lists are values. */
function leaves(value: object, prefix = ''): (readonly [string, unknown])[] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const path = prefix + name;
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) return leaves(inner, `${path}.`);
    return inner === undefined ? [] : [[path, inner] as const];
  });
}
