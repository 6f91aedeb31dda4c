/** @file Points that are drawn with the pointer or the keys, or dropped as a file. */
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { dropped } from '../state/data.ts';
import { mostPoints, reach, rounded } from '../state/fields.ts';
import { change, state } from '../state/state.ts';
import { pointsOfFile } from './point-file.ts';

/** Distance between two points of a stroke, in units of the picture. */
const apart = 0.07;

/** What is wrong with a file. */
const fileProblem = signal('');

/** Adds a point under the pointer, unless it is near the one before or there are as many as there may be. */
export function drawAt([u, v]: readonly [number, number], shrink: number): void {
  const { p } = state.value;
  const [x, y] = [u / shrink, v / shrink];
  const [before = Infinity, last = Infinity] = p.slice(-2);
  const near = Math.hypot(x - before, y - last) < apart;
  if (near || p.length >= 2 * mostPoints || Math.max(Math.abs(x), Math.abs(y)) > reach) return;
  dropped.value = undefined;
  change({ p: [...p, rounded(x), rounded(y)] });
}

/** Takes the points of a file. */
export async function takePoints(file: File): Promise<void> {
  try {
    const found = await pointsOfFile(file);
    fileProblem.value = '';
    dropped.value = found;
    change({ data: 'drawn' });
  } catch (error) {
    fileProblem.value = error instanceof Error ? error.message : String(error);
  }
}

/** Where the keys put a point. */
const cursor = signal<readonly [number, number]>([0, 0]);
const keys: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-0.1, 0],
  ArrowRight: [0.1, 0],
  ArrowUp: [0, 0.1],
  ArrowDown: [0, -0.1],
};

/** The controls of drawn points. */
export function Drawing(): JSX.Element {
  const { p } = state.value;
  const [x, y] = cursor.value;
  const count = dropped.value === undefined ? p.length / 2 : dropped.value.values.length / 2;
  return (
    <div class="drawing">
      <div class="actions">
        <button
          type="button"
          disabled={count === 0}
          onClick={() => {
            dropped.value = undefined;
            change({ p: [] });
          }}
        >
          Clear
        </button>
        <label class="button">
          Open .npy or .csv
          <input
            type="file"
            accept=".npy,.csv,.txt"
            onChange={({ currentTarget }) => {
              const [file] = currentTarget.files ?? [];
              if (file !== undefined) void takePoints(file);
            }}
          />
        </label>
        <button
          type="button"
          aria-label={`Pen at ${x.toFixed(1)}, ${y.toFixed(1)}: the arrow keys shift it, Enter puts a point`}
          onKeyDown={(event) => {
            const by = keys[event.key];
            if (by === undefined) return;
            event.preventDefault();
            event.stopPropagation();
            const into = (value: number): number => Math.min(reach, Math.max(-reach, value));
            cursor.value = [into(x + by[0]), into(y + by[1])];
          }}
          onClick={() => {
            drawAt(cursor.value, 1);
          }}
        >
          Put a point at {x.toFixed(1)}, {y.toFixed(1)}
        </button>
      </div>
      <p class="note">
        {count} of {mostPoints} points, each the center of a Gaussian of 0.08. A file has a row for each point; it may
        also be dropped on the page.
      </p>
      {fileProblem.value !== '' && (
        <p class="problem" role="alert">
          {fileProblem.value}
        </p>
      )}
    </div>
  );
}
