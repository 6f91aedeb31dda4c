/** @file Notes as a Standard MIDI file of one track. */
import type { Voice } from './midi-reader.ts';

/** Ticks of a sixteenth. */
const sixteenth = 120;

/** Microseconds of a quarter note: 120 in a minute. */
const tempo = 500_000;

/** The bytes of a MIDI file with these notes, on a piano. */
export function writeMidi(notes: Voice): Uint8Array {
  const events = notes
    .flatMap(({ pitch, start, end }) => [
      { tick: Math.round(end * sixteenth), bytes: [0x80, pitch, 0], order: 0 },
      { tick: Math.round(start * sixteenth), bytes: [0x90, pitch, 80], order: 1 },
    ])
    .sort((a, b) => a.tick - b.tick || a.order - b.order);
  let last = 0;
  const track = [0, 0xff, 0x51, 3, ...bigEndian(tempo, 3), 0, 0xc0, 0];
  for (const { tick, bytes } of events) {
    track.push(...quantity(tick - last), ...bytes);
    last = tick;
  }
  track.push(0, 0xff, 0x2f, 0);
  const text = (name: string): number[] => Array.from(name, (letter) => letter.charCodeAt(0));
  const header = [
    ...text('MThd'),
    ...bigEndian(6, 4),
    ...bigEndian(0, 2),
    ...bigEndian(1, 2),
    ...bigEndian(4 * sixteenth, 2),
  ];
  return Uint8Array.from([...header, ...text('MTrk'), ...bigEndian(track.length, 4), ...track]);
}

function bigEndian(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** (bytes - 1 - i)) % 256);
}

/** A number in groups of seven bits, of which all but the last have the eighth bit. */
function quantity(value: number): number[] {
  const groups = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) groups.unshift((rest % 128) + 128);
  return groups;
}
