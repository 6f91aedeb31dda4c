/** @file The clock of a picture: play, and the way from noise to data. */
import { useComputed } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { momentAt } from '../work/field.ts';
import type { ProcessName } from '../work/setting.ts';
import { nudge, pause, place, play, playing, seek } from '../view/clock.ts';

const shown = (ratio: number): string => (ratio >= 100 ? ratio.toFixed(0) : ratio.toPrecision(2));

/** The bar under a picture: time and noise. */
export function ClockBar({ sde }: { readonly sde: ProcessName }): JSX.Element {
  const moment = useComputed(() => momentAt({ sde }, place.value));
  const { t, alpha, sigma } = moment.value;
  return (
    <Bar said={`time ${t.toFixed(3)}, noise ratio ${shown(sigma / alpha)}`}>
      <span>
        t <b>{t.toFixed(3)}</b>
      </span>
      <span title="noise over signal">
        σ/α <b>{shown(sigma / alpha)}</b>
      </span>
    </Bar>
  );
}

/** A bar with a way from one end to another, and what is said of where the clock stands. */
export function Bar({
  said,
  ends: [start, end] = ['noise', 'data'],
  children,
}: {
  readonly said: string;
  readonly ends?: readonly [string, string];
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div class="clock">
      <button
        type="button"
        class="round"
        aria-label={playing.value ? 'Pause' : 'Play'}
        onClick={() => {
          if (playing.value) pause();
          else play();
        }}
      >
        <svg viewBox="0 0 20 20" aria-hidden="true">
          {playing.value ? <path d="M6 4h3v12H6zM11 4h3v12h-3z" /> : <path d="M6.5 3.8v12.4L16 10z" />}
        </svg>
      </button>
      <span class="end">{start}</span>
      <input
        type="range"
        min={0}
        max={1}
        step={0.001}
        value={place.value}
        aria-label={`From ${start} to ${end}`}
        aria-valuetext={said}
        onInput={({ currentTarget }) => {
          seek(Number(currentTarget.value));
        }}
        onKeyDown={(event) => {
          const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1 }[event.key];
          if (steps === undefined) return;
          event.preventDefault();
          nudge(steps);
        }}
      />
      <span class="end">{end}</span>
      <output class="moment">{children}</output>
    </div>
  );
}
