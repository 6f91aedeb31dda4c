/** @file Opening and closing the places of experiments. */
import { placeAddress, type Experiment } from '../experiments.ts';
import { seek } from '../view/clock.ts';
import { readAddress } from './address.ts';
import { change, state } from './state.ts';

/** Goes to a place; what a page that embeds this one hides stays hidden. */
export function openPlace(own: Experiment, index: number): void {
  const read = readAddress(placeAddress(own, index)).state;
  const { hide } = state.value;
  seek(read.t);
  state.value = { ...read, hide };
}

/** Leaves the experiment where it is. */
export function closeExperiment(): void {
  change({ exp: '' });
}
