/** @file Melodies as a kind of data. */
import { melodySets } from '../../data/kinds/melodies.ts';
import { sequenceOf } from '../../data/kinds/token-set.ts';
import { bar, notesOf } from '../../data/melodies/melody.ts';
import { writeMidi } from '../../data/melodies/midi-writer.ts';
import { pianoRolls } from '../../plot/piano-roll.ts';
import { dataKind } from './data-kind.ts';
import { tokenRun } from './tokens.ts';

export const melodies = dataKind({
  ...melodySets,
  ...tokenRun,
  name: 'melodies',
  description: 'melodies of MIDI files, sequences of sixteenths [length]',
  unit: () => 'sixteenths',
  image: (set, { columns }) => {
    const rolls = Array.from({ length: set.count }, (_, row) => notesOf(sequenceOf(set, row)));
    return pianoRolls(rolls, { steps: set.length, bar, columns });
  },
  files: (set) =>
    Array.from(
      { length: set.count },
      (_, row) => [`${row + 1}.mid`, writeMidi(notesOf(sequenceOf(set, row)))] as const,
    ),
});
