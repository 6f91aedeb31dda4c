/**
 * @file Named tensors in one file, in the safetensors format: 8 bytes with the length of a JSON header (little endian), the
 * header, and the tensors' numbers. Files come from anywhere, so that nothing a header claims is believed unchecked.
 */
import { allFinite } from '../base/arith.ts';
import { mapInto } from '../base/map-into.ts';
import { FileError, ShapeError } from '../base/errors.ts';
import { type Shape, sizeOf } from '../base/tensor.ts';
import { fromFloat16, toFloat16 } from './float16.ts';

/** Numbers with a shape, as checkpoints store them. */
export interface StoredTensor {
  readonly shape: Shape;
  readonly data: Float32Array;
  /** How its numbers are written: as they are by default, rounded to half precision, or as the whole numbers from -128 to 127 that they are. Undefined for tensors that were read. */
  readonly dtype?: 'F32' | 'F16' | 'I8';
}

/** What is in a safetensors file. */
export interface Safetensors {
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** One tensor of a header, checked: its bytes `begin` to `end` (counted from the end of the header) fit its shape. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

/** A checked header. */
export interface SafetensorsHeader {
  readonly entries: readonly TensorEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

const bytesOf = { I8: 1, F16: 2, F32: 4, F64: 8 } as const;
type Dtype = keyof typeof bytesOf;

const writtenAs = {
  I8: (data: Float32Array) => Int8Array.from(data),
  F16: (data: Float32Array) => mapInto(new Uint16Array(data.length), data, toFloat16),
  F32: (data: Float32Array) => data,
};

/** Length of the field that precedes the header. */
export const prefixLength = 8;
const maxHeaderLength = 100_000_000;
const metadataKey = '__metadata__';

/**
 * Bytes of a safetensors file with every tensor as float32, or as float16 or int8 where it says so. Equal content gives equal bytes: names are sorted.
 * @throws ShapeError if a tensor has not as many numbers as its shape says.
 */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  const sorted = Object.entries(tensors).sort(byName);
  let offset = 0;
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header[metadataKey] = Object.fromEntries(Object.entries(metadata).sort(byName));
  const described = sorted.map(([name, { shape, data, dtype = 'F32' }]) => {
    if (name === metadataKey) throw new ShapeError(`encodeSafetensors: a tensor cannot be named ${metadataKey}`);
    if (data.length !== sizeOf(shape))
      throw new ShapeError(
        `encodeSafetensors: expected ${sizeOf(shape)} numbers for "${name}" [${shape}], got ${data.length}`,
      );
    const begin = offset;
    offset += data.length * bytesOf[dtype];
    return [name, { dtype, shape, data_offsets: [begin, offset] }] as const;
  });
  const json = JSON.stringify(Object.fromEntries([...Object.entries(header), ...described]));
  const text = new TextEncoder().encode(json);
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(prefixLength + length + offset).fill(0x20, prefixLength, prefixLength + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, prefixLength);
  let at = prefixLength + length;
  for (const [, { data, dtype = 'F32' }] of sorted) {
    const numbers = writtenAs[dtype](data);
    bytes.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), at);
    at += numbers.byteLength;
  }
  return bytes;
}

/**
 * Tensors and metadata of a safetensors file; F32 is taken as it is, I8, F16 and F64 become float32.
 * @param file - the name that errors give
 * @throws FileError in one sentence for whatever is not a sound safetensors file.
 */
export function decodeSafetensors(bytes: Uint8Array, file: string): Safetensors {
  const { entries, metadata } = decodeHeader(bytes, bytes.length, file);
  const data = bytes.subarray(prefixLength + headerLength(bytes, bytes.length, file));
  const tensors = entries.map((entry) => {
    const numbers = floatsOf(entry.dtype, new Uint8Array(data.subarray(entry.begin, entry.end)));
    return [entry.name, { shape: entry.shape, data: numbers }] as const;
  });
  return { tensors: Object.fromEntries(tensors), metadata };
}

/**
 * As `decodeSafetensors`, for files whose numbers are parameters: none of them may be NaN or infinite, as nothing that is
 * computed with them would be a number.
 * @throws FileError as `decodeSafetensors`, and naming the first tensor and number that is not finite.
 */
export function decodeParameters(bytes: Uint8Array, file: string): Safetensors {
  const content = decodeSafetensors(bytes, file);
  for (const [name, { data }] of Object.entries(content.tensors)) {
    if (allFinite(data)) continue;
    const at = data.findIndex((value) => !Number.isFinite(value));
    throw new FileError(file, `expected finite parameters, found ${data[at]} in ${quote(name)}, number ${at}`);
  }
  return content;
}

/**
 * Length of the header of a file of `fileSize` bytes, of which `bytes` is the beginning.
 * @throws FileError if the file cannot contain such a header.
 */
export function headerLength(bytes: Uint8Array, fileSize: number, file: string): number {
  if (bytes.length < prefixLength)
    throw broken(file, `expected at least ${prefixLength} bytes, the file has ${fileSize}`);
  const claimed = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (claimed > maxHeaderLength)
    throw broken(file, `expected a header of at most ${maxHeaderLength} bytes, the file claims ${claimed}`);
  if (Number(claimed) > fileSize - prefixLength)
    throw broken(file, `its header needs ${claimed} bytes and the file has ${fileSize}; it may be cut off`);
  return Number(claimed);
}

