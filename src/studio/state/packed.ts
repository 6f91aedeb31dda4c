/** @file Small whole numbers as text of an address: so many bits of each, in base64 for addresses. */

import { base64Of } from '../../base/base64.ts';

/** The text of numbers of 0 to 2^bits - 1; bits are 1, 2, 4 or 8. */
export function pack(values: ArrayLike<number>, bits: number): string {
  const perByte = 8 / bits;
  const bytes = new Uint8Array(Math.ceil(values.length / perByte));
  Array.from(values).forEach((value, i) => {
    const at = Math.floor(i / perByte);
    bytes[at] = (bytes[at] ?? 0) | (value << (bits * (i % perByte)));
  });
  return base64Of(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** So many numbers of a text; undefined if it has fewer or more. */
export function unpack(text: string, bits: number, count: number): Uint8Array | undefined {
  const perByte = 8 / bits;
  let bytes: string;
  try {
    bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return undefined;
  }
  if (bytes.length !== Math.ceil(count / perByte)) return undefined;
  const own = (i: number): number => bytes.charCodeAt(Math.floor(i / perByte)) >> (bits * (i % perByte));
  return Uint8Array.from({ length: count }, (_, i) => own(i) & (2 ** bits - 1));
}
