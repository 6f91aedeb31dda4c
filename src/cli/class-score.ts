/** @file Classes on the command line: which class each sample is asked to have, and the score that draws it so. */
import { checkOptions } from '../base/check.ts';
import type { LoadedRun } from '../config/checkpoint.ts';
import { classifierFreeGuidance } from '../inverse/classifier-free-guidance.ts';
import type { ReverseVariance } from '../sample/move.ts';
import type { ScoreModel } from '../score/score-model.ts';
import type { ScoreFn } from '../sde/score-fn.ts';

/** Options of commands that draw samples of a class. */
export interface ClassFlags {
  readonly class?: string;
  readonly guidance?: number;
}

/** Names that an error tells; a folder may have 256. */
const mostNames = 20;

/**
 * The classes that are asked for: one by its name or number, or all of the run; undefined where none is asked for.
 * @throws ConfigError if there is no such class, the run knows none, or guidance is asked for without a class.
 */
export function classesAsked({ data }: LoadedRun, flags: ClassFlags): readonly number[] | undefined {
  const { class: asked, guidance } = flags;
  checkOptions([guidance === undefined || asked !== undefined, '--guidance', 'expected a class to guide to, --class']);
  if (asked === undefined) return undefined;
  const names = data.classes?.names ?? [];
  checkOptions([names.length > 0, '--class', 'this run knows no classes; train one with --conditional']);
  if (asked === 'all') return [...names.keys()];
  const lower = names.map((name) => name.toLowerCase());
  const named = lower.indexOf(asked.toLowerCase());
  const numbered = /^\d+$/.test(asked) && Number(asked) < names.length ? Number(asked) : -1;
  const found = named >= 0 ? named : numbered;
  checkOptions([found >= 0, '--class', `expected ${ways(names).join(', ')}; got '${asked}'`]);
  return [found];
}

/** How a class can be asked for. */
function ways(names: readonly string[]): readonly string[] {
  const own = names.filter((name, label) => name !== String(label));
  const more = own.length > mostNames ? ['…'] : [];
  return ['all', `0 to ${names.length - 1}`, ...own.slice(0, mostNames), ...more];
}

/** A score whose evaluations of the network are counted. */
export interface ClassScore {
  readonly score: ScoreFn;
  readonly reverseVariance: ReverseVariance | undefined;
  /** Evaluations so far, of each sample. */
  readonly evals: () => readonly number[];
}

/** Evaluations of the network that a score with guidance costs: the score given the class, that of all, or both. */
export function costOf(guidance: number): number {
  return guidance === 0 || guidance === 1 ? 1 : 2;
}

/** The score of samples of the given classes, by guidance without a classifier. */
export function classScore(model: ScoreModel, classes: readonly number[], guidance: number): ClassScore {
  const counts = classes.map(() => 0);
  const counted =
    (score: ScoreFn): ScoreFn =>
    (x, t, rows = [...classes.keys()]) => {
      for (const row of rows) counts[row] = (counts[row] ?? 0) + 1;
      return score(x, t, rows);
    };
  const given = model.given(classes);
  const [conditional, unconditional] = [counted(given.score), counted(model.score)];
  return {
    score: classifierFreeGuidance({ conditional, unconditional, scale: guidance }),
    reverseVariance: guidance === 0 ? model.reverseVariance : given.reverseVariance,
    evals: () => [...counts],
  };
}
