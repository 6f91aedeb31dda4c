/** @file What can be done with sets of melodies. */
import { indexOf, uniform } from '../../base/random.ts';
import { melodyAlphabet, roomOf, transpose } from '../melodies/melody.ts';
import { tokenSets } from './token-set.ts';

/** Sequences of sixteenths `[L]`, which batches transpose by -5 to 6 semitones as far as there is room. */
export const melodySets = tokenSets({
  name: 'melodies',
  called: (token) => token,
  alphabetOk: (alphabet) => alphabet.join() === melodyAlphabet.join(),
  augment: (key, sequence) => {
    const [down, up] = roomOf(sequence);
    const [u = 0] = uniform(key, 1);
    transpose(sequence, down + indexOf(u, up - down + 1));
  },
});
