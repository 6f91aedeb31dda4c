/** @file Log densities of the plane: of the law, and of the network that the tab Learn has trained on it. */
import { computed, effect, signal } from '@preact/signals';
import { setting } from '../../state/data.ts';
import { reach } from '../../state/fields.ts';
import { noteFault, state } from '../../state/state.ts';
import { latest, Stopped, type Job } from '../../work/connect.ts';
import type { Density, DensityAsk, DensityStep, LearnedDensity } from '../../work/density.ts';
import type { EngineJobs } from '../../work/engine-worker.ts';
import { engine, exact } from '../../work/workers.ts';
import { networkStep } from '../learn-model.ts';

/** Cells of a side of a map, fewer where each costs two solutions; points of the line and samples. */
const exactCells = 96;
const learnedCells = 40;
export const points = 160;

/** Log densities of the law. */
export const ofLaw = signal<Density | undefined>(undefined);
/** Log densities of the network, as far as they are known, and all of them with their numbers. */
export const progress = signal<DensityStep | undefined>(undefined);
export const ofNetwork = signal<LearnedDensity | undefined>(undefined);
/** Why there are none. */
export const problem = signal('');

const cut = computed(() => state.value.cut);
const seed = computed(() => state.value.seed);
const tolerance = computed(() => state.value.tolerance);

const askOf = (cells: number): DensityAsk => ({
  ...setting.value,
  ...{ reach, cells, points, cut: cut.value, seed: seed.value },
});

const askLaw = latest((ask: DensityAsk) => exact.start('density', ask).result, {
  use: (found) => (ofLaw.value = found),
  failed: noteFault,
});

let job: Job<EngineJobs['density']> | undefined;

/** Ends what is computed of the network. */
export function stopDensity(): void {
  job?.stop();
  job = undefined;
  progress.value = undefined;
}

/** Computes the density of the network, in the place of what is computed. */
export async function computeDensity(): Promise<void> {
  stopDensity();
  ofNetwork.value = undefined;
  problem.value = '';
  if (networkStep.peek() === undefined) return;
  progress.value = { fraction: 0, map: new Float32Array(learnedCells ** 2).fill(NaN) };
  const mine = engine.start('density', { ...askOf(learnedCells), tolerance: tolerance.value }, (step) => {
    if (job === mine) progress.value = step;
  });
  job = mine;
  try {
    const found = await mine.result;
    if (job !== mine) return;
    ofNetwork.value = found;
  } catch (error) {
    if (job !== mine || error instanceof Stopped) return;
    problem.value = error instanceof Error ? error.message : String(error);
  }
  stopDensity();
}

/** Computes what is seen for as long as it is. */
export function followPlane(): () => void {
  const stops = [
    effect(() => {
      askLaw(askOf(exactCells));
    }),
    effect(() => {
      // What the network is asked changes with each of these.
      const asked = [setting.value, cut.value, seed.value, tolerance.value, networkStep.value];
      const timer = setTimeout(() => void computeDensity(), asked.length > 0 ? 200 : 0);
      return () => {
        clearTimeout(timer);
      };
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    stopDensity();
  };
}
