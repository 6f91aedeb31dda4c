/** @file What a store says of its training: `training.json`, what is trained, and `now.json`, how it stands. Both are written by the first member alone. */
import { FileError } from '../../base/errors.ts';
import type { Json } from '../../base/json.ts';
import { textOf, type Store } from './store.ts';

/** Names in a store. */
export const names = {
  training: 'training.json',
  now: 'now.json',
  first: 'first.json',
  members: 'members',
  rounds: 'rounds',
} as const;

/** What is trained. */
export interface StoredTraining {
  readonly config: Json;
  /** Folder of the run, and the machine of the first member. */
  readonly run: string;
  readonly host: string;
  /** Steps that each member takes between two averages. */
  readonly localSteps: number;
}

/** How a training stands: its members gather, take the steps of a round, or have come to an end. */
export interface Standing {
  readonly state: 'gathers' | 'round' | 'done' | 'stopped' | 'failed';
  /** Number of the start of a first member, each of which has its own. */
  readonly session: number;
  /** Number of the round in the session, from 1. */
  readonly round: number;
  /** Steps before the round, and after it. */
  readonly from: number;
  readonly until: number;
  /** The part of the minutes of the run that was spent when it began, 0 to 1. */
  readonly spent: number;
  /** Names of the members in the order of their ranks, each with the token of its claim. */
  readonly members: readonly (readonly [name: string, token: string])[];
}

const format = 'scorefield-store-1';

/** The training of a store; undefined where there is none. */
export async function readTraining(store: Store): Promise<StoredTraining | undefined> {
  const value = await readRecord(store, names.training);
  if (value === undefined) return undefined;
  const { config, run, host, localSteps } = value;
  if (value['format'] !== format || !isCount(localSteps, 1) || typeof run !== 'string' || typeof host !== 'string')
    throw damaged(store, names.training);
  return { config: config as Json, run, host, localSteps };
}

/** Writes down what is trained. */
export async function writeTraining(store: Store, training: StoredTraining): Promise<void> {
  await store.write(names.training, `${JSON.stringify({ format, ...training }, undefined, 2)}\n`);
}

/** How the training of a store stands; undefined where there is none. */
export async function readStanding(store: Store): Promise<Standing | undefined> {
  const value = await readRecord(store, names.now);
  if (value === undefined) return undefined;
  const { state, session, round, from, until, spent, members } = value as Partial<Standing>;
  const sound =
    typeof state === 'string' &&
    isCount(session, 1) &&
    isCount(round, 0) &&
    isCount(from, 0) &&
    isCount(until, 0) &&
    typeof spent === 'number' &&
    Array.isArray(members) &&
    members.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every((word) => typeof word === 'string'));
  if (!sound) throw damaged(store, names.now);
  return { state, session, round, from, until, spent, members };
}

/** Writes down how a training stands. */
export async function writeStanding(store: Store, standing: Standing): Promise<void> {
  await store.write(names.now, JSON.stringify(standing));
}

/** What is below the name of a round. */
export function roundName({ session, round }: Pick<Standing, 'session' | 'round'>): string {
  return `${names.rounds}/${String(session).padStart(4, '0')}-${String(round).padStart(8, '0')}`;
}

/** Where the point is that a round begins with; no member has such a name. */
export function fromName(standing: Pick<Standing, 'session' | 'round'>): string {
  return `${roundName(standing)}/_from.safetensors`;
}

/** Where the point is that a member has come to. */
export function pointName(standing: Pick<Standing, 'session' | 'round'>, member: string): string {
  return `${roundName(standing)}/${member}.safetensors`;
}

/** Where the claim of a member is. */
export function memberName(member: string): string {
  return `${names.members}/${member}.json`;
}

function isCount(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

async function readRecord(store: Store, name: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const content = await store.read(name);
  if (content === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(textOf(content));
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // Below.
  }
  throw damaged(store, name);
}

function damaged(store: Store, name: string): FileError {
  return new FileError(`${store.name}/${name}`, 'is not of a training of scorefield, or damaged; choose another store');
}
