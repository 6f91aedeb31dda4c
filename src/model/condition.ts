/** @file What samples are conditioned on: a class or a text of each, with the guidance to it. */
import { checkOptions } from '../base/check.ts';
import { builtIn, type Catalog } from '../catalog/catalog.ts';
import { classNamed, listed } from '../data/class-names.ts';
import type { DataSet } from '../data/dataset.ts';
import { guidanceOf, type ChosenGuidance, type GuidanceOptions } from './guidance.ts';
import type { UnknownWord } from '../data/texts/text-coding.ts';
import type { Given } from '../score/models/condition-rows.ts';
import { conditionLike } from './like.ts';
import { textRows } from './text-condition.ts';
import type { TrainedModel } from './trained.ts';

/** A class by its name, or by its number where no class has a number for a name. */
export type ClassRef = string | number;

/** What samples are conditioned on: a class or a text, or a guidance that needs none, or both. */
export interface ConditionOptions<Guide> {
  /** The class of all samples, or a list with the class of each sample. No class in particular by default. */
  readonly class?: ClassRef | readonly ClassRef[] | undefined;
  /**
   * The text of all samples, or a list with the text of each sample, for a model of texts: words in any order and case. None by
   * default.
   */
  readonly text?: string | readonly string[] | undefined;
  /** Samples that those drawn are to be like, one for each, for a model that is conditioned on samples themselves: waves get the spectrograms of these sounds. None by default. */
  readonly like?: DataSet | undefined;
  /** The guidance scale, or how the score is guided. Default 1. */
  readonly guidance?: number | GuidanceOptions<Guide> | undefined;
  /** A classifier of noised samples that guides in place of the network's own classes. None by default. */
  readonly classifier?: Guide | undefined;
}

/** A condition whose classes were found, or whose texts were read. */
export interface Condition {
  /** What the network reads: of all samples, or of each; undefined for nothing in particular. */
  readonly given: Given | undefined;
  /** Numbers of the classes, as many; undefined of texts or nothing in particular. */
  readonly labels: readonly number[] | undefined;
  /** The texts, as many; undefined of classes or nothing in particular. */
  readonly texts: readonly string[] | undefined;
  /** Words of the texts that the model does not know. */
  readonly unknown: readonly UnknownWord[];
  /** Whether `given` has an entry for each sample. */
  readonly perSample: boolean;
  /** Names of all classes that there are; none of texts. */
  readonly names: readonly string[];
  readonly guidance: ChosenGuidance;
}

/**
 * Finds the classes that are asked for or reads the texts, with the guidance to them.
 * @throws ConfigError if both are asked for, the model and the classifier know none, no class has this name, or the guidance does not fit the model.
 */
export function conditionOf(
  model: TrainedModel,
  { class: asked, text, like, guidance: how = {}, classifier }: ConditionOptions<TrainedModel>,
  catalog: Catalog = builtIn,
): Condition {
  const own = typeof how === 'number' ? { scale: how } : how;
  checkOptions(
    [asked === undefined || text === undefined, 'text', 'expected a class or a text, got both'],
    [
      like === undefined || (asked ?? text) === undefined,
      'like',
      'expected samples to be like alone, got a class or a text too',
    ],
    [
      classifier === undefined || own.guide === undefined,
      'guidance.guide',
      'expected one network that guides, got a classifier too',
    ],
    [
      classifier === undefined || classifier.config.task === 'classifier',
      'classifier',
      `expected a run of --task classifier, ${classifier?.name ?? ''} learns a score`,
    ],
  );
  const guide = own.guide ?? classifier;
  const path = classifier === undefined ? 'guidance' : 'classifier';
  const guidance = guidanceOf(model, { ...own, guide }, catalog);
  const nothing = { given: undefined, labels: undefined, texts: undefined, unknown: [], names: [], guidance };
  if (like !== undefined) return { ...nothing, ...conditionLike(model, like), perSample: true };
  if (text !== undefined) {
    checkOptions([guidance.record.guide !== 'classifier', path, 'expected a class to guide to, got a text']);
    const texts = [text].flat();
    const { rows, unknown } = textRows(model, texts);
    return { ...nothing, given: rows, texts, unknown, perSample: typeof text === 'object' };
  }
  checkOptions([
    asked !== undefined || !guidance.record.toClass,
    path,
    'expected a class to guide to, --class, or a text, --text',
  ]);
  if (asked === undefined) return { ...nothing, perSample: false };
  const { names = [], empty = [] } = classesBehind(model, guide) ?? {};
  const offered = [...names.keys()].filter((label) => !empty.includes(label));
  checkOptions([
    names.length > 0,
    'class',
    model.data.texts === undefined
      ? 'this run knows no classes; train one with --conditional, or give a --classifier'
      : 'this run knows texts and no classes; ask for a text, or give a --classifier',
  ]);
  const perSample = typeof asked === 'object';
  const labels = (perSample ? asked : [asked]).map((one) => labelOf({ names, offered }, String(one)));
  return { ...nothing, given: labels, labels, perSample, names };
}

