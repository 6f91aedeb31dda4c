/**
 * @file The rounds of a training in a store, as its first member leads them: it says who takes part in each, averages what the members have come to in the order of their names, and takes
 * in who has come meanwhile. Members that end, or that are late, are left out of the average of a round.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { GroupError } from '../../base/errors.ts';
import { plural } from '../../base/words.ts';
import type { Network } from '../../nn/network.ts';
import type { DataSummary } from '../../run/data-summary.ts';
import { averageOf, type Round } from '../../train/rounds.ts';
import type { TrainOptions, TrainPoint } from '../../train/train.ts';
import { holderOf, watchClaims, type Claim, type Holder } from './claim.ts';
import { encodePoint, readPoint } from './point-bytes.ts';
import {
  fromName,
  memberName,
  names,
  pointName,
  readStanding,
  roundName,
  writeStanding,
  type Standing,
} from './standing.ts';
import type { Store } from './store.ts';

/** How a first member leads. */
export interface Leadership {
  readonly store: Store;
  /** The claim on being the first, and that on its name. */
  readonly first: Claim;
  readonly own: { readonly name: string; readonly claim: Claim };
  /** Steps that each member takes between two averages. */
  readonly localSteps: number;
  /** Members that the first round waits for. */
  readonly members: number;
  /** Seconds for which a round waits for members that are late. */
  readonly patience: number;
}

/** What is trained, and when it ends. */
export interface LedTraining {
  readonly from: TrainPoint;
  readonly net: Network;
  readonly summary: DataSummary;
  /** Infinity where minutes alone end it. */
  readonly lastStep: number;
  readonly secondsLeft: () => number;
  readonly spent: () => number;
  readonly stopRequested: () => boolean;
  readonly onNote?: ((note: string) => void) | undefined;
}

/** Rounds, for the loop of the training. */
export interface LedRounds extends Required<Pick<TrainOptions, 'round' | 'meet'>> {
  /** The point of the last average: what a checkpoint stores. */
  readonly common: () => TrainPoint;
  /** Whether a step ends a round, and something is due that is so every so many steps: at it, or within the next round. */
  readonly due: (step: number, every: number) => boolean;
  /** How many members take part now, and how many rounds there have been. */
  readonly size: () => number;
  readonly rounds: () => number;
}

/**
 * Begins the rounds of a training.
 * @throws GroupError if fewer members come than the first round is to wait for.
 */
