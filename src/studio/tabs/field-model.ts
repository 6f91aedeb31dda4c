/** @file What the tab Field computes: the field at the place of the clock, and particles. */
import { computed, effect, signal } from '@preact/signals';
import { noteFault, state } from '../state/state.ts';
import { setting } from '../state/data.ts';
import { reach } from '../state/fields.ts';
import type { FisherInformation } from '../../evaluate/fisher-information.ts';
import { place, playing, ready } from '../view/clock.ts';
import type { SamplesAsk } from '../work/exact-samples.ts';
import type { Field, FieldAsk } from '../work/field.ts';
import type { PathsAsk } from '../work/paths.ts';
import { latest } from '../work/connect.ts';
import { clockSteps, type Setting } from '../work/setting.ts';
import { exact } from '../work/workers.ts';
import { collecting, nearest, particlesAt, readyPlace, type Frames } from './particles.ts';

/** Cells of a side; fewer where the law has many components. */
const cellsFor = ({ law }: Setting): number => (law.means.length > 20 ? 56 : 96);
/** Arrows of a side. */
const arrowCount = 19;

/** What is asked of the field of a setting at a place. */
export function fieldAsk(own: Setting, at: number): FieldAsk {
  return { ...own, place: at, reach, cells: cellsFor(own), arrows: arrowCount };
}

/** Points of which the mean square of the score is. */
const informationPoints = 2000;

/** Whether numbers of the score are seen, which need more than the first screen; an experiment is about them. */
export const informing = signal(false);
computed(() => state.value.exp.startsWith('two-gaussians')).subscribe((open) => {
  if (open) informing.value = true;
});
/** The mean square of the score and its mean divergence at the place of the clock. */
export const information = signal<FisherInformation | undefined>(undefined);
const askInformation = latest(
  (ask: SamplesAsk & Setting & { readonly place: number }) => exact.start('information', ask).result,
  { use: (found) => (information.value = found), failed: noteFault },
);

/** The newest field. */
export const field = signal<Field | undefined>(undefined);
/** The particles. */
export const frames = signal<Frames | undefined>(undefined);
/** The particle whose path is seen. */
export const chosen = signal<number | undefined>(undefined);
/** A particle that was dropped into the picture, and its frames. */
export const dropping = signal<Frames | undefined>(undefined);

const askField = latest((ask: FieldAsk) => exact.start('field', ask).result, {
  use: (found) => (field.value = found),
  failed: noteFault,
});

const askFrames = latest(
  async (ask: PathsAsk & Setting) => {
    const own = collecting();
    const first = frames.peek() === undefined;
    await exact.start('paths', ask, (frame) => {
      own.add(frame);
      // The first particles are seen while they are computed; later ones take the place of those that there are.
      if (first) show(own.frames());
    }).result;
    return own.frames();
  },
  { use: show, failed: noteFault },
);

function show(found: Frames | undefined): void {
  if (found === undefined) return;
  // A new object each time, so that who reads it draws it.
  frames.value = { ...found };
  ready.value = readyPlace(found);
}

/** Computes what is seen for as long as the tab is. */
export function followField(): () => void {
  const ask = computed(() => {
    const { flow, seed, n } = state.value;
    return JSON.stringify({ flow, seed, n });
  });
  const stops = [
    effect(() => {
      askField(fieldAsk(setting.value, place.value));
    }),
    // Many points: once the clock stands.
    effect(() => {
      const ask = { ...setting.value, seed: 1, n: informationPoints, place: place.value };
      if (playing.value || !informing.value) return undefined;
      const timer = setTimeout(() => {
        askInformation(ask);
      }, 150);
      return () => {
        clearTimeout(timer);
      };
    }),
    effect(() => {
      const { flow, seed, n } = JSON.parse(ask.value) as Pick<PathsAsk, 'flow' | 'seed' | 'n'>;
      dropping.value = undefined;
      askFrames({ ...setting.value, flow, seed, n });
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Where the particles are; unknown where they are not computed yet. */
export const particles = computed(() => {
  const { value: all } = frames;
  return all === undefined || place.value > readyPlace(all) + 1e-9 ? undefined : particlesAt(all, place.value);
});

/** Chooses the particle at a point of the picture; where there is none, a new one starts there and then. */
export async function chooseAt([x, y]: readonly [number, number]): Promise<void> {
  const { value: all } = particles;
  const found = all && nearest(all, [x, y], 0.08 * reach);
  chosen.value = found;
  dropping.value = undefined;
  if (found !== undefined) return;
  const { flow, seed } = state.value;
  const own = collecting();
  const at = Math.min(place.value, 1 - 1 / clockSteps);
  const from = { x, y, place: Math.floor(at * clockSteps) / clockSteps };
  await exact.start('paths', { ...setting.value, flow, seed, n: 1, from }, own.add).result.catch(() => null);
  dropping.value = own.frames();
}
