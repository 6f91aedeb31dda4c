/** @file The setting that the address names, and points that were dropped as a file. */
import { computed, signal } from '@preact/signals';
import type { Setting } from '../work/setting.ts';
import { around, lawOf } from './law.ts';
import { state } from './state.ts';

/** Points that were dropped as a file, in units of the model; no address has room for them. */
export const dropped = signal<{ readonly name: string; readonly values: Float64Array } | undefined>(undefined);

// Each changes only when its own value does, so that what is computed of them is not computed again for another value of the address.
const data = computed(() => state.value.data);
const gaussians = computed(() => state.value.g);
const points = computed(() => state.value.p);
const process = computed(() => state.value.sde);
const law = computed(() => {
  const file = dropped.value;
  return data.value === 'drawn' && file !== undefined
    ? around(file.values)
    : lawOf({ data: data.value, g: gaussians.value, p: points.value });
});

/** The setting of the page. It stays the same object until the data or the process change. */
export const setting = computed<Setting>(() => ({ law: law.value, sde: process.value }));
