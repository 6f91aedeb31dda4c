/** @file The couplings of data and noise that have a name. */
import { independentCoupling, otCoupling, type Coupling } from '../score/objectives/coupling.ts';
import { namesOf, type Named } from './named.ts';

/** A named coupling. */
export interface CouplingRecord<Name extends string = string> extends Named<Name> {
  /** Whether E[z given x_t] gives the score of noised data, so that more than the probability flow is right. */
  readonly independent: boolean;
  /** Whether noise stays standard normal given a class, so that a network with classes can be trained with it. */
  readonly keepsClasses: boolean;
  /** The coupling, or that the noise is the data's own. */
  build(): Coupling | 'stored';
}

const record = <const Name extends string>(coupling: CouplingRecord<Name>): CouplingRecord<Name> => coupling;

/** Every named coupling. */
export const couplings = [
  record({
    name: 'independent',
    description: 'noise that does not depend on the data',
    citation: 'Lipman et al. 2023, section 4; Liu et al. 2023, section 2.1',
    independent: true,
    keepsClasses: true,
    build: independentCoupling,
  }),
  record({
    name: 'ot',
    description:
      'optimal transport within each batch, for straighter paths; samples are drawn by the probability flow alone',
    citation: 'Tong et al. 2024, algorithm 2',
    independent: false,
    keepsClasses: false,
    build: otCoupling,
  }),
  record({
    name: 'stored',
    description:
      'the noise that the data have, pairs as `sample --pairs` writes them: reflow; samples are drawn by the probability flow alone',
    citation: 'Liu et al. 2023, section 2.2',
    independent: false,
    keepsClasses: true,
    build: () => 'stored',
  }),
] as const;

/** The name of a coupling. */
export type CouplingName = (typeof couplings)[number]['name'];

/** Names of the couplings. */
export const couplingNames: readonly CouplingName[] = namesOf(couplings);
