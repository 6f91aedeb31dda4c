/** @file What may stand in place of what is missing: samples given what is known. */
import { checkOptions } from '../../base/check.ts';
import { ConfigError } from '../../base/errors.ts';
import { foldIn, key } from '../../base/key.ts';
import { concatRows, sizeOf, tensor, type Tensor } from '../../base/tensor.ts';
import { dataKindOf } from '../../catalog/data-kinds/find.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { DataSet } from '../../data/dataset.ts';
import type { GapOperations, SetKind } from '../../data/kinds/set-kind.ts';
import { knownColumns, knownRowInto } from '../../nn/known.ts';
import { evaluationCounter } from '../evaluation-counter.ts';
import { requireBounded } from '../samples/divergence.ts';
import { chooseSampler, type SamplerChoice } from '../samples/sampler-choice.ts';
import { mostNumbers } from '../samples/sampling.ts';
import type { ScorePrograms } from '../score-programs.ts';
import { requireAllLevels, type TrainedModel } from '../trained.ts';

/** How samples are completed. */
export interface CompleteOptions extends SamplerChoice {
  /** Samples of each row, at least 1. Default 20. */
  readonly count?: number | undefined;
  /** Rows of the data; all of them by default. They name the random numbers of each row. */
  readonly rows?: readonly number[] | undefined;
  /** Seed of the samples. Default 0. */
  readonly seed?: number | undefined;
  /** Samples that are computed together. Default 512. */
  readonly batch?: number | undefined;
}

/** How far the completion has come. */
export interface CompletionStep {
  /** The part of all work that is done, 0 to 1. */
  readonly fraction: number;
  /** Samples in all. */
  readonly count: number;
}

/** Samples in which what is known is as it was. */
export interface Completion {
  /** `count` samples of the first row, then of the second, …; known values are exactly those of the data. */
  readonly samples: DataSet;
  /** The same in the range of the model. */
  readonly x: Tensor;
  readonly rows: readonly number[];
  /** Samples of each row. */
  readonly count: number;
  /** Name of the sampler. */
  readonly sampler: string;
  /** Evaluations of the network for each sample on average. */
  readonly evaluations: number;
}

interface Source {
  readonly trained: TrainedModel;
  readonly programs: ScorePrograms;
  readonly catalog?: Catalog | undefined;
}

/**
 * Samples of rows with parts that are missing, given the others: those of the score that the network has learned given what is known.
 * @throws ConfigError if the kind of the data has no missing parts, or the network has not learned to complete samples.
 * @see Tashiro et al. 2021, "CSDI", section 4
 */
export async function* completedSamples(
  { trained, programs, catalog }: Source,
  set: DataSet,
  options: CompleteOptions = {},
): AsyncGenerator<CompletionStep, Completion> {
  const { data, net, process, name } = trained;
  const { count = 20, seed = 0, batch = 512, rows = [...Array(set.count).keys()], ...choice } = options;
  const kind = dataKindOf(data, catalog);
  requireAllLevels(trained);
  const gaps = gapsOf(kind);
  const size = sizeOf(data.shape);
  const all = rows.flatMap((row, i) => Array.from({ length: count }, (_, j) => ({ row, i, j })));
  checkOptions(
    [
      net.known === true,
      'model',
      `expected a network that has learned to complete samples, which ${name} has not; train one with --net ${kind.network} --set net.known=true`,
    ],
    [Number.isInteger(count) && count >= 1, 'count', `expected a whole number of at least 1, got ${count}`],
    [
      all.length * size <= mostNumbers,
      'count',
      `expected at most ${Math.floor(mostNumbers / size)} samples in all, got ${all.length}`,
    ],
  );
  const chosen = chooseSampler(trained, choice, 1, catalog);
  const model = await programs.of({
    samples: all.length,
    maxBatch: Math.min(batch, 2 ** Math.ceil(Math.log2(all.length))),
  });
  const root = foldIn(key(seed), 'completion');
  const seen = gaps.known(set, { scaler: data.scaler, rows, key: foldIn(root, 'known') }, data.shape);
  const parts: Tensor[] = [];
  let evaluations = 0;
  for (let first = 0; first < all.length; first += batch) {
    const own = all.slice(first, first + batch);
    const given = own.map(({ i }) => {
      const row = new Float32Array(knownColumns(data.shape));
      knownRowInto(row, seen.x.subarray(i * size, (i + 1) * size), seen.known.subarray(i * size, (i + 1) * size));
      return row;
    });
    const counter = evaluationCounter(own.length);
    const { score } = model.given(given);
    const keys = own.map(({ row, j }) => foldIn(foldIn(root, row), j));
    const drawing = chosen.sampler({ sde: process.sde, score: counter.score(score), shape: data.shape, keys });
    const bounded = requireBounded(drawing, process.sde, undefined);
    for (;;) {
      const next = await bounded.next();
      if (next.done === true) {
        parts.push(next.value.x);
        break;
      }
      const { step, steps = Infinity } = next.value;
      yield { fraction: (first + own.length * Math.min(1, step / steps)) / all.length, count: all.length };
    }
    evaluations += counter.counts().reduce((sum, own) => sum + own, 0);
  }
  const drawn = concatRows(parts);
  const x = tensor(
    drawn.data.map((value, at) => {
      const place = (all[Math.floor(at / size)]?.i ?? 0) * size + (at % size);
      return seen.known[place] === 1 ? (seen.x[place] ?? NaN) : value;
    }),
    drawn.shape,
  );
  const samples = gaps.filled(
    set,
    all.map(({ row }) => row),
    kind.toSet(x, data, { name: `${set.name}, completed` }),
  );
  return { samples, x, rows, count, sampler: chosen.name, evaluations: evaluations / all.length };
}

/** @throws ConfigError if samples of the kind have no missing parts. */
function gapsOf({ gaps, name }: SetKind): GapOperations {
  if (gaps !== undefined) return gaps;
  throw new ConfigError([
    { path: 'model', message: `expected a model of data with missing parts, found one of ${name}` },
  ]);
}
