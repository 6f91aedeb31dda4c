/**
 * @file The threads of a process as a group, which adds up in memory that they share. Each thread writes its numbers into a slot of its own, adds up one piece of all
 * slots, and reads the sum, a chunk of the numbers at a time.
 */
import { GroupError, ShapeError } from '../../base/errors.ts';
import { addInto, type Group } from '../../base/group.ts';

/** What the threads of a group share. */
export interface GroupMemory {
  readonly size: number;
  /** How often all have met, how many are there for the next time, and whether a member has failed. */
  readonly state: Int32Array;
  /** How often each member has come to a meeting. */
  readonly arrivals: Int32Array;
  /** Of how many numbers each member speaks. */
  readonly lengths: Int32Array;
  /** A slot for each member, and one for the sum. */
  readonly slots: readonly Float32Array[];
}

/** How a member waits for the others. */
export interface Waiting {
  /** Seconds for which it waits at a time. */
  readonly patience: number;
  /** Called from time to time while it waits, with the seconds so far. */
  readonly onLate?: ((seconds: number) => void) | undefined;
  /** What is thrown where a member has failed, if more is known of it. */
  readonly fault?: (() => Error | undefined) | undefined;
}

const [met, there, failed] = [0, 1, 2] as const;

/** Numbers of a slot: 4 MB. */
const chunk = 2 ** 20;

/** Milliseconds without a turn of the event loop, in which a thread hears of the others and of signals. */
const slice = 20;

/** Memory for so many threads. */
export function groupMemory(size: number): GroupMemory {
  const shared = (numbers: number): SharedArrayBuffer => new SharedArrayBuffer(4 * numbers);
  const integers = (count: number): Int32Array => new Int32Array(shared(count));
  return {
    ...{ size, state: integers(3), arrivals: integers(size), lengths: integers(size) },
    slots: Array.from({ length: size + 1 }, () => new Float32Array(shared(chunk))),
  };
}

/** Lets the members that wait know that one of them is gone. */
export function markFailed({ state }: GroupMemory): void {
  Atomics.store(state, failed, 1);
  Atomics.notify(state, met);
}

/**
 * One of the threads that share a memory. Sums are taken in the order of ranks, as those of `localGroup` are.
 * @throws GroupError from a call, if a member has failed or does not come in time.
 * @throws ShapeError from a call, if the members give vectors of different lengths.
 */
export function threadGroup(
  { size, state, arrivals, lengths, slots }: GroupMemory,
  rank: number,
  { patience, onLate, fault }: Waiting,
): Group {
  const slot = (of: number): Float32Array => slots[of] ?? new Float32Array(0);
  const own = slot(rank);
  const total = slot(size);
  const meet = async (): Promise<void> => {
    const before = Atomics.load(state, met);
    const times = Atomics.add(arrivals, rank, 1) + 1;
    if (Atomics.add(state, there, 1) === size - 1) {
      Atomics.store(state, there, 0);
      Atomics.add(state, met, 1);
      Atomics.notify(state, met);
      return;
    }
    const since = performance.now();
    while (Atomics.load(state, met) === before) {
      if (Atomics.load(state, failed) !== 0) throw fault?.() ?? new GroupError('a thread of this training has failed');
      if (Atomics.wait(state, met, before, slice) !== 'timed-out') continue;
      const seconds = (performance.now() - since) / 1000;
      onLate?.(seconds);
      if (seconds > patience) {
        const missing = Array.from(arrivals.keys()).filter((other) => Atomics.load(arrivals, other) < times);
        throw new GroupError(
          `thread ${missing.join(', ')} of ${size} has not answered for ${patience} s; go on with --resume`,
        );
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  /** Meets for as many chunks as the vectors of all have. */
  const inChunks = async (values: Float32Array, each: (part: Float32Array) => Promise<void>): Promise<void> => {
    Atomics.store(lengths, rank, values.length);
    await meet();
    const all = Array.from(lengths.keys(), (other) => Atomics.load(lengths, other));
    if (new Set(all).size > 1)
      throw new ShapeError(`expected vectors of one length from all members of a group, got ${all.join(', ')}`);
    for (let at = 0; at < values.length; at += chunk) await each(values.subarray(at, at + chunk));
    // All have read these before any writes the length of its next vector.
    if (values.length === 0) await meet();
  };
  return {
    ...{ rank, size },
    sum: (values) =>
      inChunks(values, async (part) => {
        own.set(part);
        await meet();
        const [begin = 0, end = 0] = [rank, rank + 1].map((i) => Math.floor((i * part.length) / size));
        const piece = total.subarray(begin, end);
        piece.set(slot(0).subarray(begin, end));
        for (let other = 1; other < size; other++) addInto(piece, slot(other).subarray(begin, end));
        await meet();
        part.set(total.subarray(0, part.length));
      }),
    broadcast: (values, root = 0) =>
      inChunks(values, async (part) => {
        if (rank === root) own.set(part);
        await meet();
        if (rank !== root) part.set(slot(root).subarray(0, part.length));
        await meet();
      }),
    barrier: meet,
    close: meet,
  };
}
