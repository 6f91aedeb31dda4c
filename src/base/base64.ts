/** @file Bytes as text: base64, wherever the library runs. */

/** Characters that are made at a time: each is an argument of a call. */
const part = 2 ** 13;

/** Bytes in base64 (RFC 4648, section 4). */
export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += part) text += String.fromCharCode(...bytes.subarray(i, i + part));
  return btoa(text);
}
