/** @file The guidance of a model: its record, its second network, and the guided score of a batch. */
import { checkOptions } from '../base/check.ts';
import { anyOf } from '../base/words.ts';
import { ConfigError } from '../base/errors.ts';
import { builtIn, type Catalog } from '../catalog/catalog.ts';
import { parsed } from '../catalog/config/issues.ts';
import { nonNegative, withKeys } from '../catalog/config/limits.ts';
import { intervalOf, limited, type GuidanceParts, type GuidanceRecord, type GuidedScores, type Guides } from '../catalog/guidances/guidance.ts'; // prettier-ignore
import { classCount } from '../catalog/kinds.ts';
import { find } from '../catalog/named.ts';
import type { Plain } from '../catalog/option.ts';
import { classifierModel } from '../score/models/classifier-model.ts';
import { scoreModel, type ScoreModel } from '../score/models/score-model.ts';
import { codingOf } from '../run/summarize.ts';
import type { Given } from '../score/models/condition-rows.ts';
import type { EvaluationCounter } from './evaluation-counter.ts';
import { requireClassifier, requireWeaker } from './guide-fit.ts';
import type { Host } from './host.ts';
import type { ProgramNeeds } from './score-programs.ts';
import type { TrainedModel } from './trained.ts';

/** How the score is guided. Options beside these are those of the guidance, as its record has them. */
export interface GuidanceOptions<Guide> {
  /**
   * Guidance scale w of s + w (s_c - s): 0 ignores the class or the text c, 1 takes it as the data have it, above 1 exaggerates it.
   * Default 1.
   */
  readonly scale?: number | undefined;
  /**
   * Name of a guidance: classifier-free, classifier or autoguidance. Default the one that has use for the guide, or
   * classifier-free without one.
   */
  readonly method?: string | undefined;
  /** A second network: a classifier of noised samples, or a weaker model of the same data. None by default. */
  readonly guide?: Guide | undefined;
  /** Lowest and highest noise level sigma / alpha at which the scale applies; elsewhere it is 1. All of them by default. */
  readonly interval?: readonly [low: number, high: number] | undefined;
  /** An option of the guidance that is named. */
  readonly [option: string]: unknown;
}

/** A guidance with the values of its options. */
export interface ChosenGuidance {
  readonly record: GuidanceRecord;
  readonly scale: number;
  /** Its own options, with their defaults. */
  readonly options: Plain;
  readonly guide: TrainedModel | undefined;
  /** Evaluations of networks that the score of a sample costs. */
  readonly cost: number;
}

/**
 * The guidance that is asked for.
 * @throws ConfigError if there is none of this name, it does not take an option, or its second network is missing or does not
 * fit the model.
 */
export function guidanceOf(
  model: TrainedModel,
  options: GuidanceOptions<TrainedModel>,
  catalog: Catalog = builtIn,
): ChosenGuidance {
  const { method, guide, scale: asked = 1, ...others } = options;
  const kind: keyof Guides = guide === undefined ? 'none' : guide.config.task === 'classifier' ? 'classifier' : 'score';
  const suited = catalog.guidances.find((one) => one.guide === kind)?.name ?? '';
  const record = find(catalog.guidances, method ?? suited, 'guidance.method');
  checkOptions([
    record.guide === kind,
    'guidance.guide',
    `expected ${guideWords[record.guide]} for ${record.name}, got ${guideWords[kind]}`,
  ]);
  if (guide !== undefined) (kind === 'classifier' ? requireClassifier : requireWeaker)(model, guide);
  const { scale } = parsed(withKeys({ scale: nonNegative }), { scale: asked }, 'guidance.');
  const { most = Infinity } = record;
  checkOptions([scale <= most, 'guidance', `expected a scale of 0 to ${most} for ${record.name}, got ${scale}`]);
  const given = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined));
  const own = parsed(withKeys(record.options), given, 'guidance.');
  if (record.options['interval'] === limited.interval) intervalOf(model.process.sde, own);
  return { record, scale, options: own, guide, cost: record.evaluations({ scale, ...own }) };
}

