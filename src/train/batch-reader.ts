/** @file What a step of training reads of rows of a set. */
import { checkOptions } from '../base/check.ts';
import type { Arrays } from '../backend/program.ts';
import { ConfigError } from '../base/errors.ts';
import { foldIn, type Key } from '../base/key.ts';
import { loadBatch } from '../data/batch.ts';
import { kindOf, type DataSet } from '../data/dataset.ts';
import type { Scaler } from '../data/scaler.ts';
import type { TextCoding } from '../data/texts/text-coding.ts';
import type { Network } from '../nn/network.ts';
import type { ScoreProcess } from '../score/coefficients.ts';
import { denoising } from '../score/objectives/denoising.ts';
import { conditionRows } from '../score/models/condition-rows.ts';
import type { Drawn, Objective } from '../score/objectives/objective.ts';
import { conditionalClasses } from './conditional-classes.ts';
import { conditionalTexts } from './conditional-texts.ts';
import { knownRows } from './known-rows.ts';
import { portraitsOf } from './portraits.ts';

/** Whose samples are read, and for what. */
export interface ReadOptions {
  readonly set: DataSet;
  readonly scaler: Scaler;
  readonly net: Network;
  readonly process: ScoreProcess;
  /** What is lowered: by default denoising score matching with sigma^2 weights, uniform times, the mean over a sample. */
  readonly objective?: Objective;
  /** How the texts of the set become the rows of a network that is conditioned on them; it is on classes by default. */
  readonly coding?: TextCoding | undefined;
  /** Part of the samples whose class or text a network conditioned on them does not get, 0.1 by default. */
  readonly labelDropout?: number;
  /** Share of the words that are left out of each text, so that a part of a text says something too. Default 0. */
  readonly wordDropout?: number | undefined;
}

/**
 * What a loss reads of rows of a set: what the objective draws for them, their classes or texts, and their noise.
 * @throws ConfigError as `train`.
 */
export function batchReader(
  options: ReadOptions,
): (rows: readonly number[], key: Key, n: number) => Promise<{ readonly drawn: Drawn; readonly feeds: Arrays }> {
  const { set, scaler, objective = denoising(options.process) } = options;
  const classesOf = classesFor(options, objective);
  const noiseOf = noiseFor(options, objective);
  const observedOf = observedFor(options, objective);
  return async (rows, key, n) => {
    const x0 = loadBatch(set, scaler, rows, foldIn(key, 'data'));
    const of = await objective.draw(x0, rows.length, key, n);
    const drawn = { ...of, feeds: { ...of.feeds, ...observedOf(rows) } };
    return {
      drawn,
      feeds: { ...drawn.feeds, ...classesOf(rows, foldIn(key, 'classes'), x0), ...noiseOf(rows, key, x0) },
    };
  };
}

/** Whether numbers of the samples of a set are missing, which the loss leaves out. */
export function hasMissing(set: DataSet): boolean {
  const { gaps } = kindOf(set);
  if (gaps?.observed === undefined) return false;
  return Array.from({ length: set.count }, (_, row) => row).some((row) => gaps.isIncomplete(set, row));
}

/** Which numbers of samples are there, for data with missing ones; others read nothing of it. */
function observedFor(
  { set }: ReadOptions,
  { kind, heedsMissing }: Objective,
): (rows: readonly number[]) => { readonly observed?: Float32Array } {
  const { gaps } = kindOf(set);
  if (gaps?.observed === undefined || !hasMissing(set)) return () => ({});
  checkOptions([
    heedsMissing === true,
    'loss.kind',
    `expected denoising for data with missing values, which ${set.name} has, got ${kind}`,
  ]);
  return (rows) => ({ observed: Float32Array.from(gaps.observed?.(set, rows) ?? []) });
}

/** What a conditional network or a loss with classes reads of the condition at each step; others read nothing. */
function classesFor(
  { net, set, scaler, coding, wordDropout, labelDropout = 0.1 }: ReadOptions,
  { classes }: Objective,
): (rows: readonly number[], key: Key, x0: Float32Array) => Arrays {
  if (net.known === true) {
    const [kind, units] = [kindOf(set), { shape: net.sampleShape, scaler }];
    const { gaps } = kind;
    const missing = hasMissing(set);
    return (rows, key, x0) => {
      const observed = missing ? gaps?.observed?.(set, rows) : undefined;
      return { classes: knownRows(kind, units, { x0, observed }, key) };
    };
  }
  if (portraitsOf(net, { set, rows: [], scaler }))
    return (rows) => ({ classes: conditionRows(portraitsOf(net, { set, rows, scaler }) ?? [], net.classes) });
  const count = classes ?? net.classes;
  const { labels, texts, given } = set;
  // Pairs that were drawn with and without their class say themselves which is which.
  const hidden = classes === undefined && given !== undefined ? (row: number) => given[row] === 0 : () => false;
  const dropout = classes === undefined && given === undefined ? labelDropout : 0;
  if (count === 0) return () => ({});
  const missing = (what: string, length: number | undefined): ConfigError =>
    new ConfigError([
      {
        path: 'net.classes',
        message: `expected data with ${what} for each of ${set.count} samples, found ${length ?? 'none'}`,
      },
    ]);
  if (coding !== undefined && classes === undefined) {
    if (texts?.length !== set.count) throw missing('texts', texts?.length);
    return (rows, key) => ({
      classes: conditionalTexts(texts, rows, { coding, dropout, hidden, wordDropout: given ? 0 : wordDropout, key }),
    });
  }
  if (labels?.length !== set.count) throw missing('a class', labels?.length);
  return (rows, key) => ({ classes: conditionalClasses(labels, rows, { count, dropout, hidden, key }) });
}

/** The noise of the data, or the starts that are drawn for them, for a loss of pairs; others read nothing of it. */
function noiseFor(
  { set }: ReadOptions,
  { storedNoise }: Objective,
): (rows: readonly number[], key: Key, x0: Float32Array) => Arrays {
  const { noise, count } = set;
  if (storedNoise === undefined) return () => ({});
  const { drawStarts } = kindOf(set);
  if (drawStarts !== undefined) return (_, key, x0) => ({ z: drawStarts(x0, foldIn(key, 'starts')) });
  if (noise === undefined || ('flips' in set && set.flips)) {
    const message = `expected data with the noise of each sample, not mirrored, as scorefield sample --pairs writes them; got ${set.name}`;
    throw new ConfigError([{ path: 'loss.coupling', message }]);
  }
  const size = noise.length / count;
  return (rows) => {
    const z = new Float32Array(rows.length * size);
    rows.forEach((row, i) => z.set(noise.subarray(row * size, (row + 1) * size), i * size));
    return { z };
  };
}
