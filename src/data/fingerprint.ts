/** @file A short name of a data set's content. */
import { sha256 } from '../base/sha256.ts';
import { kindOf, sampleShape, type DataSet } from './dataset.ts';

/** The first 16 hexadecimal digits of the SHA-256 of a set's shape and numbers, in their order. */
export function fingerprint(set: DataSet): string {
  const shape = new TextEncoder().encode(JSON.stringify([set.count, ...sampleShape(set)]));
  const parts = [...kindOf(set).content(set), ...[set.noise, set.given].filter((part) => part !== undefined)];
  return short(
    shape,
    ...parts.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)),
  );
}

/** The same of an array alone. */
export function fingerprintOf(data: Uint8Array): string {
  return short(data);
}

function short(...parts: readonly Uint8Array[]): string {
  return sha256(...parts).slice(0, 16);
}
