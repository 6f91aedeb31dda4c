/** @file How a member of a training in a store that is not the first one takes part: it waits to be taken in, begins where a round begins, and gives what it has come to. */
import { setTimeout as pause } from 'node:timers/promises';
import { GroupError } from '../../base/errors.ts';
import { holderOf, watchClaims, type Claim } from './claim.ts';
import {
  fromName,
  names,
  pointName,
  readStanding,
  readTraining,
  type Standing,
  type StoredTraining,
} from './standing.ts';
import type { Store } from './store.ts';

/** How a member follows. */
export interface Following {
  readonly store: Store;
  readonly own: { readonly name: string; readonly claim: Claim };
  /** Seconds for which it waits for a first member that does not answer. */
  readonly patience: number;
  readonly stopRequested: () => boolean;
  readonly onNote?: ((note: string) => void) | undefined;
}

/** A round that a member takes part in, with the bytes of the point where it begins. */
export interface PlannedRound {
  readonly standing: Standing;
  readonly from: Uint8Array;
  readonly rank: number;
}

/** How it ends for a member: with the training, or because it was asked to leave. */
export type End = 'done' | 'stopped' | 'failed' | 'left';

/** What a member does in turn. */
export interface Follower {
  /**
   * Waits until there is a training.
   * @throws GroupError if the first member ends before, or does not come back.
   */
  started(): Promise<
    { readonly training: StoredTraining; readonly standing: Standing; readonly from: Uint8Array } | End
  >;
  /** Waits until this member is in another round than the one before. */
  next(): Promise<PlannedRound | End>;
  /** Whether the round that it is in goes on, which it looks up at most every second. */
  goesOn(): Promise<boolean>;
  /** Gives the point that this member has come to. */
  give(bytes: Uint8Array): Promise<void>;
}

/** Milliseconds between two looks at how the training stands, within a round. */
const lookMs = 1000;

/** Milliseconds for which there may be no first member before there is a training. */
const vacantMs = 3000;

/** Begins to follow. */
export function follower({ store, own, patience, stopRequested, onNote }: Following): Follower {
  const watch = watchClaims();
  const me = own.claim.token;
  let goneSince: number | undefined;
  let current: Standing | undefined;
  let saidIn: Standing | undefined;
  let lastLook = performance.now();

  /** Whether the first member runs, or its place is vacant. */
  const firstIs = async (): Promise<'running' | 'ended' | 'vacant'> => {
    const content = await store.read(names.first);
    const holder = content && holderOf(content);
    if (content === undefined) return 'vacant';
    return holder === undefined || watch.runs(holder) ? 'running' : 'ended';
  };

  /** @throws GroupError if the first member has been away for too long, or there never was a training. */
  const requireFirst = (is: Awaited<ReturnType<typeof firstIs>>, standing: Standing | undefined): void => {
    if (is === 'running') {
      goneSince = undefined;
      return;
    }
    const now = performance.now();
    const again = standing === undefined ? 'start it again' : 'start it again with --resume';
    if (goneSince === undefined && standing !== undefined)
      onNote?.('the first member of this training has ended; waiting until it is started again with --resume');
    goneSince ??= now;
    if (standing === undefined && now - goneSince > vacantMs)
      throw new GroupError(`the first member has ended before there was a training; ${again}, and then this one`);
    if ((now - goneSince) / 1000 > patience)
      throw new GroupError(
        `the first member of this training has not answered for ${patience} s; ${again}, and then this one`,
      );
  };

  /** Looks until something is found. */
  const until = async <T>(look: (standing: Standing | undefined) => Promise<T | undefined>): Promise<T | End> => {
    for (let wait = store.looks.first; ; wait = Math.min(1.5 * wait, store.looks.most)) {
      if (stopRequested()) return 'left';
      const standing = await readStanding(store);
      const state = standing?.state;
      const over = state === 'done' || state === 'stopped' || state === 'failed' ? state : undefined;
      const found = over === undefined ? await look(standing) : undefined;
      if (found !== undefined) return found;
      const is = await firstIs();
      if (over !== undefined && is !== 'running') return over;
      requireFirst(is, standing);
      await pause(wait);
    }
  };

  /** Whether the round that this member is in goes on. */
  const inRound = async (): Promise<boolean> => {
    const standing = await readStanding(store);
    return standing?.state === 'round' && standing.session === current?.session && standing.round === current.round;
  };

  return {
    started: () =>
      until(async (standing) => {
        const training = await readTraining(store);
        const from = standing && (await store.read(fromName(standing)));
        return training && standing && from && { training, standing, from };
      }),
    next: () =>
      until(async (standing) => {
        if (standing === undefined) return undefined;
        const rank = standing.members.findIndex(([, token]) => token === me);
        if (rank < 0) {
          // Said anew once two rounds have started without it: it may have been in one that was over before this process saw it, and has to say that it has seen a later one.
          const last = current?.session === standing.session ? current.round : -1;
          const isOld =
            saidIn?.session === standing.session && last < saidIn.round && standing.round < saidIn.round + 2;
          if (!isOld) {
            await own.claim.say({ session: standing.session, round: standing.round });
            saidIn = standing;
          }
          return undefined;
        }
        if (current?.session === standing.session && current.round >= standing.round) return undefined;
        const from = await store.read(fromName(standing));
        if (from === undefined) return undefined;
        current = standing;
        lastLook = performance.now();
        return { standing, from, rank };
      }),
    goesOn: async () => {
      const now = performance.now();
      if (now - lastLook < lookMs) return true;
      lastLook = now;
      return inRound();
    },
    give: async (bytes) => {
      if (current === undefined) return;
      try {
        await store.write(pointName(current, own.name), bytes);
      } catch (error) {
        // The first member removes the folder of a round that is over, whose points are not read any more.
        if (await inRound()) throw error;
      }
    },
  };
}