export async function leadRounds(leadership: Leadership, training: LedTraining): Promise<LedRounds> {
  const { store, first, own, localSteps, members, patience } = leadership;
  const { net, summary, lastStep, onNote, stopRequested } = training;
  const session = ((await readStanding(store))?.session ?? 0) + 1;
  const watch = watchClaims();
  /** The last round that each member was in, by its token. */
  const lastRound = new Map<string, number>();
  let common = training.from;
  let perStep = 0;

  const publish = async (standing: Standing): Promise<void> => {
    await first.confirm();
    await store.write(fromName(standing), encodePoint(common, summary, own.claim.token));
    await writeStanding(store, standing);
  };

  /** Those that wait to be taken in. */
  const waiting = async (): Promise<readonly (readonly [name: string, token: string])[]> => {
    const found: (readonly [string, string])[] = [];
    for (const file of await store.list(names.members)) {
      const name = /^(.+)\.json$/.exec(file)?.[1] ?? '';
      const holder = await claimOf(store, name);
      const ready = holder?.ready;
      if (holder === undefined || ready?.session !== session || !watch.runs(holder)) continue;
      if (ready.round > (lastRound.get(holder.token) ?? -1)) found.push([name, holder.token]);
    }
    return found;
  };

  const planned = (round: number, who: Standing['members'], steps = localSteps): Standing => {
    const inTime = perStep > 0 ? Math.max(1, Math.floor(training.secondsLeft() / perStep)) : Infinity;
    const until = Math.min(common.step + Math.min(steps, inTime), lastStep);
    const all = [...who].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [, token] of all) lastRound.set(token, round);
    return { state: 'round', session, round, from: common.step, until, spent: training.spent(), members: all };
  };
  const roundOf = ({ members: all }: Standing): Round => ({
    from: common,
    rank: all.findIndex(([name]) => name === own.name),
    size: all.length,
  });

  /** The points of a round that have come in time, in the order of the members; undefined where this one is asked to stop. */
  const gather = async (standing: Standing, mine: TrainPoint): Promise<Map<string, TrainPoint> | undefined> => {
    const points = new Map<string, TrainPoint>([[own.name, mine]]);
    const missing = new Map(standing.members.filter(([name]) => name !== own.name));
    const without = (name: string, why: string): void => {
      missing.delete(name);
      onNote?.(`member ${name} ${why}: the average of step ${standing.until} is without it`);
    };
    const since = performance.now();
    for (let wait = store.looks.first; missing.size > 0; wait = Math.min(1.5 * wait, store.looks.most)) {
      for (const [name, token] of missing) {
        const file = pointName(standing, name);
        let bytes = await store.read(file);
        if (bytes === undefined) {
          const holder = await claimOf(store, name);
          const gone = holder?.token !== token ? 'has left' : watch.runs(holder) ? undefined : 'has ended';
          if (gone === undefined) continue;
          // It may have given its point between the two looks.
          bytes = await store.read(file);
          if (bytes === undefined) {
            without(name, gone);
            continue;
          }
        }
        const given = sound(bytes, `${store.name}/${file}`, net);
        if (typeof given === 'string') without(name, `has given a point that cannot be used (${given})`);
        else if (given.token !== token || given.point.step !== standing.until) without(name, 'has given another point');
        else if (missing.delete(name)) points.set(name, given.point);
      }
      if (missing.size === 0) break;
      if (stopRequested()) return undefined;
      if ((performance.now() - since) / 1000 > patience)
        for (const name of missing.keys()) without(name, `has not answered for ${patience} s`);
      else await pause(wait);
    }
    return points;
  };

  await store.clear(names.rounds);
  const gathers: Standing = {
    ...{ state: 'gathers', session, round: 0, from: common.step, until: common.step, spent: training.spent() },
    members: [],
  };
  await publish(gathers);
  let others = await waiting();
  const since = performance.now();
  if (members > 1) onNote?.(`waiting for ${plural(members - 1, 'other member')} to come`);
  while (others.length < members - 1 && !stopRequested()) {
    if ((performance.now() - since) / 1000 > patience)
      throw new GroupError(
        `expected ${members} members, ${others.length + 1} came within ${patience} s; start the others, or give a smaller --members`,
      );
    await pause(store.looks.most);
    others = await waiting();
  }
  const me = [own.name, own.claim.token] as const;
  let standing = planned(1, [me, ...others]);
  await publish(standing);
  if (others.length > 0) onNote?.(`begins with ${namesOf(standing.members)}`);
  let started = performance.now();
  return {
    round: roundOf(standing),
    common: () => common,
    size: () => standing.members.length,
    rounds: () => standing.round,
    due: (step, every) =>
      step === common.step && Math.ceil(Math.max(standing.until, step + 1) / every) > Math.ceil(step / every),
    meet: async (step, point) => {
      if (step < standing.until) return undefined;
      const points = await gather(standing, await point());
      if (points === undefined) return undefined;
      const [one, ...rest] = standing.members.flatMap(([name]) => points.get(name) ?? []);
      if (one === undefined) return undefined;
      const taken = standing.until - common.step;
      common = averageOf([one, ...rest]);
      const last = standing;
      perStep = (performance.now() - started) / 1000 / taken;
      started = performance.now();
      if (common.step >= lastStep) return roundOf(last);
      const come = await waiting();
      if (come.length > 0)
        onNote?.(`${namesOf(come)} ${come.length === 1 ? 'takes' : 'take'} part from step ${common.step} on`);
      standing = planned(last.round + 1, [...last.members.filter(([name]) => points.has(name)), ...come]);
      await publish(standing);
      await store.clear(roundName(last));
      return roundOf(standing);
    },
  };
}

/**
 * Says how a training has ended, for those that take part.
 * @param before - the last session before this one: where there is none since, others may still wait for the one that failed then
 */
export async function endRounds(
  { store, first }: Pick<Leadership, 'store' | 'first'>,
  state: 'done' | 'stopped' | 'failed',
  before: number,
): Promise<void> {
  const standing = await readStanding(store);
  if (standing === undefined || standing.session === before) return;
  await first.confirm();
  await writeStanding(store, { ...standing, state });
  await store.clear(names.rounds);
}

async function claimOf(store: Store, member: string): Promise<Holder | undefined> {
  const content = await store.read(memberName(member));
  return content && holderOf(content);
}

/** Such as `members 1, 2`. */
function namesOf(members: Standing['members']): string {
  return `${members.length === 1 ? 'member' : 'members'} ${members.map(([name]) => name).join(', ')}`;
}

/** The point in bytes, or why there is none. */
function sound(bytes: Uint8Array, file: string, net: Network): ReturnType<typeof readPoint> | string {
  try {
    return readPoint(bytes, file, net);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
