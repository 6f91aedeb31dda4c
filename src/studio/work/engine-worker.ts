/** @file The worker that trains: ONNX Runtime's WebAssembly, and the newest network. */
import { learn, type LearnAsk, type LearnSettings, type LearnStep } from './learn.ts';
import { learnedField, learnedScores, lesson, type LearnedField, type Lesson, type LessonAsk } from './learned.ts';
import type { DensityAsk, DensityStep, LearnedDensity } from './density.ts';
import type { FieldAsk } from './field.ts';
import { pageBackend } from './page-backend.ts';
import { paths, type Frame, type PathsAsk } from './paths.ts';
import type { ErrorsAsk, ScoreErrors } from './score-errors.ts';
import { serve } from './serve.ts';
import type { WayFrame, WayResult, WaysAsk } from './ways.ts';
import type { RaceAsk, RaceFrame, RaceResult } from './race.ts';

/** Its jobs. */
export type EngineJobs = {
  readonly learn: { ask: LearnAsk; step: LearnStep; result: never; note: Partial<LearnSettings> };
  readonly field: { ask: FieldAsk; step: never; result: LearnedField; note: never };
  readonly paths: { ask: PathsAsk; step: Frame; result: null; note: never };
  readonly lesson: { ask: LessonAsk; step: never; result: Lesson; note: never };
  readonly density: {
    ask: DensityAsk & { readonly tolerance: number };
    step: DensityStep;
    result: LearnedDensity;
    note: never;
  };
  readonly ways: { ask: WaysAsk; step: WayFrame; result: WayResult; note: never };
  readonly errors: { ask: ErrorsAsk; step: never; result: ScoreErrors; note: never };
  readonly race: { ask: RaceAsk; step: RaceFrame; result: RaceResult; note: never };
};

// Points are fastest with one thread.
const backend = pageBackend(1);
const scores = learnedScores(backend);

serve<EngineJobs>({
  learn: (ask, inbox) => learn(backend, ask, { inbox, keep: scores.put }),
  field: async function* (ask) {
    return learnedField(scores, ask);
  },
  paths: (ask) => paths(scores.score, ask),
  lesson: async function* (ask) {
    return lesson(scores.score, ask);
  },
  density: async function* (ask) {
    return yield* (await import('./density.ts')).learnedDensity(scores, ask);
  },
  race: async function* (ask) {
    return yield* (await import('./race.ts')).race(scores.score, ask);
  },
  ways: async function* (ask) {
    return yield* (await import('./ways.ts')).ways(scores.score, ask);
  },
  errors: async function* (ask) {
    return (await import('./score-errors.ts')).scoreErrors(scores, ask);
  },
});
