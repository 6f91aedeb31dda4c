/** @file A short name of a data set's content. */
import { createHash, type Hash } from 'node:crypto';
import { sampleShape, type DataSet } from './dataset.ts';

/** The first 16 hexadecimal digits of the SHA-256 of a set's shape and numbers, in their order. */
export function fingerprint(set: DataSet): string {
  const data = set.kind === 'images' ? set.pixels : set.values;
  const shape = createHash('sha256').update(JSON.stringify([set.count, ...sampleShape(set)]));
  return digits(shape, data);
}

/** The same of an array alone. */
export function fingerprintOf(data: Uint8Array): string {
  return digits(createHash('sha256'), data);
}

function digits(hash: Hash, { buffer, byteOffset, byteLength }: Uint8Array | Float64Array): string {
  return hash
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex')
    .slice(0, 16);
}
