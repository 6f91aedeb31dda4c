/** @file The state of the page, which is its address: one source that every part reads. */
import { effect, signal } from '@preact/signals';
import { readAddress, writeAddress, type State } from './address.ts';

const first = readAddress(location.hash);

/** What the address says. */
export const state = signal<State>(first.state);
/** What of the address could not be read, and what went wrong since. */
export const notes = signal<readonly string[]>(first.notes);

/** Says on the page what went wrong. */
export function noteFault(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  if (!notes.value.includes(message)) notes.value = [...notes.value, message];
}

/** Changes some values. */
export function change(values: Partial<State>): void {
  state.value = { ...state.value, ...values };
}

/** Milliseconds of rest after which the address is written: browsers refuse more than a hundred changes in half a minute. */
const rest = 300;

/** The address of the page as it is now. */
export function link(): string {
  return location.href.replace(/#.*$/s, '') + hashOf(state.value);
}

const hashOf = (value: State): string => {
  const written = writeAddress(value);
  return written === '' ? '' : `#${written}`;
};

/** Writes the state into the address, and reads an address that was typed or followed. */
export function followAddress(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const { value } = state;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (hashOf(value) !== location.hash)
        history.replaceState(null, '', hashOf(value) || location.pathname + location.search);
    }, rest);
  });
  addEventListener('hashchange', () => {
    if (hashOf(state.value) === location.hash) return;
    const read = readAddress(location.hash);
    state.value = read.state;
    notes.value = read.notes;
  });
}
