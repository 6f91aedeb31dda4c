/** @file What every bridge begins with: what is asked for, its two sets, and its folder. */
import { basename, join, resolve } from 'node:path';
import { checkOptions, positive, positiveInteger } from '../../base/check.ts';
import { FileError } from '../../base/errors.ts';
import { bridges, firstPairs, type BridgeRecord } from '../../catalog/bridges.ts';
import { find, unknownName } from '../../catalog/named.ts';
import { defaultEpsilon } from '../../catalog/objectives/bridge-matching.ts';
import {
  factsOf,
  isBridge,
  readBridge,
  writeBridge,
  type BridgeEnd,
  type BridgeFacts,
} from '../../run/folder/bridge.ts';
import { openDataSet, optionsOfData, trainedPart } from '../../run/data-sets.ts';
import { isRun, requireFree } from '../../run/folder/run-folder.ts';
import { dataConfig, type DataChoice } from '../data-config.ts';
import type { NamedTask } from '../../model/restoration/named-task.ts';
import type { OpenSet } from '../training/prepared.ts';
import { openEnds, type OpenEnds } from './bridge-ends.ts';
import { damageFacts, damageOf } from './damage-facts.ts';
import { makeFolder } from '../../io/folders.ts';

/** What a bridge is between, and how it is found. */
export interface BridgeChoice extends DataChoice {
  /** Folder of the bridge. Default `runs/` and the names of the sets with -to- between them, or that of the set and the task of its damage. */
  readonly out?: string | undefined;
  /** Whether to go on with the bridge in `out`, or begin it where there is none. Default false: a new one. */
  readonly resume?: boolean | undefined;
  /** How: a name of `bridges`. Default dsbm, or i2sb of a damage. */
  readonly method?: string | undefined;
  /** Variance that the reference gains between the ends, in units of the scaled data, above 0. Default 0.1. */
  readonly epsilon?: number | undefined;
  /** Rounds of `dsbm` or `dsb`, each of both directions, at least 1. Default that of the method. */
  readonly rounds?: number | undefined;
  /** What the first pairs are: `independent`, `ot`, `reference` or `rows`. Default that of the method. */
  readonly first?: string | undefined;
  /** Steps of a path of `dsb`, at least 1. Default 20. */
  readonly chain?: number | undefined;
  /** Pairs of `dsbm`, or paths of `dsb`, that each half-round learns from, at least 2. Default that of the method: 20000 points or 2000 images. */
  readonly pairs?: number | undefined;
  /** Gaussians of `light` that a sample can end in, at least 1. Default 50. */
  readonly components?: number | undefined;
  /** What damages the samples of the first set in the place of a second one, a task of `restore` with its options, of `i2sb`. Default none. */
  readonly damage?: NamedTask | undefined;
  /** Class of the samples of the first set, of emoji their group. All by default. */
  readonly from?: string | undefined;
  /** Class of the samples of the second set, of emoji their group. All by default. */
  readonly to?: string | undefined;
  /** Seed of everything random. Default 0. */
  readonly seed?: number | undefined;
  /** Opens the data. Default `openDataSet`. */
  readonly open?: OpenSet | undefined;
}

/** A bridge that is about to be found. */
export interface BegunBridge {
  readonly folder: string;
  readonly method: BridgeRecord;
  readonly facts: BridgeFacts;
  readonly ends: OpenEnds;
  /** Makes the folder with what is known of the bridge, unless it is there. */
  readonly write: () => void;
}

/**
 * Checks what is asked for and opens both sets; nothing is written yet.
 * @throws ConfigError if the sets have samples of different shapes, or an option does not fit.
 * @throws FileError if a set or the folder cannot be used.
 */
export async function beginBridge(
  [a, b]: readonly [a: string, b: string | undefined],
  options: BridgeChoice,
): Promise<BegunBridge> {
  const { resume = false, open = openDataSet } = options;
  const { damage } = options;
  const method = find(bridges, options.method ?? (damage === undefined ? 'dsbm' : 'i2sb'), 'method');
  checkOptions(
    [
      b !== undefined || damage !== undefined,
      'b',
      'expected a second set, or --task with what damages the first; got neither',
    ],
    [
      b === undefined || damage === undefined,
      'task',
      `expected without a second set, as the damage makes it of the first; got ${b}`,
    ],
    [
      damage === undefined || method.oneWay === true,
      'task',
      `is of i2sb, which learns to undo a damage; got ${method.name}`,
    ],
    [damage === undefined || options.to === undefined, 'to', 'is of a second set; a damage has none'],
  );
  const [near, far] = [shortName(a, options.from), b === undefined ? undefined : shortName(b, options.to)];
  const folder = options.out ?? join('runs', far === undefined ? `${near}-${damage?.task}` : `${near}-to-${far}`);
  const facts = await askedFacts([a, b], method, options);
  const isThere = isBridge(folder);
  if (isThere && !resume)
    throw new FileError(
      folder,
      'there is a bridge in this folder; go on with it with --resume, or choose another --out',
    );
  if (!isThere) {
    if (isRun(folder)) throw new FileError(folder, 'there is a run in this folder; choose another --out');
    requireFree(folder);
  }
  const ends = await openEnds(facts, open);
  const whole = damage === undefined ? facts : { ...facts, damage: await damageFacts(ends.a, damage) };
  if (whole.damage !== undefined) damageOf({ damage: whole.damage, seed: whole.seed }, ends.a.shape);
  if (isThere) requireSame(folder, readBridge(folder), whole);
  const known = withPairs(whole, ends, method);
  const [own, other] = [ends.a.rows.length, ends.b.rows.length];
  checkOptions([
    known.first !== 'rows' || own === other,
    'first',
    `expected sets whose rows belong together for ${method.name}, ${a} has ${own} and ${b ?? ''} has ${other}`,
  ]);
  const write = (): void => {
    if (isThere) return;
    makeFolder(folder);
    writeBridge(folder, known);
  };
  return { folder, method, facts: known, ends, write };
}

