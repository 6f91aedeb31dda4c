/** @file Laws of tokens in closed form that the tests of discrete diffusion share. */
import type { MarkovChain } from '../../src/discrete/markov-chain.ts';

/** Two tokens of three states by their joint probabilities. */
const table = [
  [0.3, 0.05, 0.05],
  [0.05, 0.2, 0.05],
  [0.02, 0.03, 0.25],
];

const sums = table.map((row) => row.reduce((sum, p) => sum + p, 0));

/** The table as a chain: the law of the first token, and of the second given the first. */
export const twoTokens: MarkovChain = {
  initial: sums,
  transition: table.map((row, a) => row.map((p) => p / sums[a]!)),
};

/** A chain of three states. */
export const threeStates: MarkovChain = {
  initial: [0.5, 0.3, 0.2],
  transition: [
    [0.8, 0.15, 0.05],
    [0.1, 0.7, 0.2],
    [0.25, 0.25, 0.5],
  ],
};

/** All sequences of a length with their probabilities. */
export function sequences({ initial, transition }: MarkovChain, length: number): { x: number[]; p: number }[] {
  const states = initial.length;
  return Array.from({ length: states ** length }, (_, row) => {
    const x = Array.from({ length }, (_, i) => Math.floor(row / states ** i) % states);
    const p = x.reduce((sum, k, i) => sum * (i === 0 ? initial[k]! : transition[x[i - 1]!]![k]!), 1);
    return { x, p };
  });
}
