/** @file What the tab Learn computes: a training that runs in the engine's worker, its field, its particles and its floor. */
import { computed, effect, signal } from '@preact/signals';
import type { State } from '../state/address.ts';
import { setting } from '../state/data.ts';
import { noteFault, state } from '../state/state.ts';
import { place } from '../view/clock.ts';
import type { Field, FieldAsk } from '../work/field.ts';
import type { LearnedField, Lesson, LessonAsk } from '../work/learned.ts';
import type { LearnAsk, LearnStep } from '../work/learn.ts';
import type { ErrorsAsk, ScoreErrors } from '../work/score-errors.ts';
import type { LevelError } from '../work/levels.ts';
import { latest, Stopped, type Job } from '../work/connect.ts';
import type { PathsAsk } from '../work/paths.ts';
import type { EngineJobs } from '../work/engine-worker.ts';
import type { Setting } from '../work/setting.ts';
import { engine, exact } from '../work/workers.ts';
import { fieldAsk } from './field-model.ts';
import { collecting, type Frames } from './particles.ts';

/** How the training goes on: not yet, by itself, in its phases, to the end of its step, or waiting. */
export type Tempo = 'new' | 'starting' | 'running' | 'slow' | 'pausing' | 'waiting';

/** Steps of a lesson, and particles and points that are seen. */
const lessonSteps = 10;
const particleCount = 400;
/** Steps of the clock in one of a sample of the network: 30 evaluations. */
const sampleStride = 4;
const lessonPoints = 40;
/** Points of which the errors are means. */
const errorPoints = 2000;
/** Cells of a side of the error. */
const errorCells = 24;

export const tempo = signal<Tempo>('new');
/** The last report. */
export const report = signal<LearnStep | undefined>(undefined);
/** Losses of all steps. */
export const losses = signal<readonly number[]>([]);
/** The exact field and the learned one at the place of the clock. */
export const exactField = signal<Field | undefined>(undefined);
export const learnedField = signal<LearnedField | undefined>(undefined);
/** Samples of the network as it was at a step. */
/** The error by density and by noise level, as the network last rested. */
export const errors = signal<ScoreErrors | undefined>(undefined);
export const samples = signal<{ readonly step: number; readonly frames: Frames } | undefined>(undefined);
/** The least error at each noise level. */
export const floor = signal<readonly LevelError[]>([]);
/** The batch of a slow step, and how far it is explained. */
export const lesson = signal<{ readonly batch: Lesson; readonly phase: number } | undefined>(undefined);

let job: Job<EngineJobs['learn']> | undefined;
/** What the training that runs is of; another law, process, seed or width begins another one. */
const trained = signal('');
let goal = 0;

/** What a network is of: with clean points alone it predicts something else than with noise. */
const learnKey = ({ seed, width, points, batch, levels }: State, own: Setting): string =>
  JSON.stringify({ seed, width, points, batch, clean: levels === 'none', ...own });

const askExact = latest((ask: FieldAsk) => exact.start('field', ask).result, {
  use: (found) => (exactField.value = found),
  failed: noteFault,
});
const askLearned = latest((ask: FieldAsk) => engine.start('field', { ...ask, cells: errorCells }).result, {
  use: (found) => (learnedField.value = found),
  failed: noteFault,
});
const askFloor = latest((ask: Setting & { readonly seed: number }) => exact.start('floor', ask).result, {
  use: (found) => (floor.value = found),
  failed: noteFault,
});
const askSamples = latest(
  async (ask: PathsAsk & { readonly step: number }) => {
    const own = collecting();
    await engine.start('paths', ask, own.add).result;
    return { step: ask.step, frames: own.frames() };
  },
  {
    use: ({ step, frames }) => {
      if (frames !== undefined && job !== undefined) samples.value = { step, frames };
    },
    failed: noteFault,
  },
);

const askErrors = latest((ask: ErrorsAsk) => engine.start('errors', ask).result, {
  use: (found) => (errors.value = found),
  failed: noteFault,
});

/** Samples are drawn again after so many steps, or at the end. */
const samplesEvery = 200;

function receive(step: LearnStep): void {
  report.value = step;
  losses.value = [...losses.value, ...step.losses];
  if (tempo.value === 'starting') tempo.value = 'running';
  if (step.waiting && (tempo.value === 'running' || tempo.value === 'pausing')) tempo.value = 'waiting';
  askLearned(fieldAsk(setting.value, place.value));
  if (step.waiting || step.step - (samples.peek()?.step ?? 0) >= samplesEvery) drawSamples(step.step);
  if (step.waiting) askOwnErrors();
}