/**
 * Checked header of a file of `fileSize` bytes, of which `bytes` is the beginning up to the end of the header or beyond.
 * @throws FileError as `decodeSafetensors` does.
 */
export function decodeHeader(bytes: Uint8Array, fileSize: number, file: string): SafetensorsHeader {
  const length = headerLength(bytes, fileSize, file);
  const text = decodeText(bytes.subarray(prefixLength, prefixLength + length), file);
  const json = parseJson(text, file);
  if (!isRecord(json)) throw broken(file, 'its header is not a JSON object');
  const repeated = repeatedName(text);
  if (repeated !== undefined) throw broken(file, `its header names ${quote(repeated)} twice`);
  const entries = Object.entries(json)
    .filter(([name]) => name !== metadataKey)
    .map(([name, value]) => checkedEntry(name, value, file));
  checkLayout(entries, fileSize - prefixLength - length, file);
  return { entries, metadata: checkedMetadata(json[metadataKey], file) };
}

function checkedEntry(name: string, value: unknown, file: string): TensorEntry {
  const problem = (what: string): FileError => broken(file, `tensor ${quote(name)} ${what}`);
  if (!isRecord(value)) throw problem('is not described by a JSON object');
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(bytesOf, dtype))
    throw problem(
      `has ${typeof dtype === 'string' ? `type ${quote(dtype)}` : 'no type'}; expected F32, F16, F64 or I8`,
    );
  if (!isCounts(shape)) throw problem('has a shape that is not a list of whole numbers');
  if (!isCounts(offsets) || offsets.length !== 2) throw problem('has no valid pair of offsets');
  const [begin = 0, end = 0] = offsets;
  const size = sizeOf(shape) * bytesOf[dtype as Dtype];
  if (!Number.isSafeInteger(size)) throw problem(`has a shape [${shape.slice(0, 8)}] that no file can contain`);
  if (end - begin !== size)
    throw problem(`needs ${size} bytes for its shape [${shape.slice(0, 8)}] and claims ${end - begin}`);
  return { name, dtype: dtype as Dtype, shape, begin, end };
}

/** Tensors must fill the data without gap, overlap or rest. */
function checkLayout(entries: readonly TensorEntry[], dataLength: number, file: string): void {
  let filled = 0;
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== filled)
      throw broken(file, `tensor ${quote(name)} begins at byte ${begin}, expected ${filled} where the one before ends`);
    filled = end;
  }
  if (filled !== dataLength)
    throw broken(
      file,
      `its tensors need ${filled} bytes and the file contains ${dataLength}` +
        (filled > dataLength ? '; it may be cut off' : ''),
    );
}

function checkedMetadata(value: unknown, file: string): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  if (!isRecord(value) || !Object.values(value).every((v) => typeof v === 'string'))
    throw broken(file, 'its metadata is not a JSON object of texts');
  return value as Record<string, string>;
}

/** JSON.parse keeps the last of two equal names; two readers might disagree, so such a header is refused. */
function repeatedName(json: string): string | undefined {
  const seen: Set<string>[] = [];
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    const c = json[i];
    if (c === '{') seen[++depth] = new Set();
    else if (c === '[') depth++;
    else if (c === '}' || c === ']') depth--;
    else if (c === '"') {
      const begin = i++;
      while (json[i] !== '"') i += json[i] === '\\' ? 2 : 1;
      // Nothing below the second level can be in a sound header unless a repeated name hides it.
      if (depth > 2 || !isName(json, i + 1)) continue;
      const name = JSON.parse(json.slice(begin, i + 1)) as string;
      if (seen[depth]?.has(name)) return name;
      seen[depth]?.add(name);
    }
  }
  return undefined;
}

function isName(json: string, after: number): boolean {
  let i = after;
  while (json[i] === ' ' || json[i] === '\n' || json[i] === '\t' || json[i] === '\r') i++;
  return json[i] === ':';
}

function floatsOf(dtype: Dtype, bytes: Uint8Array<ArrayBuffer>): Float32Array {
  if (dtype === 'F32') return new Float32Array(bytes.buffer);
  if (dtype === 'F64') return new Float32Array(new Float64Array(bytes.buffer));
  if (dtype === 'I8') return new Float32Array(new Int8Array(bytes.buffer));
  const bits = new Uint16Array(bytes.buffer);
  return mapInto(new Float32Array(bits.length), bits, fromFloat16);
}

function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw broken(file, 'its header is not UTF-8 text', { cause });
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw broken(file, 'its header is not JSON', { cause });
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0 && !Object.is(n, -0));
}

/** A name from the file as errors show it: on one line and not longer than a line. */
function quote(name: string): string {
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 57)}...` : name);
}

function broken(file: string, what: string, options?: ErrorOptions): FileError {
  return new FileError(file, `not a sound safetensors file: ${what}`, options);
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
