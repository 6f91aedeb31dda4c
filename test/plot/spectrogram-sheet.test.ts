import { expect, it } from 'vitest';
import { namedSpectrograms, spectrogramSheet, type Heard } from '../../src/plot/spectrogram-sheet.ts';

const sound = (name?: string): Heard => ({
  levels: Float32Array.from({ length: 8 * 16 }, (_, j) => -(j % 60)),
  frames: 16,
  wave: Float32Array.from({ length: 256 }, (_, n) => Math.sin(n)),
  name,
});
const sizeOf = (svg: string): readonly number[] =>
  [...(/width="(\d+)" height="(\d+)"/.exec(svg) ?? [])].slice(1).map(Number);

it('a sheet has the name of each sound, and room for it in each row', () => {
  const sounds = [sound('one'), sound('<two>'), sound()];
  const { width, height } = spectrogramSheet(sounds, { columns: 2 });
  const named = namedSpectrograms(sounds, { columns: 2 });
  expect(named).toContain('>one</text>');
  expect(named).toContain('>&lt;two&gt;</text>');
  expect(named.match(/<text/g)).toHaveLength(2);
  expect(sizeOf(named)).toEqual([width, height + 2 * 16]);
  expect(sizeOf(namedSpectrograms([sound(), sound(), sound()], { columns: 2 }))).toEqual([width, height]);
});