/**
 * The condition of samples that are to be like rows of a set.
 * @throws ConfigError or ShapeError as `conditionLike`.
 */
export function conditionOfRows(
  model: TrainedModel,
  set: DataSet,
  rows: readonly number[],
  catalog: Catalog = builtIn,
): Condition {
  const guidance = guidanceOf(model, {}, catalog);
  return { ...conditionLike(model, set, rows), texts: undefined, unknown: [], perSample: true, guidance };
}

/** A condition that a model has. */
export interface ConditionInfo {
  /** Numbers of the classes: one for all samples, or one for each; none of texts, or of no class in particular. */
  readonly labels: readonly number[];
  /** Their names, or the texts, each once. */
  readonly names: readonly string[];
  /** Words of the texts that the model does not know, with the known word that is nearest to each, if one is near. */
  readonly unknownWords: readonly UnknownWord[];
  /** The guidance scale. */
  readonly guidance: number;
  /** Name of the guidance. */
  readonly method: string;
  /** Options of the guidance beside the scale. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether the guided score can be differentiated, as some posterior samplers do. */
  readonly differentiable: boolean;
  /** Evaluations of networks that the score of a sample costs at most. */
  readonly cost: number;
  /** The samplers that the guidance is for; undefined for all. */
  readonly samplers: readonly string[] | undefined;
}

/** The condition as a model shows it. */
export function conditionInfo({
  labels = [],
  texts,
  unknown,
  names,
  guidance: { record, scale, options, cost },
}: Condition): ConditionInfo {
  const { name: method, differentiable, samplers } = record;
  const own = texts ?? labels.map((label) => names[label] ?? String(label));
  return {
    ...{ labels, names: [...new Set(own)], unknownWords: unknown },
    ...{ guidance: scale, method, options, differentiable, cost, samplers },
  };
}

/** What a condition has for each of `count` samples, such as the label; undefined where it has nothing of the kind. */
export function ofEach<T>(
  { perSample }: Condition,
  values: readonly T[] | undefined,
  count: number,
): readonly T[] | undefined {
  if (values === undefined || perSample) return values;
  return Array.from({ length: count }, () => values[0] as T);
}

/** The classes that can be asked for: those of the classifier where one guides, else the model's. */
function classesBehind(model: TrainedModel, guide: TrainedModel | undefined): TrainedModel['data']['classes'] {
  return (guide?.config.task === 'classifier' ? guide : model).data.classes;
}

/** Names of classes, and the numbers of those that can be drawn. */
interface Offer {
  readonly names: readonly string[];
  readonly offered: readonly number[];
}

function labelOf(offer: Offer, asked: string): number {
  const found = classNamed(offer.names, asked) ?? -1;
  checkOptions(
    [found >= 0, 'class', `expected ${ways(offer)}; got '${asked}'`],
    [
      found < 0 || offer.offered.includes(found),
      'class',
      `expected a class that had samples, ${ways(offer)}; '${asked}' had none in the training`,
    ],
  );
  return found;
}

/** How a class can be asked for: by name, and by number where none is called by one and all had samples. */
function ways({ names, offered }: Offer): string {
  const own = offered.map((label) => names[label] ?? '');
  if (offered.length < names.length) return `all, ${listed(own)}`;
  const range = `0 to ${names.length - 1}`;
  if (names.every((name, label) => name === String(label))) return `all, ${range}`;
  return `all, ${names.some((name) => /^\d+$/.test(name)) ? '' : `${range}, `}${listed(own)}`;
}

/** The classes of a model, or of the classifier that guides it, that had samples in the training. */
export function offeredClasses(model: TrainedModel, guide?: TrainedModel): readonly string[] {
  const { names = [], empty = [] } = classesBehind(model, guide) ?? {};
  return names.filter((_, label) => !empty.includes(label));
}
