/**
 * @file Standard MIDI files as notes. Files come from anywhere, so that every length is checked before it is believed; of all events only
 * those of notes are of use here.
 * @see MIDI Manufacturers Association, "Standard MIDI files 1.0" (RP-001)
 */
import { FileError } from '../../base/errors.ts';

/** A note, in sixteenths of a whole note from the beginning. */
export interface Note {
  /** 0 to 127; 60 is middle C. */
  readonly pitch: number;
  readonly start: number;
  readonly end: number;
}

/** The notes of one channel of one track, by their start. */
export type Voice = readonly Note[];

/** The channel of drums, from 0. */
const drums = 9;

/**
 * The voices of a MIDI file, without drums.
 * @throws FileError if it is no MIDI file, is damaged, counts time in frames, or has no notes.
 */
export function readMidi(bytes: Uint8Array, file: string): readonly Voice[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const named = (at: number, name: string): boolean =>
    at + 8 <= bytes.length && String.fromCharCode(...bytes.subarray(at, at + 4)) === name;
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== 'MThd')
    throw new FileError(file, 'expected a MIDI file, which begins with MThd');
  if (bytes.length < 14)
    throw new FileError(file, `expected a header of 14 bytes, found the end of the file after ${bytes.length}`);
  const division = view.getUint16(12);
  if (division === 0 || division >= 0x8000)
    throw new FileError(file, 'expected a MIDI file that counts in quarter notes, found one that counts in frames');
  const voices: Note[][] = [];
  let at = 8 + view.getUint32(4);
  while (named(at, 'MTrk')) {
    const end = at + 8 + view.getUint32(at + 4);
    if (end > bytes.length)
      throw new FileError(file, `expected a track of ${end - at - 8} bytes, found the end of the file`);
    voices.push(...readTrack(bytes.subarray(at + 8, end), division / 4, file));
    at = end;
  }
  const sounding = voices.filter((voice) => voice.length > 0);
  if (sounding.length === 0)
    throw new FileError(file, 'expected notes, found a MIDI file without any (drums are left out)');
  return sounding.map((voice) => voice.sort((a, b) => a.start - b.start || b.pitch - a.pitch));
}

/** Bytes of data of channel messages 0x8n to 0xEn. */
const dataBytes = [2, 2, 2, 2, 1, 1, 2] as const;

function readTrack(track: Uint8Array, sixteenth: number, file: string): Note[][] {
  const channels = Array.from({ length: 16 }, (): Note[] => []);
  const open = new Map<number, number>();
  let at = 0;
  const byte = (): number => {
    const value = track[at++];
    if (value === undefined)
      throw new FileError(file, 'expected an event, found the end of a track; the file is damaged');
    return value;
  };
  const quantity = (): number => {
    let value = 0;
    for (let i = 0; i < 4; i++) {
      const next = byte();
      value = (value << 7) | (next & 0x7f);
      if (next < 0x80) return value;
    }
    throw new FileError(file, 'expected a number of at most four bytes, found a longer one; the file is damaged');
  };
  const skip = (bytes: number): void => {
    at += bytes;
  };
  const close = (channel: number, pitch: number, tick: number): void => {
    const start = open.get(channel * 128 + pitch);
    if (start === undefined) return;
    open.delete(channel * 128 + pitch);
    if (tick > start) channels[channel]?.push({ pitch, start: start / sixteenth, end: tick / sixteenth });
  };
  let [tick, status] = [0, 0];
  while (at < track.length) {
    tick += quantity();
    // A byte below 128 is the data of another message like the last one.
    if ((track[at] ?? 0) >= 0x80) status = byte();
    if (status === 0xff) {
      const what = byte();
      skip(quantity());
      if (what === 0x2f) break;
    } else if (status === 0xf0 || status === 0xf7) skip(quantity());
    else if (status >= 0x80 && status < 0xf0) {
      const data = Array.from({ length: dataBytes[(status >> 4) - 8] ?? 0 }, byte);
      const [pitch = 0, velocity = 0] = data;
      const [kind, channel] = [status >> 4, status & 15];
      if (channel === drums || (kind !== 8 && kind !== 9)) continue;
      // A note that begins again ends first; a beginning without velocity is an end.
      close(channel, pitch, tick);
      if (kind === 9 && velocity > 0) open.set(channel * 128 + pitch, tick);
    } else throw new FileError(file, 'expected an event, found bytes that are none; the file is damaged');
  }
  for (const note of [...open.keys()]) close(Math.floor(note / 128), note % 128, tick);
  return channels;
}
