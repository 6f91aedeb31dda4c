/** @file The clock of evaluations, and the button that turns the clock around. */
import type { JSX } from 'preact';
import { backwards, place } from '../view/clock.ts';
import { Bar } from './clock-bar.tsx';

/** The bar under a race: evaluations of the score, or steps. */
export function EvaluationClock({
  nfe,
  of,
  ends,
}: {
  readonly nfe: number;
  readonly of: string;
  readonly ends?: readonly [string, string];
}): JSX.Element {
  const done = Math.floor(place.value * nfe + 1e-9);
  return (
    <Bar said={`${done} of ${nfe} ${of}`} {...(ends && { ends })}>
      <span>
        <b>{done}</b> of {nfe} {of}
      </span>
    </Bar>
  );
}

/** Turns the clock around. */
export function DirectionButton(): JSX.Element {
  return (
    <div class="legend">
      <button
        type="button"
        class="toggle"
        aria-pressed={backwards.value}
        onClick={() => (backwards.value = !backwards.value)}
      >
        the clock runs to the noise
      </button>
    </div>
  );
}
