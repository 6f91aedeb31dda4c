/**
 * @file A writer of Protocol Buffers messages, as far as ONNX models and event logs need one. A message is the list of its
 * byte runs, so that large arrays are copied once, at the end.
 */
import { InternalError } from './errors.ts';

/** An encoded message or field. */
export interface Encoded {
  readonly size: number;
  readonly parts: readonly Uint8Array[];
}

const text = new TextEncoder();

function encoded(parts: readonly Uint8Array[]): Encoded {
  return { size: parts.reduce((sum, part) => sum + part.length, 0), parts };
}

/** Every field begins with a number below 128 or two, and nobody changes the bytes of a part. */
const small = Array.from({ length: 128 }, (_, value) => Uint8Array.of(value));

function varint(value: number): Uint8Array {
  const short = small[value];
  if (short !== undefined) return short;
  if (!Number.isSafeInteger(value)) throw new InternalError(`protobuf: ${value} is not a safe integer`);
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

function tag(field: number, wireType: 0 | 1 | 2 | 5): Uint8Array {
  return varint(field * 8 + wireType);
}

/** An int32, int64, enum or bool field. */
export function intField(field: number, value: number): Encoded {
  return encoded([tag(field, 0), varint(value)]);
}

/** A float field. */
export function floatField(field: number, value: number): Encoded {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return encoded([tag(field, 5), bytes]);
}

/** A double field. */
export function doubleField(field: number, value: number): Encoded {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return encoded([tag(field, 1), bytes]);
}

/** A bytes field; the bytes are not copied before `toBytes`. */
export function bytesField(field: number, bytes: Uint8Array): Encoded {
  return encoded([tag(field, 2), varint(bytes.length), bytes]);
}

/** A string field. */
export function stringField(field: number, value: string): Encoded {
  return bytesField(field, text.encode(value));
}

/** A field that holds a message. */
export function messageField(field: number, value: Encoded): Encoded {
  return encoded([tag(field, 2), varint(value.size), ...value.parts]);
}

/** A message of fields; nested lists stand for repeated fields. */
export function message(...fields: readonly (Encoded | readonly Encoded[])[]): Encoded {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (const field of fields)
    for (const one of 'parts' in field ? [field] : field) {
      size += one.size;
      for (const part of one.parts) parts.push(part);
    }
  return { size, parts };
}

/** The bytes of a message. */
export function toBytes({ size, parts }: Encoded): Uint8Array {
  const out = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}