const guideWords: Readonly<Record<keyof Guides, string>> = {
  none: 'no second network',
  classifier: 'a classifier',
  score: 'a weaker model of scores',
};

/** @throws ConfigError if the guidance is no score but a change of the steps of a sampler. */
export function requireGuidedScore({ record }: ChosenGuidance): void {
  checkOptions([
    record.samplers === undefined,
    'guidance.method',
    `expected a guidance that makes a score, such as ${builtIn.guidances[0]?.name ?? ''}; ${record.name} changes the steps of ${anyOf(record.samplers ?? [])} and guides samples alone`,
  ]);
}

/** The second network of a guidance with compiled programs. */
export interface CompiledGuide {
  /** What it gives for the class or the row of each sample of a batch, with its evaluations counted. */
  of(given: Given | undefined, counter: EvaluationCounter): ScoreGuide;
  dispose(): Promise<void>;
}

type ScoreGuide = Guides[keyof Guides];

/** The second network of a guidance, compiled; undefined where there is none. */
export async function compiledGuide(
  host: Host,
  model: TrainedModel,
  { guide }: ChosenGuidance,
  { samples, maxBatch, whole = false }: ProgramNeeds,
): Promise<CompiledGuide | undefined> {
  if (guide === undefined) return undefined;
  const engine = await host.backend(samples);
  const backend = whole ? { ...engine, workers: 1 } : engine;
  const { net, params, process, config } = guide;
  if (config.task === 'classifier') {
    const { sde } = model.process;
    const compiled = await classifierModel(backend, net, { params, classes: classCount(config.net), sde, maxBatch });
    return {
      of: (given = [], counter) => counter.score(compiled.gradient(given)),
      dispose: () => compiled.dispose(),
    };
  }
  const compiled = scoreModel(backend, net, { params, process, maxBatch });
  return {
    of: (given, counter) => {
      const own = net.classes === 0 ? undefined : given?.map((one) => ownGiven(model, guide, one));
      return counter.scores(own === undefined ? compiled : compiled.given(own));
    },
    dispose: () => compiled.dispose(),
  };
}

/** What the second network reads of a class or a row of the model. */
function ownGiven(model: TrainedModel, guide: TrainedModel, given: Given[number]): Given[number] {
  if (typeof given === 'number') return ownLabel(model, guide, given);
  const [own, other] = [model, guide].map(({ data }) => JSON.stringify(codingOf(data)));
  const message = `expected a model of the words that the model knows, ${guide.name} knows others`;
  checkOptions([own === other, 'guidance.guide', message]);
  return given;
}

/** The number that the second network has for a class of the model. */
function ownLabel(model: TrainedModel, guide: TrainedModel, label: number): number {
  const name = model.data.classes?.names[label] ?? '';
  const own = guide.data.classes?.names.indexOf(name) ?? -1;
  if (own >= 0) return own;
  const message = `expected a model with the class ${name}, ${guide.name} has none`;
  throw new ConfigError([{ path: 'guidance.guide', message }]);
}

/**
 * The guided score of a batch.
 * @param given - the class or the row of each sample of the batch; undefined for nothing in particular
 */
export function guidedScores(
  { record, scale, options }: ChosenGuidance,
  { trained, model, guide }: { trained: TrainedModel; model: ScoreModel; guide: CompiledGuide | undefined },
  given: Given | undefined,
  counter: EvaluationCounter,
): GuidedScores {
  const unconditional = counter.scores(model);
  // The classes are those of the classifier where one guides, and not those of the network.
  const own = record.guide === 'classifier' ? undefined : given;
  const parts: GuidanceParts<ScoreGuide> = {
    sde: trained.process.sde,
    conditional: own === undefined ? unconditional : counter.scores(model.given(own)),
    unconditional,
    guide: guide?.of(given, counter),
  };
  return record.build({ scale, ...options }, parts);
}
