/**
 * @file NumPy's .npy arrays: magic and version, the length of a header, the header (a Python dictionary with the type, the
 * order and the shape), the numbers. Versions 1 to 3 are read, version 1 is written.
 * @see NumPy Enhancement Proposal 1, "A simple file format for NumPy arrays"
 */
import { mapInto } from '../../base/map-into.ts';
import { FileError, ShapeError } from '../../base/errors.ts';
import { sizeOf, type Shape } from '../../base/tensor.ts';
import { declaredCount, expectLength } from './declared-size.ts';
import { parsePythonLiteral, type PythonLiteral } from './python-literal.ts';

/** Numbers of the types that are read and written. */
export type NpyData = Uint8Array | Int32Array | Float32Array | Float64Array;

/** An array in row-major order. */
export interface NpyArray {
  readonly shape: Shape;
  readonly data: NpyData;
}

const magic = [0x93, ...new TextEncoder().encode('NUMPY')];

/** NumPy's own writers stay far below this; a longer header is not an array's. */
const maxHeaderBytes = 65536;
const maxAxes = 8;

/** Bytes up to the first number, at most. */
export const longestHeader = 12 + maxHeaderBytes;

interface NpyType {
  readonly bytes: number;
  /** The numbers of aligned bytes, in this machine's byte order. */
  readonly read: (bytes: Uint8Array, file: string) => NpyData;
}

const types: Readonly<Record<string, NpyType>> = {
  u1: { bytes: 1, read: (bytes) => bytes },
  i4: { bytes: 4, read: ({ buffer, byteOffset, length }) => new Int32Array(buffer, byteOffset, length / 4) },
  i8: {
    bytes: 8,
    read: ({ buffer, byteOffset, length }, file) =>
      mapInto(new Int32Array(length / 8), new BigInt64Array(buffer, byteOffset, length / 8), (n) => narrowed(n, file)),
  },
  f4: { bytes: 4, read: ({ buffer, byteOffset, length }) => new Float32Array(buffer, byteOffset, length / 4) },
  f8: { bytes: 8, read: ({ buffer, byteOffset, length }) => new Float64Array(buffer, byteOffset, length / 8) },
};

function narrowed(value: bigint, file: string): number {
  if (value !== BigInt.asIntN(32, value))
    throw new FileError(file, `expected integers of -2^31 to 2^31 - 1, found ${value}; store floats instead`);
  return Number(value);
}

const hostIsBigEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0;

/** What a header declares. */
export interface NpyHeader {
  readonly type: NpyType;
  readonly bigEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: Shape;
  /** Bytes of the file up to the first number. */
  readonly offset: number;
  /** Bytes of the whole file. */
  readonly length: number;
}

/**
 * Reads the header at the start of `bytes`, of which nothing behind the header is needed.
 * @throws FileError if it is not the header of an array of a known type, or declares more than `maxBytes`.
 */
