/** @file What samples are conditioned on: a class of each, with guidance by the network itself or by a classifier. */
import { checkOptions } from '../base/check.ts';
import { classCount } from '../catalog/kinds.ts';
import { classNamed, listed } from '../data/class-names.ts';
import type { Scaler } from '../data/scaler.ts';
import { classifierFreeGuidance, classifierFreeVjp } from '../inverse/guidance/classifier-free-guidance.ts';
import { classifierGuidance } from '../inverse/guidance/classifier-guidance.ts';
import type { ReverseVariance } from '../sample/move.ts';
import { classifierModel, type ClassifierModel } from '../score/models/classifier-model.ts';
import type { ScoreModel } from '../score/models/score-model.ts';
import { noiseRatio } from '../sde/time/noise-ratio.ts';
import type { ScoreFn, ScoreVjpFn } from '../sde/score-fn.ts';
import type { EvaluationCounter } from './evaluation-counter.ts';
import type { Host } from './host.ts';
import type { ProgramNeeds } from './score-programs.ts';
import type { TrainedModel } from './trained.ts';

/** A class by its name, or by its number where no class has a number for a name. */
export type ClassRef = string | number;

/** What samples are conditioned on. */
export interface ConditionOptions {
  /** The class of all samples, or a list with the class of each sample. */
  readonly class: ClassRef | readonly ClassRef[];
  /**
   * Guidance scale w of s + w (s_class - s): 0 ignores the class, 1 is the class as the data have it, above 1 exaggerates it.
   * Default 1.
   */
  readonly guidance?: number | undefined;
  /** A classifier of noised samples that guides in place of the network's own classes. None by default. */
  readonly classifier?: TrainedModel | undefined;
}

/** A condition whose classes were found. */
export interface Condition {
  /** Numbers of the classes: one for all samples, or one for each. */
  readonly labels: readonly number[];
  /** Whether `labels` has an entry for each sample. */
  readonly perSample: boolean;
  /** Names of all classes that there are. */
  readonly names: readonly string[];
  readonly guidance: number;
  readonly classifier: TrainedModel | undefined;
  /** Evaluations of networks that the score of a sample costs. */
  readonly cost: number;
}

/**
 * Finds the classes that are asked for.
 * @throws ConfigError if the model and the classifier know no classes, none has this name, or the classifier was trained on other
 * samples or other noise levels.
 */
export function conditionOf(model: TrainedModel, options: ConditionOptions): Condition {
  const { class: asked, guidance = 1, classifier } = options;
  if (classifier !== undefined) {
    checkOptions([
      classifier.config.task === 'classifier',
      'classifier',
      `expected a run of --task classifier, ${classifier.name} learns a score`,
    ]);
    requireFitting(model, classifier);
  }
  const { names = [], empty = [] } = (classifier ?? model).data.classes ?? {};
  const offered = [...names.keys()].filter((label) => !empty.includes(label));
  checkOptions([
    names.length > 0,
    'class',
    'this run knows no classes; train one with --conditional, or give a --classifier',
  ]);
  const perSample = typeof asked === 'object';
  const labels = (perSample ? asked : [asked]).map((one) => labelOf({ names, offered }, String(one)));
  const both = guidance !== 0 && (guidance !== 1 || classifier !== undefined);
  return { labels, perSample, names, guidance, classifier, cost: both ? 2 : 1 };
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
export function offeredClasses(model: TrainedModel, classifier?: TrainedModel): readonly string[] {
  const { names = [], empty = [] } = (classifier ?? model).data.classes ?? {};
  return names.filter((_, label) => !empty.includes(label));
}

/** @throws ConfigError unless the classifier has seen samples of the model's shape and range, at all of its noise levels. */
function requireFitting({ data, process: { sde } }: TrainedModel, classifier: TrainedModel): void {
  const { sde: seen } = classifier.process;
  const same = (part: 'shape' | 'scaler'): boolean =>
    JSON.stringify(classifier.data[part]) === JSON.stringify(data[part]);
  const shape = `expected a classifier of samples [${data.shape.join(', ')}], got one of [${classifier.data.shape.join(', ')}]`;
  checkOptions([same('shape'), 'classifier', shape]);
  const [low, high] = [noiseRatio(sde, sde.tEnd), noiseRatio(sde, sde.tMax)];
  const [least, most] = [noiseRatio(seen, seen.tMin), noiseRatio(seen, seen.tMax)];
  const range = (a: number, b: number): string => `${a.toPrecision(3)} to ${b.toPrecision(3)}`;
  checkOptions(
    [same('scaler'), 'classifier', otherScaling(data.scaler, classifier.data.scaler)],
    [
      least <= low && high <= most,
      'classifier',
      `expected one trained at noise ratios ${range(low, high)}, got ${range(least, most)}; train one with another --sde`,
    ],
  );
}

function few(numbers: readonly number[]): string {
  const shown = numbers.slice(0, 3).map((value) => String(Number(value.toPrecision(3))));
  return `${shown.join(', ')}${numbers.length > 3 ? ', …' : ''}`;
}

/** Why a classifier cannot guide a model whose samples have another scaling: images by their range, points by their moments. */
function otherScaling(own: Scaler, other: Scaler): string {
  if (own.kind !== other.kind)
    return `expected one trained with range=${own.kind}, as the run was, got range=${other.kind}; train one with --set range=${own.kind}`;
  const moments = ({ factor, shift }: Scaler): string =>
    `mean ${few(shift)} and standard deviation ${few([factor].flat().map((one) => 1 / one))}`;
  return (
    `expected one trained on the data of the run, of ${moments(own)}; this one was trained on other data, of ${moments(other)}; ` +
    'train one on the same data'
  );
}

/** The classifier of a condition, compiled; undefined where the network itself guides. */
export async function guideOf(
  host: Host,
  model: TrainedModel,
  { classifier }: Condition,
  { samples, maxBatch, whole = false }: ProgramNeeds,
): Promise<ClassifierModel | undefined> {
  if (classifier === undefined) return undefined;
  const backend = await host.backend(samples);
  return classifierModel(whole ? { ...backend, workers: 1 } : backend, classifier.net, {
    params: classifier.params,
    classes: classCount(classifier.config.net),
    sde: model.process.sde,
    maxBatch,
  });
}

/** A score given classes, as samplers take it. */
export interface ConditionalScore {
  readonly score: ScoreFn;
  /** Its derivative pulled back; undefined where a classifier guides. */
  readonly scoreVjp: ScoreVjpFn | undefined;
  readonly reverseVariance: ReverseVariance | undefined;
}

/**
 * The guided score of a batch.
 * @param labels - the class of each sample of the batch
 */
export function conditionalScore(
  { model, guide, guidance: scale }: { model: ScoreModel; guide: ClassifierModel | undefined; guidance: number },
  labels: readonly number[],
  counter: EvaluationCounter,
): ConditionalScore {
  const unconditional = counter.scores(model);
  if (guide !== undefined) {
    const classifier = counter.score(guide.gradient(labels));
    const score = classifierGuidance({ score: unconditional.score, classifier, scale });
    return { score, scoreVjp: undefined, reverseVariance: model.reverseVariance };
  }
  const conditional = counter.scores(model.given(labels));
  return {
    score: classifierFreeGuidance({ conditional: conditional.score, unconditional: unconditional.score, scale }),
    scoreVjp: classifierFreeVjp({ conditional: conditional.scoreVjp, unconditional: unconditional.scoreVjp, scale }),
    reverseVariance: scale === 0 ? model.reverseVariance : conditional.reverseVariance,
  };
}
