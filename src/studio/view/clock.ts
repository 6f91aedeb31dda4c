/** @file The one clock of the page: its place runs from 0 at the noise to 1 at the data. */
import { signal } from '@preact/signals';
import { state, change } from '../state/state.ts';
import { reducedMotion } from './theme.ts';

/** Where it stands. */
export const place = signal(state.value.t);
/** Whether it runs. */
export const playing = signal(false);
/** Whether it runs from data to noise. */
export const backwards = signal(false);
/** How far it may run: what is computed so far. */
export const ready = signal(1);
/** Steps into which the keys divide it. */
const keySteps = 120;
/** Seconds from noise to data, and of rest at the data. */
const seconds = 7;
const restSeconds = 1.6;

let last = 0;
let rested = 0;

function tick(now: number): void {
  if (!playing.value) return;
  const passed = Math.min(0.1, (now - last) / 1000);
  last = now;
  const end = backwards.value ? place.value <= 0 : place.value >= 1;
  if (end) {
    rested += passed;
    if (rested > restSeconds) {
      rested = 0;
      place.value = backwards.value ? 1 : 0;
    }
  } else if (backwards.value) place.value = Math.max(0, place.value - passed / seconds);
  else place.value = Math.min(1, Math.max(ready.value, place.value), place.value + passed / seconds);
  requestAnimationFrame(tick);
}

/** Lets it run from where it stands; from its beginning if it stands at its end. */
export function play(): void {
  if (playing.value) return;
  if (backwards.value ? place.value <= 0 : place.value >= 1) place.value = backwards.value ? 1 : 0;
  playing.value = true;
  rested = 0;
  last = performance.now();
  requestAnimationFrame(tick);
}

/** Lets it stand; the address then says where. */
export function pause(): void {
  playing.value = false;
  change({ t: place.value });
}

/** Puts it at a place. */
export function seek(to: number): void {
  playing.value = false;
  place.value = Math.min(1, Math.max(0, to));
  change({ t: place.value });
}

/** A step of a key. */
export function nudge(steps: number): void {
  seek(Math.round(place.value * keySteps + steps) / keySteps);
}

/** Runs by itself where movement is welcome, from the noise: the first particles are there long before the last. */
export function playIfWelcome(): void {
  if (reducedMotion.matches) return;
  place.value = 0;
  play();
}

// An address that was followed puts it where it says.
state.subscribe(({ t }) => {
  if (!playing.peek() && t !== place.peek()) place.value = t;
});