/** Errors by density and by noise level, once the network rests. */
function askOwnErrors(): void {
  askErrors({ ...setting.value, seed: state.value.seed, n: errorPoints, place: place.value });
}

function drawSamples(step: number): void {
  const { flow, seed, sde } = state.value;
  askSamples({ sde, flow, seed, n: particleCount, stride: sampleStride, step });
}

/** Goes on for a number of steps, with a new network where there is none yet. */
export function run(steps: number = state.value.goal): void {
  const { seed, width, rate, levels, points, batch } = state.value;
  const own = setting.value;
  if (job !== undefined && trained.peek() === learnKey(state.value, own)) {
    goal = (report.value?.step ?? 0) + steps;
    tempo.value = 'running';
    job.say({ goal });
    return;
  }
  reset();
  goal = steps;
  trained.value = learnKey(state.value, own);
  tempo.value = 'starting';
  const ask: LearnAsk = { ...own, seed, width, points, batch, rate, levels, goal };
  const mine = engine.start('learn', ask, (step) => {
    // A report may be on its way while the training is stopped.
    if (job === mine) receive(step);
  });
  job = mine;
  mine.result.catch((error: unknown) => {
    if (job !== mine) return;
    job = undefined;
    tempo.value = 'new';
    if (!(error instanceof Stopped)) noteFault(error);
  });
}

/** Waits after the step that is computed. */
export function pauseTraining(): void {
  explaining += 1;
  lesson.value = undefined;
  goal = 0;
  job?.say({ goal: 0 });
  tempo.value = job === undefined ? 'new' : report.value?.waiting === true ? 'waiting' : 'pausing';
}

/** Forgets the network. */
export function reset(): void {
  explaining += 1;
  job?.stop();
  job = undefined;
  tempo.value = 'new';
  report.value = undefined;
  losses.value = [];
  learnedField.value = undefined;
  samples.value = undefined;
  errors.value = undefined;
  lesson.value = undefined;
}

/** Counts the explanations, so that one that was broken off does not go on. */
let explaining = 0;
/** Milliseconds of each phase. */
const phaseMs = 1500;

/** Explains a step of training in its phases, takes some, and begins again, until it is paused. */
export async function explain(): Promise<void> {
  if (job === undefined || trained.peek() !== learnKey(state.value, setting.value)) run(1);
  const mine = (explaining += 1);
  tempo.value = 'slow';
  const still = (): boolean => mine === explaining;
  for (let round = 0; still(); round++) {
    const ask: LessonAsk = { ...setting.value, place: place.value, seed: round, n: lessonPoints };
    try {
      const batch = await engine.start('lesson', ask).result;
      for (let phase = 0; phase < 5 && still(); phase++) {
        lesson.value = { batch, phase };
        if (phase === 4) job?.say({ goal: (report.value?.step ?? 0) + lessonSteps });
        await new Promise((resolve) => setTimeout(resolve, phaseMs));
      }
    } catch {
      // There is no network before the first step.
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** Steps of the network, if there is one and it is of the data, the process, the seed and the settings of the address. */
export const networkStep = computed(() =>
  trained.value === learnKey(state.value, setting.value) ? report.value?.step : undefined,
);

/** Computes what is seen for as long as the tab is. */
export function followLearning(): () => void {
  const changeable = computed(() => JSON.stringify({ rate: state.value.rate, levels: state.value.levels }));
  const of = computed(() => learnKey(state.value, setting.value));
  const stops = [
    effect(() => {
      const ask = fieldAsk(setting.value, place.value);
      askExact(ask);
      if (networkStep.peek() === undefined) return;
      askLearned(ask);
      if (tempo.peek() === 'waiting') askOwnErrors();
    }),
    effect(() => {
      askFloor({ ...setting.value, seed: 0 });
    }),
    effect(() => {
      const { rate, levels } = JSON.parse(changeable.value) as Pick<State, 'rate' | 'levels'>;
      job?.say({ rate, levels });
    }),
    // Another law or network: what was learned is of the one before.
    effect(() => {
      const now = of.value;
      if (trained.peek() === '' || now === trained.peek()) return;
      const running = tempo.peek() === 'running' || tempo.peek() === 'starting';
      reset();
      if (running) run();
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    if (tempo.value === 'running' || tempo.value === 'slow') pauseTraining();
  };
}
