/**
 * @file A writer of Protocol Buffers messages, as far as ONNX models and event logs need one. What is encoded knows its size and
 * how to write itself, so that a whole message is written once, into one array.
 */
import { InternalError } from './errors.ts';

/** An encoded message or field. */
export interface Encoded {
  readonly size: number;
  /** Writes `size` bytes from `at` on. */
  readonly write: (out: Uint8Array, at: number) => void;
}

/** Bytes of an integer in groups of seven bits; of a negative one those of its 64 bits. */
function varintSize(value: number): number {
  if (!Number.isSafeInteger(value)) throw new InternalError(`protobuf: ${value} is not a safe integer`);
  if (value < 0) return 10;
  let size = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) size += 1;
  return size;
}

/** Writes an integer and returns the position after it. */
function writeVarint(out: Uint8Array, begin: number, value: number): number {
  if (value < 0) return writeWide(out, begin, BigInt.asUintN(64, BigInt(value)));
  let [at, rest] = [begin, value];
  for (; rest > 127; rest = Math.floor(rest / 128)) out[at++] = (rest % 128) | 128;
  out[at] = rest;
  return at + 1;
}

function writeWide(out: Uint8Array, begin: number, value: bigint): number {
  let [at, rest] = [begin, value];
  for (; rest > 127n; rest >>= 7n) out[at++] = Number(rest & 127n) | 128;
  out[at] = Number(rest);
  return at + 1;
}

const varint = 0;
const fixed64 = 1;
const delimited = 2;
const fixed32 = 5;

/** A field of a wire type with a content that knows its size. */
function field(number: number, wireType: number, size: number, write: Encoded['write']): Encoded {
  const tag = number * 8 + wireType;
  const [tagSize, lengthSize] = [varintSize(tag), wireType === delimited ? varintSize(size) : 0];
  return {
    size: tagSize + lengthSize + size,
    write: (out, at) => {
      const begin = writeVarint(out, at, tag);
      write(out, lengthSize === 0 ? begin : writeVarint(out, begin, size));
    },
  };
}

/** An int32, int64, enum or bool field. */
export function intField(number: number, value: number): Encoded {
  return field(number, varint, varintSize(value), (out, at) => writeVarint(out, at, value));
}

/** A float field. */
export function floatField(number: number, value: number): Encoded {
  return field(number, fixed32, 4, (out, at) => viewOf(out).setFloat32(at, value, true));
}

/** A double field. */
export function doubleField(number: number, value: number): Encoded {
  return field(number, fixed64, 8, (out, at) => viewOf(out).setFloat64(at, value, true));
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** A bytes field; the bytes are not copied before `toBytes`. */
export function bytesField(number: number, bytes: Uint8Array): Encoded {
  return field(number, delimited, bytes.length, (out, at) => out.set(bytes, at));
}

const utf8 = new TextEncoder();

/** A string field. */
export function stringField(number: number, value: string): Encoded {
  // Almost all text here is ASCII and short, for which the encoder takes longer to call than to run.
  for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) > 127) return bytesField(number, utf8.encode(value));
  return field(number, delimited, value.length, (out, at) => {
    for (let i = 0; i < value.length; i++) out[at + i] = value.charCodeAt(i);
  });
}

/** A field that contains a message. */
export function messageField(number: number, value: Encoded): Encoded {
  return field(number, delimited, value.size, value.write);
}

/** A message of fields; nested lists stand for repeated fields. */
export function message(...fields: readonly (Encoded | readonly Encoded[])[]): Encoded {
  const parts = fields.flat() as readonly Encoded[];
  let size = 0;
  for (const part of parts) size += part.size;
  return {
    size,
    write: (out, at) => {
      let next = at;
      for (const part of parts) {
        part.write(out, next);
        next += part.size;
      }
    },
  };
}

/** The bytes of a message. */
export function protobufBytes({ size, write }: Encoded): Uint8Array {
  const out = new Uint8Array(size);
  write(out, 0);
  return out;
}