export function parseNpyHeader(bytes: Uint8Array, file: string): NpyHeader {
  if (!magic.every((byte, i) => bytes[i] === byte))
    throw new FileError(file, 'expected a .npy array (first bytes \\x93NUMPY), found something else');
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3) throw new FileError(file, `expected .npy version 1, 2 or 3, found ${version}`);
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) throw new FileError(file, `expected a .npy header, found only ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, start);
  const headerBytes = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (headerBytes > maxHeaderBytes)
    throw new FileError(file, `expected a .npy header of at most ${maxHeaderBytes} bytes, found one of ${headerBytes}`);
  const offset = start + headerBytes;
  if (offset > bytes.length)
    throw new FileError(file, `expected a .npy header of ${headerBytes} bytes, found only ${bytes.length - start}`);

  const text = new TextDecoder().decode(bytes.subarray(start, offset));
  const { descr, order, axes: shape } = fieldsOf(text, file);
  const [, byteOrder = '', name = ''] = (typeof descr === 'string' && /^([<>=|])?([a-zA-Z]\d*)$/.exec(descr)) || [];
  const type = Object.hasOwn(types, name) ? types[name] : undefined;
  if (type === undefined)
    throw new FileError(
      file,
      `expected numbers of type ${Object.keys(types).join(', ')}, found ${name || 'another type'}`,
    );
  if (shape.length > maxAxes) throw new FileError(file, `expected at most ${maxAxes} axes, found ${shape.length}`);
  const length = offset + declaredCount(shape, type.bytes, file) * type.bytes;
  const bigEndian = byteOrder === '>' || (byteOrder !== '<' && hostIsBigEndian);
  return { type, bigEndian, fortranOrder: order, shape, offset, length };
}

/** The three fields of a header, which is a Python dictionary of them. */
function fieldsOf(
  text: string,
  file: string,
): { readonly descr: PythonLiteral; readonly order: boolean; readonly axes: Shape } {
  const header = parsePythonLiteral(text);
  const fields = typeof header === 'object' && header !== null && 'dict' in header ? header.dict : undefined;
  const descr = fields?.get('descr');
  const order = fields?.get('fortran_order');
  const shape = fields?.get('shape');
  const axes = typeof shape === 'object' && shape !== null && 'tuple' in shape ? shape.tuple : undefined;
  const whole = axes?.every((size): size is number => typeof size === 'number');
  if (descr === undefined || typeof order !== 'boolean' || axes === undefined || whole !== true)
    throw new FileError(
      file,
      `expected descr, fortran_order and shape in its .npy header, found ${JSON.stringify(text.slice(0, 80).trim())}`,
    );
  return { descr, order, axes };
}

/**
 * Reads a .npy array of u1, i4, i8, f4 or f8 in either byte order, in row-major or Fortran order. Integers of 64 bits
 * become 32 bits. The numbers share the memory of `bytes` where they can.
 * @throws FileError if the bytes are not such an array, are more or fewer than the header declares, or contain an integer
 * beyond 32 bits.
 */
export function parseNpy(bytes: Uint8Array, file: string): NpyArray {
  const { type, bigEndian, fortranOrder, shape, offset, length } = parseNpyHeader(bytes, file);
  expectLength(bytes.length, length, file);
  const swaps = bigEndian !== hostIsBigEndian;
  const aligned = (bytes.byteOffset + offset) % type.bytes === 0;
  const numbers = swaps || !aligned ? bytes.slice(offset) : bytes.subarray(offset);
  if (swaps) swapBytes(numbers, type.bytes);
  const data = type.read(numbers, file);
  return { shape, data: fortranOrder ? toRowMajor(data, shape) : data };
}

function toRowMajor(data: NpyData, shape: Shape): NpyData {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  const index = shape.map(() => 0);
  const out = data.slice();
  let from = 0;
  for (let to = 0; to < out.length; to++) {
    out[to] = data[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]! += 1;
      from += strides[axis]!;
      if (index[axis]! < shape[axis]!) break;
      from -= shape[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
  return out;
}

function typeName(data: NpyData): string {
  if (data instanceof Uint8Array) return '|u1';
  if (data instanceof Int32Array) return '<i4';
  return data instanceof Float32Array ? '<f4' : '<f8';
}

/**
 * The bytes of a .npy file, version 1, row-major, little-endian.
 * @throws ShapeError if the number of elements is not that of the shape.
 */
export function formatNpy({ shape, data }: NpyArray): Uint8Array {
  if (data.length !== sizeOf(shape))
    throw new ShapeError(`formatNpy: expected ${sizeOf(shape)} elements for shape [${shape}], got ${data.length}`);
  const axes = shape.length === 1 ? `${shape},` : shape.join(', ');
  const fields = `{'descr': '${typeName(data)}', 'fortran_order': False, 'shape': (${axes}), }`;
  // The numbers begin at a multiple of 64 bytes, and a line feed comes before them.
  const offset = Math.ceil((10 + fields.length + 1) / 64) * 64;
  const out = new Uint8Array(offset + data.byteLength);
  out.set([...magic, 1, 0]);
  new DataView(out.buffer).setUint16(8, offset - 10, true);
  out.set(new TextEncoder().encode(`${fields.padEnd(offset - 11)}\n`), 10);
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
  if (hostIsBigEndian) swapBytes(out.subarray(offset), data.BYTES_PER_ELEMENT);
  return out;
}

/** Reverses the bytes of each number. */
function swapBytes(bytes: Uint8Array, bytesPerNumber: number): void {
  for (let at = 0; at < bytes.length; at += bytesPerNumber) bytes.subarray(at, at + bytesPerNumber).reverse();
}
