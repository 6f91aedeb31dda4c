/** @file The rounds of a distillation, and the settings in which its students differ from their teacher. */
import { checkOptions, positiveInteger, type Rule } from '../base/check.ts';
import { ConfigError } from '../base/errors.ts';
import type { RunConfig } from '../catalog/config/schema.ts';
import { unknownName } from '../catalog/named.ts';
import type { Plain } from '../catalog/option.ts';
import type { TrainedModel } from './trained.ts';

/** The ways to distill from pairs of noise and what the teacher makes of it. */
const pairMethods = ['luhman', 'reflow'] as const;

/** The ways to distill. */
export const distillationMethods = ['progressive', 'consistency', 'easy-consistency', ...pairMethods] as const;

/** A way to distill: the name of its objective. */
export type DistillMethod = (typeof distillationMethods)[number];

/**
 * The way to distill of a name.
 * @throws ConfigError if there is none.
 */
export function methodNamed(name: string): DistillMethod {
  const known = distillationMethods.find((method) => method === name);
  if (known === undefined) throw new ConfigError([{ path: 'method', message: unknownName(name, distillationMethods) }]);
  return known;
}

/** Options of pairs. */
export interface PairChoice {
  /** Of luhman and reflow: pairs of noise and samples that are drawn of the teacher. Default 20000. */
  readonly pairs?: number | undefined;
  /** Of luhman and reflow: evaluations of the teacher for each pair, by DDIM; two for each step where it is guided. Default 20. */
  readonly teacherNfe?: number | undefined;
  /** Scale by which a teacher of classes or texts is guided to that of each sample, which the student then is without; not of easy-consistency. Default 1. */
  readonly guidance?: number | undefined;
}

/**
 * Checks the options of pairs.
 * @param ref - where the teacher is, for the message
 * @throws ConfigError unless they are those of a method of pairs and fit the teacher.
 */
export function requirePairsFit(
  { net }: Pick<TrainedModel, 'net'>,
  ref: string,
  { method, pairs, teacherNfe, guidance }: PairChoice & { readonly method: DistillMethod },
): void {
  const asked = Object.entries({ pairs, teacherNfe }).filter(([, value]) => value !== undefined);
  checkOptions(
    ...asked.map(([name]): Rule => [isOfPairs(method), name, `is of luhman and reflow, got it for ${method}`]),
    ...(pairs === undefined ? [] : [positiveInteger('pairs', pairs)]),
    [pairs === undefined || pairs >= 20, 'pairs', `expected at least 20, of which one is kept out, got ${pairs}`],
    [
      guidance === undefined || method !== 'easy-consistency',
      'guidance',
      'is of methods that follow a teacher, got it for easy-consistency, which goes on from its parameters',
    ],
    [
      guidance === undefined || net.classes > 0,
      'guidance',
      `expected a teacher of classes or texts to guide, ${ref} knows none`,
    ],
  );
}

/** Part of the pairs that is not trained on. */
const heldOutShare = 0.05;

/** How many of so many pairs are not trained on. */
export function keptOut(count: number): number {
  return Math.max(1, Math.round(count * heldOutShare));
}

/** Whether a way to distill learns from pairs. */
export function isOfPairs(method: DistillMethod): boolean {
  return pairMethods.some((one) => one === method);
}

/** Pairs that are drawn of a teacher, and its evaluations for each. */
export const defaultPairs = { count: 20_000, nfe: 20 };

/** One round: a student that is trained. */
export interface DistillationRound {
  /** Evaluations of a sample of the student. */
  readonly nfe: number;
  /** Its objective; `teacher` is a place for that of the round. */
  readonly loss: Plain;
  /** Settings of its training beside those of every student. */
  readonly train?: Plain;
}

/** What the rounds depend on. */
export interface RoundOptions {
  /** Evaluations of a sample of the last student, at least 1. Default 4 of progressive distillation and of reflow, 1 of luhman, else 2. */
  readonly nfe?: number | undefined;
  /** Evaluations of a sample of the first student, at least `nfe`. Default 16, or half of `student`. */
  readonly first?: number | undefined;
  /** Steps of a teacher that is a student itself, at least 2. Default none: the teacher is a score. */
  readonly student?: number | undefined;
  /** Scale by which the teacher of the first round is guided; later students have it from there. Default 1. */
  readonly guidance?: number | undefined;
}

/** Evaluations of the first student of progressive distillation. */
export const defaultFirst = 16;

/** Steps of a round, where neither steps nor minutes are given. */
export const defaultRoundSteps = 2000;

