/** @file Tables and series completed by a model, as `restore --table` does. */
import { join } from 'node:path';
import { checkOptions } from '../../base/check.ts';
import { lastPart } from '../../base/words.ts';
import type { Model } from '../../model/model.ts';
import { watched } from './progress.ts';
import { duration, plural, type Terminal } from './terminal.ts';

/** What is asked for. */
export interface CompletingOptions {
  readonly run: string;
  readonly table: string | undefined;
  readonly quantiles: readonly number[];
  readonly count: number;
  readonly seed: number;
  readonly steps: number | undefined;
  readonly nfe: number | undefined;
  readonly grid: string | undefined;
  readonly out: string | undefined;
  /** Options of images, which are of no use here. */
  readonly [image: string]: unknown;
}

const ofImages = ['task', 'image', 'data', 'layout', 'index', 'measured', 'mask', 'factor', 'blur', 'rate', 'acceleration', 'angles', 'noise', 'noiseModel', 'counts', 'class', 'text', 'method', 'settings', 'shard']; // prettier-ignore

/** Completes the missing cells of a table and writes the files. */
export async function completeTable(model: Model, out: Terminal, options: CompletingOptions): Promise<void> {
  const { completeFile, kindOf, openRunDataShown, requireFolder } = await import('../work.ts');
  const { run, table = '', quantiles, count, seed, steps, nfe, grid, out: folder } = options;
  const wrong = ofImages.find((name) => options[name] !== undefined);
  checkOptions(
    [wrong === undefined, wrong ?? '', `is of images, not of ${table}`],
    [
      quantiles.every((part) => part > 0 && part < 1),
      'quantiles',
      `expected numbers between 0 and 1, got ${quantiles.join()}`,
    ],
  );
  const { info } = model;
  const beside = model.trained.record === undefined ? join(run, 'restored') : `${info.name}-restored`;
  const into = folder ?? join(beside, `${lastPart(table).replace(/\.\w+$/, '')}-seed${seed}`);
  requireFolder(into);
  const set = await openRunDataShown(model.trained, table);
  const { gaps } = kindOf(set);
  const rows = [...Array(set.count).keys()].filter((row) => gaps?.isIncomplete(set, row));
  checkOptions([rows.length > 0, 'table', `expected missing values, found none in ${table}`]);
  const started = performance.now();
  const computation = model.complete(set, { rows, count, seed, steps, nfe, grid });
  const completion = await watched(computation, plural(rows.length * count, 'sample'), out);
  const files = completeFile(model, into, { set, completion, quantiles, file: table });
  const { sampler, evaluations } = completion;
  const seconds = (performance.now() - started) / 1000;
  out.line(
    `${plural(count, 'sample')} of ${plural(rows.length, 'row')} with missing values by ${sampler} in ${duration(seconds)}, ${evaluations.toFixed(0)} network evaluations each`,
  );
  out.line(`all samples: ${files.draws}`);
  out.line(`quantiles of each cell: ${files.holes}`);
  out.result({ run, step: info.step, table, rows: rows.length, n: count, seed, sampler, evaluations, seconds, files });
}
