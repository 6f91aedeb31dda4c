/** @file The folder of a bridge: `bridge.json`, a run for each direction, and in `rounds/` those of the rounds before. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import { FileError } from '../../base/errors.ts';
import { bridgeNames, bridges, firstPairs, type BridgeRecord } from '../../catalog/bridges.ts';
import { parseData, type DataConfig } from '../../catalog/config/schema.ts';
import { find } from '../../catalog/named.ts';
import { writeAtomic } from '../../io/atomic.ts';
import { isLight } from './light-file.ts';
import { isRun, readJson } from './run-folder.ts';

const name = 'bridge.json';

/** The directions of a bridge: `forward` carries samples of the first set to those of the second. */
export const directions = ['forward', 'backward'] as const;

/** A direction of a bridge. */
export type Direction = (typeof directions)[number];

/** One end of a bridge. */
export interface BridgeEnd {
  readonly data: DataConfig;
  /** The class of its samples; all by default. */
  readonly class?: string | undefined;
}

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const endSchema = v.strictObject({ data: v.unknown(), class: v.optional(v.string()) });
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const damageSchema = v.strictObject({
  task: v.string(),
  mask: v.optional(v.union([v.string(), v.pipe(v.array(v.pipe(v.string(), v.regex(/^[01]+$/))), v.minLength(1))])),
  blur: v.optional(v.union([v.string(), v.number()])),
  factor: v.optional(positive),
  rate: v.optional(positive),
  acceleration: v.optional(positive),
  angles: v.optional(positive),
  noise: v.optional(v.pipe(v.number(), v.finite(), v.minValue(0))),
  counts: v.optional(positive),
});
const schema = v.strictObject({
  a: endSchema,
  b: v.optional(endSchema),
  damage: v.optional(damageSchema),
  method: v.picklist(bridgeNames),
  epsilon: v.pipe(v.number(), v.finite(), v.gtValue(0)),
  // What not every method has; that of others is left out.
  rounds: v.optional(whole),
  first: v.optional(v.picklist(firstPairs)),
  chain: v.optional(whole),
  pairs: v.optional(whole),
  components: v.optional(whole),
  seed: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});

/** What a bridge is between, and how it is found. */
export interface BridgeFacts extends Omit<v.InferOutput<typeof schema>, 'a' | 'b'> {
  readonly a: BridgeEnd;
  /** The second set; none where a damage makes the second ends of the first. */
  readonly b?: BridgeEnd | undefined;
}

/** What makes the second ends of the first: a task of restoration with all of its options, a mask of a picture as a text of 0 and 1 for each row of pixels. */
export type DamageFacts = v.InferOutput<typeof damageSchema>;

/** Whether a folder contains a bridge. */
export function isBridge(folder: string): boolean {
  return existsSync(join(folder, name));
}

/** The bridge and the direction of a path: a direction's folder, or the forward direction of the folder of a bridge; undefined of another. */
export function bridgeOf(path: string): { readonly bridge: string; readonly direction: Direction } | undefined {
  if (isBridge(path)) return { bridge: path, direction: isDirection(join(path, 'forward')) ? 'forward' : 'backward' };
  const direction = directions.find((one) => one === basename(path));
  return direction !== undefined && isBridge(dirname(path)) ? { bridge: dirname(path), direction } : undefined;
}

function isDirection(folder: string): boolean {
  return isRun(folder) || isLight(folder);
}

/**
 * What is known of the bridge in a folder.
 * @throws FileError if there is none, or the file is not sound.
 */
export function readBridge(folder: string): BridgeFacts {
  const file = join(folder, name);
  if (!isBridge(folder)) throw new FileError(folder, 'expected a bridge, as scorefield bridge makes it, found none');
  const result = v.safeParse(schema, readJson(file));
  if (!result.success || (result.output.b === undefined) === (result.output.damage === undefined))
    throw new FileError(file, 'expected the facts of a bridge; the file is damaged');
  const { a, b, rounds, first, chain, pairs, components, ...facts } = result.output;
  const own = factsOf(find(bridges, facts.method, 'method'), { rounds, first, chain, pairs, components });
  const end = ({ data, class: of }: typeof a): BridgeEnd => ({
    data: parseData(data),
    ...(of !== undefined && { class: of }),
  });
  return { a: end(a), ...(b && { b: end(b) }), ...facts, ...own };
}

/** Facts that a part of the methods has. */
export type MethodFacts = Pick<BridgeFacts, 'rounds' | 'first' | 'chain' | 'pairs' | 'components'>;

/** Those of some facts that a method has: nothing else is written down of a bridge, and what older versions wrote besides is not read. */
export function factsOf(method: BridgeRecord, facts: MethodFacts): MethodFacts {
  const has = {
    rounds: method.rounds !== undefined,
    first: method.first.length > 0,
    chain: method.chain !== undefined,
    pairs: method.pairs !== undefined,
    components: method.components !== undefined,
  };
  const own = Object.entries(facts).filter(([name, value]) => value !== undefined && has[name as keyof MethodFacts]);
  return Object.fromEntries(own);
}

/**
 * Writes what is known of a bridge into its folder, which is there.
 * @throws FileError if the file cannot be written.
 */
export function writeBridge(folder: string, facts: BridgeFacts): void {
  writeAtomic(join(folder, name), `${JSON.stringify(facts, undefined, 2)}\n`);
}

/** Folder of a direction: its last round. */
export function directionFolder(folder: string, direction: Direction): string {
  return join(folder, direction);
}
