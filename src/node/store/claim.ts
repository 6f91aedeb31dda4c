/**
 * @file Claims on a name of a store: who has it, and whether that process still runs. A process that can be seen from here is looked up; any other writes its claim
 * anew every few seconds, and one that stays as it is for a minute by the clock of this process is left behind. No two clocks are compared.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { FileError } from '../../base/errors.ts';
import { ownerState, thisProcess, type Owner } from '../../io/process.ts';
import { textOf, type Store } from './store.ts';

/** Where a member waits to be taken in: the session and the round that it has seen. */
export interface Ready {
  readonly session: number;
  readonly round: number;
}

/** What a claim says. */
export interface Holder extends Owner {
  /** Of this claim alone, so that a process that was started again is another one. */
  readonly token: string;
  readonly beat: number;
  readonly ready?: Ready | undefined;
}

/** The right to a name, until it is released or its process has ended. */
export interface Claim {
  readonly token: string;
  /** Says that its holder waits to be taken in. */
  say(ready: Ready): Promise<void>;
  /** @throws FileError if another process has taken the name, as this one did not run for a while. */
  confirm(): Promise<void>;
  release(): Promise<void>;
}

/** Milliseconds between two beats, and after how many without one a claim is left behind. */
export interface ClaimTimes {
  readonly beatMs: number;
  readonly silentMs: number;
}

const usual: ClaimTimes = { beatMs: 5000, silentMs: 60_000 };

/**
 * Takes a name, also from a process that no longer runs.
 * @param wait - whether to watch a claim of a process that cannot be seen from here until it is known to be left behind; default false
 * @returns the claim, or who has it
 */
export async function takeClaim(
  store: Store,
  name: string,
  { wait = false, times = usual }: { readonly wait?: boolean; readonly times?: ClaimTimes } = {},
): Promise<Claim | Holder> {
  const mine: Holder = { ...thisProcess(), token: randomUUID(), beat: 0 };
  const text = JSON.stringify(mine);
  for (;;) {
    if (await store.create(name, text)) return startClaim(store, name, mine, times);
    const content = await store.read(name);
    if (content === undefined) continue;
    const holder = holderOf(content) ?? { ...unknown, token: '' };
    const state = holder.pid > 0 ? ownerState(holder) : 'unseen';
    const left =
      state === 'ended' ||
      (state === 'unseen' && wait && (await staysSilent(store, name, { content, silentMs: times.silentMs })));
    if (!left) return holder;
    if (await store.replace(name, content, text)) return startClaim(store, name, mine, times);
  }
}

/** Whether `takeClaim` has given a claim. */
export function isClaim(taken: Claim | Holder): taken is Claim {
  return 'release' in taken;
}

/** Who wrote a claim that cannot be read. */
const unknown = { pid: 0, host: 'unknown', space: '', beat: 0 };

/** The holder of a claim; undefined where the content is none. */
export function holderOf(content: Uint8Array): Holder | undefined {
  let value: Readonly<Record<string, unknown>>;
  try {
    value = JSON.parse(textOf(content)) as typeof value;
  } catch {
    return undefined;
  }
  const { pid, host, space, start, token, beat } = value;
  if (!Number.isSafeInteger(pid) || (pid as number) <= 0 || typeof host !== 'string' || typeof token !== 'string')
    return undefined;
  const ready = value['ready'] as Partial<Ready> | undefined;
  const waits = Number.isSafeInteger(ready?.session) && Number.isSafeInteger(ready?.round);
  return {
    ...{ pid: pid as number, host, token, beat: Number(beat) },
    ...(typeof space === 'string' ? { space } : {}),
    ...(typeof start === 'string' ? { start } : {}),
    ...(waits && { ready: ready as Ready }),
  };
}

/** Watches claims that are read again and again. */
export interface Watch {
  /** Whether the holder of a claim still runs, as far as is known. */
  runs(holder: Holder): boolean;
}

/**
 * A watch of claims, which knows of each when it was last written anew.
 * @param clock - milliseconds from any moment on
 */
export function watchClaims(
  { silentMs }: Pick<ClaimTimes, 'silentMs'> = usual,
  clock: () => number = () => performance.now(),
): Watch {
  const seen = new Map<string, { beat: number; since: number }>();
  return {
    runs: (holder) => {
      const state = ownerState(holder);
      if (state !== 'unseen') return state === 'running';
      const now = clock();
      const known = seen.get(holder.token);
      if (known?.beat === holder.beat) return now - known.since < silentMs;
      seen.set(holder.token, { beat: holder.beat, since: now });
      return true;
    },
  };
}

async function staysSilent(
  store: Store,
  name: string,
  { content, silentMs }: { readonly content: Uint8Array; readonly silentMs: number },
): Promise<boolean> {
  for (const since = performance.now(); performance.now() - since < silentMs;) {
    await pause(Math.min(1000, silentMs / 4));
    const now = await store.read(name);
    if (now === undefined || Buffer.compare(now, content) !== 0) return false;
  }
  return true;
}

function startClaim(store: Store, name: string, mine: Holder, { beatMs }: ClaimTimes): Claim {
  let now = mine;
  let open = true;
  let turn: Promise<unknown> = Promise.resolve();
  const isMine = async (): Promise<boolean> => {
    const content = await store.read(name);
    return content !== undefined && holderOf(content)?.token === mine.token;
  };
  /** One change after another: a beat does not undo what was said meanwhile. */
  const inOrder = <T>(action: () => Promise<T>): Promise<T> => {
    const result = turn.then(action);
    turn = result.catch(() => undefined);
    return result;
  };
  const write = (more: Partial<Holder>): Promise<void> =>
    inOrder(async () => {
      if (!open || !(await isMine())) return;
      now = { ...now, ...more, beat: now.beat + 1 };
      await store.write(name, JSON.stringify(now));
    });
  // A store that is away for a moment is no reason to end.
  const timer = setInterval(() => void write({}).catch(() => undefined), beatMs);
  timer.unref();
  return {
    token: mine.token,
    say: (ready) => write({ ready }),
    confirm: async () => {
      if (await isMine()) return;
      // Who tries to take a claim over that it has found left behind gives back one that is not.
      await pause(store.looks.most);
      if (await isMine()) return;
      throw new FileError(
        store.name,
        `another process has taken ${name} over, as this one did not run for a while; this one ends without saving`,
      );
    },
    release: () =>
      inOrder(async () => {
        if (!open) return;
        open = false;
        clearInterval(timer);
        if (await isMine()) await store.remove(name);
      }),
  };
}
