/** @file A damage as options say it, as the folder of a bridge keeps it, and as it damages. */
import { checkOptions } from '../../base/check.ts';
import { split, type Key } from '../../base/key.ts';
import { batchOf, zeros, type Shape, type Tensor } from '../../base/tensor.ts';
import { taskSettings } from '../../catalog/restorations/inverse-tasks.ts';
import { kindOf } from '../../data/dataset.ts';
import { damaged, type Damage } from '../../model/bridge/damage.ts';
import { defaultNoise } from '../../model/choices.ts';
import { namedTask, type NamedTask } from '../../model/restoration/named-task.ts';
import type { BridgeFacts, DamageFacts, Direction } from '../../run/folder/bridge.ts';
import { readKnown } from '../mask-file.ts';
import type { OpenEnd } from './bridge-ends.ts';

/**
 * What is kept of a damage: all of its options, so that it stays what it is; of a mask in a picture its pixels.
 * @throws ConfigError or FileError if there is no task of this name, it does not take an option, or the mask does not fit.
 */
export async function damageFacts(
  { set, shape }: Pick<OpenEnd, 'set' | 'shape'>,
  asked: NamedTask,
): Promise<DamageFacts> {
  const { task, noise, counts, ...options } = asked;
  checkOptions([
    kindOf(set).pictures !== undefined,
    'task',
    `expected images, which restore measures; ${set.name} has none`,
  ]);
  const { mask, ...others } = taskSettings(task, options);
  const known = mask === undefined ? undefined : await readKnown(mask, task, shape);
  const kept = {
    task,
    ...(known !== undefined && { mask: typeof known === 'string' ? known : rowsOfMask(known) }),
    ...others,
  };
  return { ...kept, ...(counts === undefined ? { noise: noise ?? defaultNoise } : { counts }) };
}

/** The damage of a bridge, on images of its shape. */
export function damageOf(
  { damage: { mask, ...facts }, seed }: { readonly damage: DamageFacts; readonly seed: number },
  shape: Shape,
): Damage {
  const known = typeof mask === 'object' ? maskOfRows(mask) : mask;
  return { task: namedTask(shape, { ...facts, mask: known }, seed), noise: facts.noise, counts: facts.counts };
}

/** What damages the ends of a bridge with a damage, for the direction that has learned to restore them; undefined of others. */
export function damaging(
  facts: Pick<BridgeFacts, 'damage' | 'seed'>,
  direction: Direction,
  { scaler, shape }: Pick<OpenEnd, 'scaler' | 'shape'>,
): ((ends: Tensor, own: Key) => Tensor) | undefined {
  const { damage, seed } = facts;
  if (damage === undefined || direction === 'forward') return undefined;
  const how = damageOf({ damage, seed }, shape);
  return (ends, own) => damaged(how, scaler, ends, split(own, batchOf(ends)));
}

/** A damage in words, such as "deblur, blur 1.5, noise 0.05". */
export function damageText(damage: DamageFacts | undefined): string {
  if (damage === undefined) return '';
  const { task, mask, ...others } = damage;
  const shown = mask === undefined ? [] : [`mask ${typeof mask === 'string' ? mask : 'of a picture'}`];
  const own = Object.entries(others).map(([name, value]) => `${name} ${String(value)}`);
  return [task, ...shown, ...own].join(', ');
}

/** Options of a task that are asked for of a bridge, which has learned one damage alone. */
export type AskedDamage = Omit<NamedTask, 'mask' | 'task'> & {
  readonly task?: string | undefined;
  readonly mask?: string | undefined;
};

/**
 * Checks that no other damage is asked for than that of a bridge.
 * @param name - of the bridge, for messages
 * @throws ConfigError naming what differs.
 */
export async function requireSameDamage(
  name: string,
  { damage, shape }: { readonly damage: DamageFacts; readonly shape: Shape },
  { mask, ...asked }: AskedDamage,
): Promise<void> {
  const message = `expected the one damage that ${name} has learned, ${damageText(damage)}; got`;
  const other = Object.entries(asked).find(([option, value]) => value !== undefined && value !== damage[option as keyof typeof asked]); // prettier-ignore
  checkOptions([other === undefined, other?.[0] ?? '', `${message} ${String(other?.[1])}`]);
  if (mask === undefined) return;
  const known = await readKnown(mask, damage.task, shape);
  const own = typeof known === 'string' ? known : rowsOfMask(known);
  checkOptions([JSON.stringify(own) === JSON.stringify(damage.mask), 'mask', `${message} ${mask}`]);
}

/** A mask as a text of 0 and 1 for each row of pixels. */
function rowsOfMask({ shape: [height = 1, width = 1], data }: Tensor): string[] {
  return Array.from({ length: height }, (_, i) =>
    Array.from(data.subarray(i * width, (i + 1) * width), Number).join(''),
  );
}

function maskOfRows(rows: readonly string[]): Tensor {
  const known = zeros([rows.length, rows[0]?.length ?? 0]);
  const pixels = rows.join('');
  for (let i = 0; i < pixels.length; i++) known.data[i] = Number(pixels[i]);
  return known;
}
