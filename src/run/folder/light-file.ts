/** @file The file of a light bridge in the folder of its direction. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { FileError } from '../../base/errors.ts';
import { sizeOf } from '../../base/tensor.ts';
import type { LightPotential } from '../../bridge/light-bridge.ts';
import { writeAtomic } from '../../io/atomic.ts';
import { parseSummary, type DataSummary } from '../data-summary.ts';
import { readJson } from './run-folder.ts';

const name = 'light.json';

const number = v.pipe(v.number(), v.finite());
const above = v.pipe(number, v.gtValue(0));
const schema = v.strictObject({
  epsilon: above,
  logWeights: v.pipe(v.array(number), v.minLength(1)),
  centers: v.array(number),
  scales: v.array(above),
  data: v.unknown(),
});

/** A fitted potential with what its samples are. */
export interface StoredLight {
  readonly potential: LightPotential;
  readonly data: DataSummary;
}

/** Whether a folder has the potential of a light bridge. */
export function isLight(folder: string): boolean {
  return existsSync(join(folder, name));
}

/**
 * Writes the potential of a direction into its folder, which is there.
 * @throws FileError if the file cannot be written.
 */
export function writeLight(folder: string, { potential, data }: StoredLight): void {
  const { epsilon, logWeights, centers, scales } = potential;
  const [weights, means, variances] = [logWeights, centers, scales].map((values) => Array.from(values));
  const stored = { epsilon, logWeights: weights, centers: means, scales: variances, data };
  writeAtomic(join(folder, name), `${JSON.stringify(stored, undefined, 1)}\n`);
}

/**
 * Reads the potential of a direction.
 * @throws FileError if the file is damaged.
 */
export function readLight(folder: string): StoredLight {
  const file = join(folder, name);
  const result = v.safeParse(schema, readJson(file));
  const damaged = 'expected the components of a light bridge; the file is damaged, fit it again with --resume after deleting it'; // prettier-ignore
  if (!result.success) throw new FileError(file, damaged);
  const { epsilon, logWeights, centers, scales, data: about } = result.output;
  const data = parseSummary(JSON.stringify(about), file);
  const dimension = sizeOf(data.shape);
  const numbers = logWeights.length * dimension;
  if (centers.length !== numbers || scales.length !== numbers) throw new FileError(file, damaged);
  const [weights, means, variances] = [logWeights, centers, scales].map((values) => Float64Array.from(values));
  return {
    potential: {
      ...{ dimension, epsilon, logWeights: weights ?? new Float64Array() },
      ...{ centers: means ?? new Float64Array(), scales: variances ?? new Float64Array() },
    },
    data,
  };
}
