/** @file The compositions of models that have a name. */
import type { Rule } from '../base/check.ts';
import { namesOf, type Named } from './named.ts';

/** A named composition. */
export interface CompositionRecord<Name extends string = string> extends Named<Name> {
  /** Weights unless others are given. */
  weights(models: number): readonly number[];
  /** What weights must be. */
  rules(weights: readonly number[]): readonly Rule[];
  /** Exponents of the densities whose product it is; of a mixture each sample is of one of the models. */
  powers(weights: readonly number[]): readonly number[] | 'one of them';
}

const record = <const Name extends string>(own: CompositionRecord<Name>): CompositionRecord<Name> => own;

const positiveWeights = (weights: readonly number[]): Rule => [
  weights.every((weight) => weight > 0),
  'weights',
  `expected positive numbers, got ${weights.join(', ')}`,
];

/** Every named composition; the first is the default. */
export const compositions = [
  record({
    name: 'product',
    description: 'what is likely under all models, the product of their densities to the powers of the weights',
    citation: 'Du et al. 2023, section 4',
    weights: (models) => new Array<number>(models).fill(1),
    rules: (weights) => [positiveWeights(weights)],
    powers: (weights) => weights,
  }),
  record({
    name: 'mixture',
    description: 'what one of the models draws, by shares that are the weights',
    citation: 'Du et al. 2023, section 4',
    weights: (models) => new Array<number>(models).fill(1),
    rules: (weights) => [positiveWeights(weights)],
    powers: () => 'one of them',
  }),
  record({
    name: 'negation',
    description: 'the first model away from the others, its density over theirs to the powers of the weights',
    citation: 'Du et al. 2023, section 4',
    weights: (models) => [1, ...new Array<number>(models - 1).fill(0.5 / (models - 1))],
    rules: ([first = 1, ...others]) => [
      [
        first > 0 && others.every((weight) => weight > 0) && others.reduce((sum, weight) => sum + weight, 0) < first,
        'weights',
        `expected positive numbers, of which the first is more than the others together, so that noise is left, got ${[first, ...others].join(', ')}`,
      ],
    ],
    powers: ([first = 1, ...others]) => [first, ...others.map((weight) => -weight)],
  }),
] as const;

/** The name of a composition. */
export type CompositionName = (typeof compositions)[number]['name'];

/** Names of all compositions. */
export const compositionNames: readonly CompositionName[] = namesOf(compositions);
