/** @file The ways to a bridge between two sets that have a name. */
import { namesOf, type Named } from './named.ts';
import { defaultChain } from './objectives/mean-matching.ts';

/** What the first pairs of a bridge are. */
export const firstPairs = ['independent', 'ot', 'reference', 'rows'] as const;

/** How the first pairs are made: of independent samples, the same exchanged so that they are near, the reference from one end, or row by row. */
export type FirstPairs = (typeof firstPairs)[number];

/** A named way to a bridge. */
export interface BridgeRecord<Name extends string = string> extends Named<Name> {
  /** Name of the objective of its networks; undefined of one without. */
  readonly objective?: string;
  /** What its first pairs may be, the first by default; none where it learns of no pairs. */
  readonly first: readonly FirstPairs[];
  /** Rounds, each of both directions, unless another number is asked for; undefined where there is one of what there is. */
  readonly rounds?: number;
  /** Whether it has the direction from the second set to the first alone, learned in one round. Default false. */
  readonly oneWay?: boolean;
  /** Whether its networks see where each path began, so that what is drawn belongs to its start; unless its user says otherwise. Default false. */
  readonly seesStart?: boolean;
  /** Steps of the chains that it learns unless another number is asked for; undefined where it learns diffusions. */
  readonly chain?: number;
  /** Gaussians that the end of a path can be drawn from unless another number is asked for; undefined where it has networks. */
  readonly components?: number;
  /** Pairs of a half-round unless another number is asked for, of points and of pictures; undefined where they are not drawn. */
  readonly pairs?: { readonly vectors: number; readonly pictures: number };
}

const record = <const Name extends string>(bridge: BridgeRecord<Name>): BridgeRecord<Name> => Object.freeze(bridge);

/** The bridge without a network. */
export const lightBridge = record({
  name: 'light',
  description:
    'the law of the end of a path as a mixture of Gaussians, fitted in closed form for points: no network, no rounds',
  citation: 'Korotin et al. 2024',
  first: [],
  components: 50,
});

/** Every named way. */
export const bridges = [
  record({
    name: 'dsbm',
    description:
      'bridge matching in rounds: each direction learns the drift of bridges between the pairs that the other one draws',
    citation: 'Shi et al. 2023, algorithm 1',
    objective: 'bridge-matching',
    first: ['independent', 'ot', 'reference'],
    rounds: 3,
    pairs: { vectors: 20_000, pictures: 2000 },
  }),
  record({
    name: 'dsb',
    description:
      'proportional fitting of chains: each direction learns to turn round the paths that the other one takes from its end, the first those of the reference',
    citation: 'De Bortoli et al. 2021, algorithm 1',
    objective: 'mean-matching',
    first: ['reference'],
    rounds: 6,
    chain: defaultChain,
    pairs: { vectors: 5000, pictures: 500 },
  }),
  lightBridge,
  record({
    name: 'i2sb',
    description:
      'bridge matching between the rows of two sets that belong together, such as sharp and blurred pictures: the second to the first, in one round',
    citation: 'Liu et al. 2023, I2SB, algorithms 1 and 2',
    objective: 'bridge-matching',
    first: ['rows'],
    ...{ oneWay: true, seesStart: true },
  }),
] as const;

/** The name of a way to a bridge. */
export type BridgeName = (typeof bridges)[number]['name'];

/** Names of the ways. */
export const bridgeNames: readonly BridgeName[] = namesOf(bridges);
