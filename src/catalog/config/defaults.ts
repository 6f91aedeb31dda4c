/** @file What a run does where its user says nothing: settings that suit the data, the network and the process. */
import type { Shape } from '../../base/tensor.ts';
import type { MelForm } from '../../base/sound/mel.ts';
import type { ArrayForm } from '../../data/float-arrays/float-array.ts';
import { builtIn, type Catalog } from '../catalog.ts';
import { dataKindOf, type OfKind } from '../data-kinds/find.ts';
import { part } from './merge.ts';
import { find, type Named } from '../named.ts';
import type { Plain } from '../option.ts';
import type { TaskRecord } from '../tasks/task.ts';
import { defaultSteps } from './train-config.ts';

/** What defaults depend on: the kind of the data, and the size of images and what columns of points are, where it is known already. */
export type DataKind = OfKind & {
  readonly height?: number;
  readonly width?: number;
  readonly oneSpace?: boolean;
  readonly alphabet?: readonly string[];
  readonly grid?: Shape;
  readonly form?: ArrayForm;
  readonly mel?: Pick<MelForm, 'bands' | 'hop'>;
};

/** Standard deviation of data in the model's range. */
export function sigmaDataOf(set: DataKind, catalog: Catalog = builtIn): number {
  return dataKindOf(set, catalog).sigmaData;
}

/** Every key of a configuration that has a default, for data of a kind and what the user asked for. */
export function defaults(set: DataKind, asked: Plain, catalog: Catalog = builtIn): Plain {
  const kind = dataKindOf(set, catalog);
  const task = taskFor(asked, catalog, kind.task);
  const own = (set.grid && kind.networkOf?.(set.grid)) ?? kind.network;
  const { objective = 'denoising', network = own } = task;
  const condition = catalog.conditions.find(({ name }) => name === kindIn(asked, 'condition'));
  const ofSeries = set.grid?.length === 1 ? condition?.network : undefined;
  const net = chosen(catalog.networks, kindIn(asked, 'net'), ofSeries ?? network, 'net.kind');
  const loss = chosen(catalog.objectives, kindIn(asked, 'loss'), objective, 'loss.kind');
  const { suits } = loss;
  const usual =
    net.name === (ofSeries ?? own) && (loss.name === 'denoising' || loss.joint === true) && task.name === 'score';
  const recipe = usual ? kind.recipe : undefined;
  const usualProcess = suits?.process ?? recipe?.process ?? net.process;
  const process = chosen(catalog.processes, kindIn(asked, 'sde'), usualProcess, 'sde.kind');
  const { range, emaDecay, reduction, ...usualOf } = process.defaults;
  const parametrization = chosen(
    catalog.parametrizations,
    kindIn(asked, 'parametrization'),
    suits === undefined || suits.parametrizations.includes(usualOf.parametrization)
      ? usualOf.parametrization
      : (suits.parametrizations[0] ?? ''),
    'parametrization.kind',
  );
  const weighing = { weighting: parametrization.weighting ?? usualOf.weighting, times: usualOf.times, reduction };
  const weighting = part(asked, 'loss')['weighting'] ?? weighing.weighting;
  const limited = ['steps', 'minutes'].some((name) => part(asked, 'train')[name] !== undefined);
  const embedding = part(asked, 'net')['embedding'] ?? net.embedding;
  const { height, width, grid } = set;
  const size = height && width ? [height, width] : grid?.length === 1 ? grid : undefined;
  const askedNet = part(asked, 'net');
  const recipeNet = size && net.name === own ? (recipe?.net(size, askedNet) ?? {}) : {};
  const ofTexts = condition?.coding !== undefined;
  return {
    task: task.name,
    range,
    ...kind.scaling?.(set),
    net: {
      kind: net.name,
      ...(size ? net.defaults?.([1, ...size], { ...recipeNet, ...askedNet }) : {}),
      ...recipeNet,
      ...onlyKnown(net, kind.net?.(set) ?? {}),
      ...suits?.net,
      ...onlyKnown(net, condition?.net?.(set) ?? {}),
      // Texts have more to say than classes.
      ...(ofTexts && 'classEmbedding' in net.options && { classEmbedding: 'hidden' }),
    },
    sde: {
      kind: process.name,
      ...(process.name === suits?.process ? suits.sde : {}),
      ...(weighting === 'likelihood' ? process.defaults.likelihood : {}),
    },
    parametrization: {
      kind: parametrization.name,
      ...parametrization.defaults({
        embedding: typeof embedding === 'string' ? embedding : net.embedding,
        logSigma: net.logSigma ?? false,
        sigmaData: kind.sigmaData,
      }),
      ...(parametrization.name === suits?.parametrizations[0] ? suits.parametrization : {}),
      ...(suits?.timeScale !== undefined && 'timeScale' in parametrization.options && { timeScale: suits.timeScale }),
    },
    loss: {
      kind: loss.name,
      ...Object.fromEntries(Object.entries(weighing).filter(([name]) => name in loss.options)),
      ...((part(asked, 'loss')['times'] ?? usualOf.times) === 'log-normal' ? onlyKnown(loss, recipe?.loss ?? {}) : {}),
    },
    train: { ...kind.train, emaDecay, ...recipe?.train, ...task.train, ...(limited ? {} : { steps: defaultSteps }) },
  };
}

/** Options that a network has. */
function onlyKnown({ options }: { readonly options: object }, values: Plain): Plain {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name in options));
}

/** The task that is asked for, by its name or by an objective of it; the usual one, that of learning a score by default, if none is. */
export function taskFor(asked: Plain, { tasks, objectives }: Catalog = builtIn, usual = 'score'): TaskRecord {
  const implied = objectives.find(({ name }) => name === kindIn(asked, 'loss'))?.task;
  return chosen(tasks, asked['task'], implied ?? usual, 'task');
}

function kindIn(asked: Plain, name: string): unknown {
  return part(asked, name)['kind'];
}

/** The record that is asked for; a name that is none is left to the schema, which reports it with all other problems. */
function chosen<T extends Named>(list: readonly T[], value: unknown, otherwise: string, path: string): T {
  return list.find(({ name }) => name === value) ?? find(list, otherwise, path);
}