function shortName(ref: string, part: string | undefined): string {
  return part ?? basename(resolve(ref)).replace(/\.\w+$/, '');
}

/** What a method that has none of it says of an option. */
const notHad = {
  rounds: (name: string) => `is of methods that learn in rounds, such as dsbm; ${name} does not`,
  pairs: (name: string) => `is of methods that draw pairs, such as dsbm; ${name} learns from all samples`,
  chain: (name: string) =>
    `is of methods that learn chains, such as dsb; ${name} learns diffusions, whose steps are those of sample`,
  components: (name: string) => `is of light, whose samples end in a mixture; ${name} has a network`,
} as const;

/** What is asked for; the number of pairs depends on the data, 0 stands for it. */
async function askedFacts(
  [a, b]: readonly [string, string | undefined],
  method: BridgeRecord,
  options: BridgeChoice,
): Promise<BridgeFacts> {
  const { name, first: kinds } = method;
  const { epsilon = defaultEpsilon, rounds = method.rounds, chain = method.chain, pairs = 0, seed = 0 } = options;
  const { components = method.components } = options;
  const first = firstPairs.find((one) => one === (options.first ?? kinds[0]));
  checkOptions(
    ...(['rounds', 'pairs', 'chain', 'components'] as const).map(
      (one) => [method[one] !== undefined || options[one] === undefined, one, notHad[one](name)] as const,
    ),
    [Number.isFinite(epsilon), 'epsilon', `expected a number, got ${epsilon}`],
    positive('epsilon', epsilon),
    ...(rounds === undefined ? [] : [positiveInteger('rounds', rounds)]),
    ...(components === undefined ? [] : [positiveInteger('components', components)]),
    [
      chain === undefined || (Number.isInteger(chain) && chain >= 2 && chain <= 1000),
      'chain',
      `expected 2 to 1000 steps, got ${chain}`,
    ],
    [
      options.pairs === undefined || (Number.isInteger(pairs) && pairs >= 2),
      'pairs',
      `expected at least 2, got ${pairs}`,
    ],
    [
      options.first === undefined || (first !== undefined && kinds.includes(first)),
      'first',
      kinds.length === 0
        ? `is of methods that learn from pairs; ${name} does not`
        : unknownName(options.first ?? '', kinds),
    ],
  );
  const end = async (ref: string, part: string | undefined): Promise<BridgeEnd> => {
    const grouped = part !== undefined && (await optionsOfData(ref)).includes('group');
    const data = dataConfig(ref, grouped ? { ...options, group: part } : options);
    const split = await trainedPart(ref);
    return {
      data: split === undefined ? data : { ...data, split },
      ...(part !== undefined && !grouped && { class: part }),
    };
  };
  const from = await end(a, options.from);
  const to = b === undefined ? undefined : await end(b, options.to);
  const own = factsOf(method, { rounds, first, chain, pairs, components });
  return { a: from, ...(to && { b: to }), method: name as BridgeFacts['method'], epsilon, ...own, seed };
}

function withPairs(facts: BridgeFacts, { a }: OpenEnds, { pairs }: BridgeRecord): BridgeFacts {
  if (facts.pairs !== 0 || pairs === undefined) return facts;
  return { ...facts, pairs: a.shape.length === 1 ? pairs.vectors : pairs.pictures };
}

/** @throws FileError if the bridge in a folder is another one. */
function requireSame(folder: string, before: BridgeFacts, asked: BridgeFacts): void {
  const names = [
    'a',
    'b',
    'damage',
    'method',
    'epsilon',
    'rounds',
    'first',
    'chain',
    'pairs',
    'components',
    'seed',
  ] as const;
  for (const name of names) {
    // Older versions wrote nothing of the components.
    if (name === 'components' && before.components === undefined) continue;
    if (name === 'pairs' && asked.pairs === 0) continue;
    const [old, own] = [JSON.stringify(before[name]), JSON.stringify(asked[name])];
    if (old !== own)
      throw new FileError(folder, `this bridge has ${name} ${old}, got ${own}; give the same, or choose another --out`);
  }
}
