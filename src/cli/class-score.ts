/** @file Classes on the command line: which class each sample is asked to have, and the score that draws it so. */
import type { Backend } from '../backend/program.ts';
import { checkOptions } from '../base/check.ts';
import { loadClassifier, type LoadedRun } from '../run/load.ts';
import { classCount } from '../catalog/kinds.ts';
import type { Scaler } from '../data/scaler.ts';
import { classifierFreeGuidance, classifierFreeVjp } from '../inverse/classifier-free-guidance.ts';
import { classifierGuidance } from '../inverse/classifier-guidance.ts';
import { classNamed, listed } from '../data/class-names.ts';
import type { ReverseVariance } from '../sample/move.ts';
import { classifierModel } from '../score/classifier-model.ts';
import type { ScoreModel } from '../score/score-model.ts';
import { noiseRatio } from '../sde/noise-ratio.ts';
import type { ScoreFn, ScoreVjpFn } from '../sde/score-fn.ts';
import { averaged } from '../train/train.ts';
import { short } from './shell/terminal.ts';

/** Options of commands that draw samples of a class. */
export interface ClassFlags {
  readonly class?: string;
  readonly guidance?: number;
  readonly classifier?: string;
}

/** What is asked for. */
export interface ClassChoice {
  /** Numbers of the classes, one or all. */
  readonly labels: readonly number[];
  /** Their names. */
  readonly names: readonly string[];
  readonly guidance: number;
  /** Who guides; the network itself if undefined. */
  readonly classifier: LoadedRun | undefined;
  /** Evaluations of networks that the score of a sample costs. */
  readonly cost: number;
}

/**
 * The classes that are asked for: one as `classNamed` finds it, or all that had samples; undefined where none is.
 * @throws ConfigError if there is no such class or it had no samples, nobody knows classes, the classifier is not one of such data, or guidance is
 * asked for without a class.
 * @throws FileError if the classifier cannot be read.
 */
export function choose(run: LoadedRun, flags: ClassFlags): ClassChoice | undefined {
  const { class: asked, guidance = 1 } = flags;
  const needed = (option: 'guidance' | 'classifier') =>
    [
      flags[option] === undefined || asked !== undefined,
      `--${option}`,
      'expected a class to guide to, --class',
    ] as const;
  checkOptions(needed('guidance'), needed('classifier'));
  if (asked === undefined) return undefined;
  const classifier = flags.classifier === undefined ? undefined : loadClassifier(flags.classifier);
  if (classifier !== undefined) checkFit(run, classifier);
  const { names = [], empty = [] } = (classifier ?? run).data.classes ?? {};
  const hint = 'this run knows no classes; train one with --conditional, or give a --classifier';
  checkOptions([names.length > 0, '--class', hint]);
  const offered = [...names.keys()].filter((label) => !empty.includes(label));
  const labels = asked === 'all' ? offered : [labelOf({ names, offered }, asked)];
  const both = guidance !== 0 && (guidance !== 1 || classifier !== undefined);
  return { labels, names: labels.map((label) => names[label] ?? ''), guidance, classifier, cost: both ? 2 : 1 };
}

/** Names of classes, and the numbers of those that can be drawn. */
interface Offer {
  readonly names: readonly string[];
  readonly offered: readonly number[];
}

