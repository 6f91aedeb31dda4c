/**
 * @file Writes a text that is a Markov chain of eight letters, whose bits a character are known, and prints them for pieces of a length: on average, and of
 * the last tenth, which is kept out of a training.
 * Run with `npx tsx scripts/make-chain.ts FILE [CHARACTERS] [LENGTH]`.
 */
import { writeFileSync } from 'node:fs';
import { foldIn, key } from '../src/base/key.ts';
import { uniform } from '../src/base/random.ts';
import { chainEntropy, chainLogProbability, drawChain, type MarkovChain } from '../src/discrete/markov-chain.ts';

const letters = 'abcdefgh';
/** How uneven the rows of the chain are: weights are this power of uniform numbers. */
const power = 5;

const weights = uniform(foldIn(key(0), 'rows'), letters.length ** 2).map((u) => u ** power);
const transition = Array.from(letters, (_, a) => {
  const row = weights.subarray(a * letters.length, (a + 1) * letters.length);
  const sum = row.reduce((total, weight) => total + weight, 0);
  return Array.from(row, (weight) => weight / sum);
});
/** The law that the chain keeps, in which every piece of a long text begins. */
let initial = Array.from(letters, () => 1 / letters.length);
for (let i = 0; i < 1000; i++)
  initial = initial.map((_, b) => initial.reduce((sum, p, a) => sum + p * (transition[a]?.[b] ?? 0), 0));
const chain: MarkovChain = { initial, transition };

const [file, characters = '1000000', length = '64'] = process.argv.slice(2);
if (file === undefined) throw new Error('expected the name of a file');
const { data } = drawChain(chain, [key(1)], Number(characters));
writeFileSync(file, Array.from(data, (token) => letters[token]).join(''));
const size = Number(length);
const bits = chainEntropy(chain, size) / size / Math.LN2;
const kept = Math.floor(Number(characters) / 10 / size);
const pieces = Array.from({ length: kept }, (_, i) => data.slice(data.length - (kept - i) * size).slice(0, size));
const nats = pieces.reduce((sum, piece) => sum - chainLogProbability(chain, piece), 0);
console.log(`${bits.toFixed(4)} bits a character in pieces of ${length}, ${(nats / kept / size / Math.LN2).toFixed(4)} in those of the last tenth`); // prettier-ignore
