/** @file Where the samples of a model begin: data, or draws of a rough law of its data, at a noise level. */
import { checkOptions } from '../../base/check.ts';
import { UnsupportedError } from '../../base/errors.ts';
import { foldIn, key, type Key } from '../../base/key.ts';
import { permutation } from '../../base/random.ts';
import { batchOf, concatRows, takeRows, type Tensor } from '../../base/tensor.ts';
import { startNamed, type Fit } from '../../catalog/start-named.ts';
import { inClassOrder } from '../../data/class-names.ts';
import type { DataSet } from '../../data/dataset.ts';
import { fromLaw, type DataLaw } from '../../sample/laws/data-law.ts';
import { fromNoised, type Start } from '../../sample/start.ts';
import { noiseRatio, timeOfNoiseRatio } from '../../sde/time/noise-ratio.ts';
import type { Sde } from '../../sde/sde.ts';
import { ofEach, type Condition } from '../condition.ts';
import { dataSetOf, type DataInput } from '../data-input.ts';
import { modelInputs } from '../density/likelihood-estimates.ts';
import type { Host } from '../host.ts';
import { givenInputs } from '../inputs.ts';
import type { ScorePrograms } from '../score-programs.ts';
import { requireOfData, type TrainedModel } from '../trained.ts';

/** Where sampling begins in place of pure noise. */
export interface StartChoice {
  /**
   * Noise level sigma / alpha up to which the start is noised, in units of the scaled data. What is below is sampled; small levels keep most of
   * the start.
   */
  readonly level: number;
  /**
   * What is noised: data, one sample for each that is drawn or one for all; a law of data of one's own; or the name of one that is fitted to the training data of the
   * model, of the class of each sample where the model knows classes: `gaussian`, `dct`, `mixture` or `mixture:16` with its number of components.
   */
  readonly from: string | DataInput | DataLaw;
  /** Data that a law is fitted to by name. Default the training data of the model, which are found in Node alone. */
  readonly data?: DataInput | undefined;
}

/** The start of a part of the samples. */
export type StartOf = (first: number, count: number) => Start;

/** Samples that a law is fitted to. */
const fitted = 4096;

interface Starting {
  readonly host: Host;
  readonly programs: ScorePrograms;
  readonly trained: TrainedModel;
  readonly condition: Condition | undefined;
}

/**
 * Prepares the start of samples.
 * @param count - of all samples
 * @throws ConfigError if the level is none of the model's, there is no law of this name, or there are neither one sample of data nor as many as are drawn.
 * @throws UnsupportedError if the training data of the model are needed and cannot be found here.
 */
export async function startFor(
  { host, trained, programs, condition }: Starting,
  { level, from, data }: StartChoice,
  { count, seed }: { readonly count: number; readonly seed: number },
): Promise<StartOf> {
  const { sde } = trained.process;
  const t = timeAt(sde, level);
  if (typeof from !== 'string') {
    if ('draw' in from) return () => fromLaw(sde, from, t);
    const x0 = await programs.toSeen(givenInputs(trained, from, { seed }));
    const found = batchOf(x0);
    checkOptions([
      found === 1 || found === count,
      'start.from',
      `expected one sample, or ${count} for as many that are drawn, got ${found}`,
    ]);
    return (first, n) =>
      fromNoised(
        sde,
        takeRows(
          x0,
          Array.from({ length: n }, (_, i) => (found === 1 ? 0 : first + i)),
        ),
        t,
      );
  }
  requireOfData(trained, 'start', 'a law is fitted to data; give samples to begin with');
  const fit = startNamed(from);
  if (data === undefined && host.trainingData === undefined)
    throw new UnsupportedError(
      `start: expected the data that '${from}' is fitted to, start.data; the training data of a model are found in Node alone`,
    );
  const set = data === undefined ? await host.trainingData?.(trained) : dataSetOf(data, trained, 'start.data');
  const labels = condition && ofEach(condition, condition.labels, count);
  const laws = lawsOf(trained, { set: set as DataSet, names: labels && condition.names, fit });
  return (first, n) => {
    const own = labels?.slice(first, first + n);
    return fromLaw(sde, own === undefined ? laws(undefined) : ofClasses(own, laws), t);
  };
}

/** @throws ConfigError if the process does not have this level. */
function timeAt(sde: Sde, level: number): number {
  const [least, most] = [sde.tEnd, sde.tMax].map((t) => noiseRatio(sde, t)) as [number, number];
  const shown = [least, most].map((value) => Number(value.toPrecision(4)));
  checkOptions([
    level >= least * (1 - 1e-4) && level <= most * (1 + 1e-4),
    'start.level',
    `expected ${shown.join(' to ')}, the noise levels sigma / alpha of the model, got ${level}`,
  ]);
  return Math.min(sde.tMax, Math.max(sde.tEnd, timeOfNoiseRatio(sde, level)));
}

/** The laws of all data and of each class, fitted when they are first asked for. */
function lawsOf(
  trained: TrainedModel,
  {
    set,
    names,
    fit,
  }: {
    readonly set: DataSet;
    readonly names: readonly string[] | undefined;
    readonly fit: Fit;
  },
): (label: number | undefined) => DataLaw {
  const base = foldIn(key(0), 'start');
  const known = new Map<number | undefined, DataLaw>();
  const order = permutation(foldIn(base, 'rows'), set.count);
  const labels =
    names === undefined ? undefined : inClassOrder(set, { names, whose: trained.name, path: 'start' }).labels;
  return (label) => {
    const law = known.get(label);
    if (law !== undefined) return law;
    const rows = Array.from(labels === undefined ? order : order.filter((row) => labels[row] === label)).slice(
      0,
      fitted,
    );
    const made = fit(foldIn(base, 'fit'), modelInputs(trained, set, rows, foldIn(base, 'inputs')));
    known.set(label, made);
    return made;
  };
}

/** A law in which each sample is one of its class. */
function ofClasses(labels: readonly number[], laws: (label: number | undefined) => DataLaw): DataLaw {
  const classes = [...new Set(labels)];
  const { shape } = laws(classes[0]);
  return {
    kind: 'of classes',
    shape,
    draw: async (keys) => {
      const order: number[] = [];
      const parts: Tensor[] = [];
      for (const label of classes) {
        const rows = [...keys.keys()].filter((row) => labels[row] === label);
        order.push(...rows);
        parts.push(await laws(label).draw(rows.map((row) => keys[row] as Key)));
      }
      const places = order.map((_, row) => order.indexOf(row));
      return takeRows(concatRows(parts), places);
    },
  };
}