/**
 * The rounds of a distillation. Those of progressive distillation halve the evaluations from `first` (16, or half of those of a
 * teacher that is a student) down to `nfe`; other methods have one.
 * @throws ConfigError unless the numbers of evaluations can be reached.
 */
export function distillationRounds(method: DistillMethod, options: RoundOptions): readonly DistillationRound[] {
  const { nfe = defaultNfe[method], student } = options;
  const guided = options.guidance === undefined ? {} : { guidance: options.guidance };
  checkOptions([Number.isInteger(nfe) && nfe >= 1, 'nfe', `expected a whole number of at least 1, got ${nfe}`]);
  if (method !== 'progressive') {
    checkOptions(
      [options.first === undefined, 'first', `is of progressive distillation, got it for ${method}`],
      [method !== 'luhman' || nfe === 1, 'nfe', `expected 1 for luhman, whose students take one step, got ${nfe}`],
    );
    if (method === 'luhman') return [{ nfe, loss: { kind: method }, train: pairTraining }];
    if (method === 'reflow') return [{ nfe, loss: { kind: 'denoising', coupling: 'stored' }, train: pairTraining }];
    return [{ nfe, loss: { kind: method, steps: nfe, ...(method === 'consistency' && { teacher: '', ...guided }) } }];
  }
  const { first = student === undefined ? Math.max(defaultFirst, nfe) : student / 2 } = options;
  const powerOfTwo = (name: string, value: number): Rule => [
    Number.isInteger(Math.log2(value)) && value >= 1,
    name,
    `expected a power of two, as each round halves the steps, got ${value}`,
  ];
  checkOptions(powerOfTwo('nfe', nfe), powerOfTwo('first', first), [
    first >= nfe,
    'first',
    student === undefined
      ? `expected at least the ${nfe} evaluations of the last student, got ${first}`
      : `a teacher of ${student} steps has students of at most ${student / 2}; expected nfe of at most that, got ${nfe}`,
  ]);
  const count = Math.log2(first / nfe) + 1;
  return Array.from({ length: count }, (_, k) => {
    const steps = first / 2 ** k;
    return { nfe: steps, loss: { kind: method, steps, teacher: '', ...(k === 0 && guided) }, train: annealed };
  });
}

const defaultNfe: Readonly<Record<DistillMethod, number>> = {
  ...{ progressive: 4, consistency: 2, 'easy-consistency': 2 },
  ...{ luhman: 1, reflow: 4 },
};

/** The learning rate falls to zero within each round, and there is no warm-up: the student begins where its teacher is. */
const annealed: Plain = { decay: 'cosine', warmup: 0 };

/** The settings of a round of so many steps; undefined if its minutes end it. One step has no way down. */
export function roundTrain({ train = {} }: DistillationRound, steps: number | undefined): Plain {
  return Object.fromEntries(Object.entries(train).filter(([name]) => steps !== 1 || name !== 'decay'));
}

/** Pairs are learned by heart: the training ends when those that are kept out are no longer predicted better. */
export const pairTraining = { checkpointEvery: 100, patience: 5 } as const;

/** Settings of a student that differ from those that suit new runs: a smaller rate, and no dropout. */
export function studentConfig({ config }: { readonly config: RunConfig }): Plain {
  const { batch, learningRate, emaDecay } = config.train;
  return {
    ...('dropout' in config.net && config.net.dropout > 0 ? { net: { dropout: 0 } } : {}),
    train: { batch, learningRate: learningRate / 4, emaDecay, warmup: 100 },
  };
}

/**
 * Checks that a model can teach: a score, or for progressive distillation a student of twice the steps.
 * @param ref - where it is, for the message
 * @throws ConfigError unless it can.
 */
export function requireTeacher(
  { task, sampling }: Pick<TrainedModel, 'task' | 'sampling'>,
  ref: string,
  { kind, steps }: Plain,
): void {
  const { student } = sampling;
  const halves = kind === 'progressive' && student?.steps === 2 * Number(steps);
  const taken = student?.steps === undefined ? 'a consistency model' : `a student of ${student.steps} steps`;
  const instead = kind === 'progressive' ? `a score or a student of ${2 * Number(steps)} steps` : 'a score';
  checkOptions(
    [task === 'score', 'teacher', `expected a run or a model of a score, ${ref} is of a ${task}`],
    [!sampling.oneLevel, 'teacher', `expected a score at all noise levels, ${ref} has learned one level`],
    [student === undefined || halves, 'teacher', `expected ${instead}, ${ref} is ${taken}`],
  );
}
