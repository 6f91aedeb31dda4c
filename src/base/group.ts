/** @file Groups: processes that compute one thing together, and wait for each other in the same calls in the same order. */
import { ShapeError } from './errors.ts';

/**
 * The members of a computation, as one of them sees it. All members make the same calls in the same order; a call ends when all have made it.
 * Sums have the same bits for every member.
 */
export interface Group {
  /** Number of this member, from 0. */
  readonly rank: number;
  /** How many members there are, at least 1. */
  readonly size: number;
  /** Replaces the numbers of each member by the sum over all of them. */
  sum(values: Float32Array): Promise<void>;
  /** Replaces the numbers of each member by those of member `root`, 0 by default. */
  broadcast(values: Float32Array, root?: number): Promise<void>;
  /** Waits until all members are here. */
  barrier(): Promise<void>;
  /** Leaves the group; to be called by all members. */
  close(): Promise<void>;
}

/** The group of one member: nothing is waited for. */
export const solo: Group = {
  rank: 0,
  size: 1,
  sum: () => Promise.resolve(),
  broadcast: () => Promise.resolve(),
  barrier: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** Gives all members what the first one knows to be so or not. */
export async function sayFact(group: Group, fact: boolean): Promise<boolean> {
  const values = Float32Array.of(Number(fact));
  await group.broadcast(values);
  return values[0] === 1;
}

/**
 * A group of `size` members within one thread, such as loops that run side by side. Sums are taken in the order of ranks.
 * @throws ShapeError from a call, for every member, if the members give vectors of different lengths.
 */
export function localGroup(size: number): readonly Group[] {
  let arrived: (Float32Array | undefined)[] = [];
  let wake: { readonly done: Promise<void>; readonly resolve: () => void; readonly reject: (error: Error) => void };
  const renew = (): void => {
    arrived = new Array<Float32Array | undefined>(size);
    let [resolve, reject]: [() => void, (error: Error) => void] = [() => undefined, () => undefined];
    const done = new Promise<void>((yes, no) => {
      [resolve, reject] = [yes, no];
    });
    wake = { done, resolve, reject };
  };
  renew();
  const meet = (rank: number, values: Float32Array, join: (all: readonly Float32Array[]) => void): Promise<void> => {
    const { done, resolve, reject } = wake;
    arrived[rank] = values;
    const all = arrived.flatMap((own) => own ?? []);
    if (all.length < size) return done;
    renew();
    const lengths = all.map(({ length }) => length);
    if (new Set(lengths).size > 1)
      reject(new ShapeError(`expected vectors of one length from all members of a group, got ${lengths.join(', ')}`));
    else {
      join(all);
      resolve();
    }
    return done;
  };
  const none = new Float32Array(0);
  return Array.from({ length: size }, (_, rank): Group => {
    const barrier = (): Promise<void> => meet(rank, none, () => undefined);
    return {
      ...{ rank, size, barrier, close: barrier },
      sum: (values) =>
        meet(rank, values, (all) => {
          const total = sumInOrder(all);
          for (const own of all) own.set(total);
        }),
      broadcast: (values, root = 0) =>
        meet(rank, values, (all) => {
          const source = all[root];
          if (source !== undefined) for (const own of all) own.set(source);
        }),
    };
  });
}

/** The sum of vectors of one length, one after another in float32, as new numbers. */
export function sumInOrder(all: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array(0), ...others] = all;
  const total = first.slice();
  for (const own of others) addInto(total, own);
  return total;
}

/** Adds a vector of the same length to another. */
export function addInto(total: Float32Array, own: Float32Array): void {
  for (let i = 0; i < total.length; i++) total[i] = (total[i] ?? NaN) + (own[i] ?? NaN);
}
