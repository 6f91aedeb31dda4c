/** @file What the tab Bridge computes: the bridge between both sets, and the drift at the place of the clock. */
import { computed, effect, signal } from '@preact/signals';
import { setting } from '../../state/data.ts';
import { reach } from '../../state/fields.ts';
import { lawOf } from '../../state/law.ts';
import { noteFault, state } from '../../state/state.ts';
import { backwards, place, ready } from '../../view/clock.ts';
import type { BridgeAsk, BridgeFound, DriftAsk } from '../../work/bridge.ts';
import { latest } from '../../work/connect.ts';
import { exact } from '../../work/workers.ts';
import type { Frames } from '../particles.ts';

/** Arrows of a side. */
const arrows = 19;

/** The newest bridge. */
export const found = signal<BridgeFound | undefined>(undefined);
/** Its drift in the chosen direction. */
export const drift = signal<Float32Array | undefined>(undefined);

/** The particles by the steps of the clock. */
export const frames = computed<Frames | undefined>(() => found.value && { first: 0, stride: 1, at: found.value.at });

const to = computed(() => state.value.to);
const epsilon = computed(() => state.value.eps);
const n = computed(() => state.value.pairs);
const seed = computed(() => state.value.seed);
const way = computed(() => state.value.way);

const ask = computed<BridgeAsk>(() => ({
  from: setting.value.law,
  to: lawOf({ data: to.value, g: [], p: [] }),
  ...{ epsilon: epsilon.value, n: n.value, seed: seed.value },
}));

const askBridge = latest((own: BridgeAsk) => exact.start('bridge', own).result, {
  use: (own) => (found.value = own),
  failed: noteFault,
});

const askDrift = latest((own: DriftAsk) => exact.start('drift', own).result, {
  use: (own) => (drift.value = own),
  failed: noteFault,
});

/** Computes what is seen for as long as the tab is. */
export function followBridge(): () => void {
  ready.value = 1;
  const stops = [
    effect(() => {
      askBridge(ask.value);
    }),
    effect(() => {
      if (epsilon.value > 0) askDrift({ ...ask.value, place: place.value, way: way.value, reach, arrows });
    }),
    // The clock runs where the particles of this direction go.
    effect(() => {
      backwards.value = way.value === 'backward';
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    backwards.value = false;
  };
}