function labelOf(offer: Offer, asked: string): number {
  const found = classNamed(offer.names, asked) ?? -1;
  checkOptions(
    [found >= 0, '--class', `expected ${ways(offer)}; got '${asked}'`],
    [
      found < 0 || offer.offered.includes(found),
      '--class',
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

/** @throws ConfigError unless the classifier has seen data of the run's shape and range, at all of its noise levels. */
function checkFit({ data, process: { sde } }: LoadedRun, classifier: LoadedRun): void {
  const { sde: seen } = classifier.process;
  const same = (part: 'shape' | 'scaler'): boolean =>
    JSON.stringify(classifier.data[part]) === JSON.stringify(data[part]);
  const shape = `expected a classifier of samples [${data.shape.join(', ')}], got one of [${classifier.data.shape.join(', ')}]`;
  checkOptions([same('shape'), '--classifier', shape]);
  const [low, high] = [noiseRatio(sde, sde.tEnd), noiseRatio(sde, sde.tMax)];
  const [least, most] = [noiseRatio(seen, seen.tMin), noiseRatio(seen, seen.tMax)];
  const range = (a: number, b: number): string => `${a.toPrecision(3)} to ${b.toPrecision(3)}`;
  checkOptions(
    [same('scaler'), '--classifier', otherScaling(data.scaler, classifier.data.scaler)],
    [
      least <= low && high <= most,
      '--classifier',
      `expected one trained at noise ratios ${range(low, high)}, got ${range(least, most)}; train one with another --sde`,
    ],
  );
}

function few(numbers: readonly number[]): string {
  return `${numbers.slice(0, 3).map(short).join(', ')}${numbers.length > 3 ? ', …' : ''}`;
}

/** Why a classifier cannot guide a run whose samples have another scaling: images by their range, points by their moments. */
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

/** A score whose evaluations of networks are counted. */
export interface ClassScore {
  readonly score: ScoreFn;
  /** Its derivative; undefined where a classifier guides. */
  readonly scoreVjp: ScoreVjpFn | undefined;
  readonly reverseVariance: ReverseVariance | undefined;
  /** Evaluations so far, of each sample. */
  readonly evals: () => readonly number[];
}

/** The score of samples of the given classes, for as long as nobody disposes of it. */
export interface ClassScores {
  of(classes: readonly number[]): ClassScore;
  dispose(): Promise<void>;
}

/**
 * Scores of classes by the guidance that was chosen: without a classifier, or with one beside the score of all classes.
 * @param options.maxBatch - samples computed together
 */
export async function classScores(
  backend: Backend,
  { model, run, choice }: { readonly model: ScoreModel; readonly run: LoadedRun; readonly choice: ClassChoice },
  { maxBatch }: { readonly maxBatch: number },
): Promise<ClassScores> {
  const { guidance: scale, classifier } = choice;
  const guide =
    classifier &&
    (await classifierModel(backend, classifier.net, {
      params: averaged(classifier.point.state),
      classes: classCount(classifier.config.net),
      sde: run.process.sde,
      maxBatch,
    }));
  return {
    of: (classes) => {
      const counts = classes.map(() => 0);
      const count = (rows: readonly number[]): void => {
        for (const row of rows) counts[row] = (counts[row] ?? 0) + 1;
      };
      const counted =
        (score: ScoreFn): ScoreFn =>
        (x, t, rows = [...classes.keys()]) => {
          count(rows);
          return score(x, t, rows);
        };
      const countedVjp =
        (scoreVjp: ScoreVjpFn): ScoreVjpFn =>
        (x, t, w, rows = [...classes.keys()]) => {
          count(rows);
          return scoreVjp(x, t, w, rows);
        };
      const all = counted(model.score);
      const evals = (): readonly number[] => [...counts];
      const free = { reverseVariance: model.reverseVariance, evals };
      if (guide !== undefined)
        return {
          ...free,
          scoreVjp: undefined,
          score: classifierGuidance({ score: all, classifier: counted(guide.gradient(classes)), scale }),
        };
      const given = model.given(classes);
      return {
        score: classifierFreeGuidance({ conditional: counted(given.score), unconditional: all, scale }),
        scoreVjp: classifierFreeVjp({
          conditional: countedVjp(given.scoreVjp),
          unconditional: countedVjp(model.scoreVjp),
          scale,
        }),
        reverseVariance: scale === 0 ? model.reverseVariance : given.reverseVariance,
        evals,
      };
    },
    dispose: async () => guide?.dispose(),
  };
}
