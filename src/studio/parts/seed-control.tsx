/** @file The seed of what a panel draws, and the button for another one. */
import type { JSX } from 'preact';
import { change, state } from '../state/state.ts';

/** Another seed. */
export function SeedControl(): JSX.Element {
  const { seed } = state.value;
  return (
    <div class="control">
      <span class="label">Seed {seed}</span>
      <button
        type="button"
        onClick={() => {
          change({ seed: (seed + 1) % 2 ** 31 });
        }}
      >
        Draw again
      </button>
    </div>
  );
}
