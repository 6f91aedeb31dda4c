/** @file A short name of a data set's content. */
import { createHash } from 'node:crypto';
import { sampleShape, type DataSet } from './dataset.ts';

/** The first 16 hexadecimal digits of the SHA-256 of a set's shape and numbers, in their order. */
export function fingerprint(set: DataSet): string {
  const data = set.kind === 'images' ? set.pixels : set.values;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const hash = createHash('sha256').update(JSON.stringify([set.count, ...sampleShape(set)]));
  return hash.update(bytes).digest('hex').slice(0, 16);
}
