/** @file Notes as a picture: time to the right, pitch upward. */
import type { Image } from './png.ts';

/** A note of a roll. */
export interface RollNote {
  readonly pitch: number;
  readonly start: number;
  readonly end: number;
}

/** How a roll is drawn. */
export interface RollOptions {
  /** Steps from left to right. */
  readonly steps: number;
  /** Steps of a bar, which lines set apart. */
  readonly bar: number;
  /** Rolls in a row. Default 2. */
  readonly columns?: number | undefined;
}

/** Pixels of a step, of a semitone, and between rolls. */
const [stepWidth, pitchHeight, gap] = [6, 4, 12] as const;
const [white, black, line, note, head] = [250, 238, 205, 96, 24] as const;
const blackKeys = [1, 3, 6, 8, 10];

/** Rolls below and beside each other, all of the pitches that any of them has. */
export function pianoRolls(rolls: readonly (readonly RollNote[])[], { steps, bar, columns = 2 }: RollOptions): Image {
  const all = rolls.flat().map(({ pitch }) => pitch);
  const [low, high] = all.length === 0 ? [59, 61] : [Math.min(...all) - 1, Math.max(...all) + 1];
  const across = Math.min(columns, Math.max(1, rolls.length));
  const down = Math.max(1, Math.ceil(rolls.length / across));
  const [rollWidth, rollHeight] = [steps * stepWidth, (high - low + 1) * pitchHeight];
  const width = across * (rollWidth + gap) + gap;
  const height = down * (rollHeight + gap) + gap;
  const data = new Uint8Array(width * height).fill(255);
  const fill = (x: number, y: number, size: readonly [width: number, height: number], gray: number): void => {
    for (let row = y; row < y + size[1]; row++) data.fill(gray, row * width + x, row * width + x + size[0]);
  };
  rolls.forEach((notes, i) => {
    const left = gap + (i % across) * (rollWidth + gap);
    const top = gap + Math.floor(i / across) * (rollHeight + gap);
    const yOf = (pitch: number): number => top + (high - pitch) * pitchHeight;
    for (let pitch = low; pitch <= high; pitch++)
      fill(left, yOf(pitch), [rollWidth, pitchHeight], blackKeys.includes(pitch % 12) ? black : white);
    for (let step = 0; step <= steps; step += bar) fill(left + step * stepWidth, top, [1, rollHeight], line);
    for (const { pitch, start, end } of notes) {
      fill(left + start * stepWidth, yOf(pitch), [(end - start) * stepWidth - 1, pitchHeight], note);
      fill(left + start * stepWidth, yOf(pitch), [2, pitchHeight], head);
    }
  });
  return { width, height, channels: 1, data };
}
