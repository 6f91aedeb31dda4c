/**
 * @file Writes a folder of spoken digits, ten classes of short WAV files of 8,000 Hz, by espeak-ng: many voices, speeds and pitches.
 * Usage: npx tsx scripts/make-digits-sound.ts FOLDER [COUNT], COUNT of each digit (default: 150).
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { foldIn, key } from '../src/base/key.ts';
import { indexOf, uniform } from '../src/base/random.ts';
import { resampled } from '../src/base/sound/resample.ts';
import { mono, readWav, writeWav } from '../src/data/sounds/wav.ts';

const digits = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const voices = ['en-us', 'en-gb', 'en-gb-scotland', 'en-gb-x-rp', 'en-029'];
const variants = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'f1', 'f2', 'f3', 'f4', 'f5'];
const [rate, most] = [8000, 4096];

/** The part of a wave that is heard, with 10 ms around it. */
function trimmed(wave: Float32Array): Float32Array {
  const loud = 0.02 * wave.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0);
  const first = wave.findIndex((value) => Math.abs(value) > loud);
  const last = wave.findLastIndex((value) => Math.abs(value) > loud);
  return wave.subarray(Math.max(0, first - 80), last + 80);
}

/** A spoken word of at most 4,096 values: faster until it is as short. */
function spoken(
  word: string,
  { voice, speed, pitch }: Readonly<{ voice: string; speed: number; pitch: number }>,
): Float32Array {
  const args = ['-v', voice, '-s', String(speed), '-p', String(pitch), '--stdout', word];
  const { status, stdout, error } = spawnSync('espeak-ng', args, { maxBuffer: 2 ** 24 });
  if (status !== 0) throw new Error(`espeak-ng ${args.join(' ')}: ${error?.message ?? `status ${String(status)}`}`);
  const sound = readWav(Uint8Array.from(stdout), 'the output of espeak-ng');
  const wave = trimmed(resampled(mono(sound), sound.rate, rate));
  return wave.length <= most ? wave : spoken(word, { voice, speed: speed + 25, pitch });
}

const [folder, text = '150'] = process.argv.slice(2);
if (folder === undefined || !(Number(text) >= 1)) throw new Error('expected a folder, and how many of each digit');
const count = Number(text);
for (const digit of digits) {
  mkdirSync(join(folder, digit), { recursive: true });
  for (let i = 0; i < count; i++) {
    const [a = 0, b = 0, c = 0, d = 0] = uniform(foldIn(foldIn(key(0), digit), i), 4);
    const voice = `${voices[indexOf(a, voices.length)] ?? ''}+${variants[indexOf(b, variants.length)] ?? ''}`;
    const wave = spoken(digit, { voice, speed: 160 + indexOf(c, 60), pitch: 20 + indexOf(d, 60) });
    writeFileSync(join(folder, digit, `${String(i + 1).padStart(4, '0')}.wav`), writeWav(wave, rate));
  }
  console.log(`${digit}: ${count}`);
}
