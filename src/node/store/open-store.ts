/** @file The store that `--dist store:PLACE` names, and the claims of a member on it. */
import { checkOptions } from '../../base/check.ts';
import { ConfigError, FileError } from '../../base/errors.ts';
import type { TrainingChoice } from '../training/asked.ts';
import { isClaim, takeClaim, type Claim } from './claim.ts';
import { folderStore } from './folder-store.ts';
import { memberName, names } from './standing.ts';
import type { Store } from './store.ts';

/** A member of a training in a store. */
export interface Member {
  readonly store: Store;
  readonly own: { readonly name: string; readonly claim: Claim };
  /** The claim of the first member, which leads; undefined for one that follows. */
  readonly first: Claim | undefined;
  /** Takes the claims away. */
  readonly leave: () => Promise<void>;
}

const prefix = 'store:';

/**
 * What `--dist store:PLACE` names; undefined of others.
 * @throws ConfigError if it names nothing, or options are of a store and there is none.
 */
export function storePlace({ dist, member, members, localSteps }: TrainingChoice): string | undefined {
  const place = dist?.startsWith(prefix) === true ? dist.slice(prefix.length) : undefined;
  const isOfStore = (value: unknown): boolean => place !== undefined || value === undefined;
  const only = 'this is of --dist store:PLACE';
  checkOptions(
    [place !== '', 'dist', 'expected a folder after store:, such as store:/shared/moons'],
    [
      !/^[a-z][\w+.-]*:\/\//i.test(place ?? ''),
      'dist',
      `expected a folder that all members see after store:, got ${place ?? ''}`,
    ],
    [isOfStore(member), 'member', only],
    [isOfStore(members), 'members', only],
    [isOfStore(localSteps), 'local-steps', only],
    [
      member === undefined || /^[A-Za-z0-9][\w.-]{0,62}$/.test(member),
      'member',
      `expected a name of at most 63 letters, digits, points and dashes, got ${member}`,
    ],
  );
  return place;
}

/** Opens a store by its place. */
export function openStore(place: string): Store {
  return folderStore(place);
}

/**
 * Becomes a member of the training of a store: the first one, where there is none.
 * @param name - of the member; the least number that is free by default
 * @throws ConfigError if a process that runs has the name.
 * @throws FileError if the place has other contents.
 */
export async function joinStore(store: Store, name: string | undefined): Promise<Member> {
  await requirePlace(store);
  const own = name === undefined ? await numbered(store) : await named(store, name);
  const leave = async (): Promise<void> => own.claim.release();
  try {
    const first = await takeClaim(store, names.first, { wait: true });
    if (!isClaim(first)) return { store, own, first: undefined, leave };
    return {
      ...{ store, own, first },
      leave: async () => {
        await first.release();
        await leave();
      },
    };
  } catch (error) {
    await leave();
    throw error;
  }
}

async function requirePlace(store: Store): Promise<void> {
  const present = await store.list('');
  const others = present.filter((name) => !Object.values<string>(names).includes(name));
  if (others.length === 0 || present.includes(names.training)) return;
  throw new FileError(
    store.name,
    `expected an empty place for the members to meet, found ${others.slice(0, 3).join(', ')}; choose another one`,
  );
}

async function named(store: Store, name: string): Promise<Member['own']> {
  const claim = await takeClaim(store, memberName(name), { wait: true });
  if (isClaim(claim)) return { name, claim };
  const where = `process ${claim.pid} on machine ${claim.host}`;
  throw new ConfigError([
    { path: 'member', message: `${name} is ${where}, which runs; give another name, or stop that process` },
  ]);
}

async function numbered(store: Store): Promise<Member['own']> {
  for (let number = 1; ; number++) {
    const name = String(number);
    const claim = await takeClaim(store, memberName(name));
    if (isClaim(claim)) return { name, claim };
  }
}
