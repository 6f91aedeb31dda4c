/**
 * @file PLY files, as text and in both orders of bytes. Files come from anywhere, so that every count is checked before it is believed; of all
 * elements only the coordinates of vertices and the corners of faces are of use here.
 * @see Turk 1994, "The PLY polygon file format"
 */
import { FileError } from '../../base/errors.ts';
import { checkedMesh, fanInto, type Mesh } from './mesh.ts';

const types: Readonly<
  Record<string, readonly [bytes: number, read: (view: DataView, at: number, little: boolean) => number]>
> = {
  int8: [1, (view, at) => view.getInt8(at)],
  uint8: [1, (view, at) => view.getUint8(at)],
  int16: [2, (view, at, little) => view.getInt16(at, little)],
  uint16: [2, (view, at, little) => view.getUint16(at, little)],
  int32: [4, (view, at, little) => view.getInt32(at, little)],
  uint32: [4, (view, at, little) => view.getUint32(at, little)],
  float32: [4, (view, at, little) => view.getFloat32(at, little)],
  float64: [8, (view, at, little) => view.getFloat64(at, little)],
};

/** The older names of the types. */
const aliases: Readonly<Record<string, string>> = {
  ...{ char: 'int8', uchar: 'uint8', short: 'int16', ushort: 'uint16' },
  ...{ int: 'int32', uint: 'uint32', float: 'float32', double: 'float64' },
};

interface Property {
  readonly name: string;
  readonly type: string;
  /** Type of the length, of a list. */
  readonly length?: string;
}

interface Element {
  readonly name: string;
  readonly count: number;
  readonly properties: Property[];
}

interface Header {
  readonly format: string;
  readonly elements: readonly Element[];
  /** Where the values begin. */
  readonly begin: number;
}

/** Gives the next value of a type. */
type Next = (type: string) => number;

/**
 * The mesh or the cloud of a PLY file.
 * @throws FileError if it is none, is damaged, or has no points.
 */
export function readPly(bytes: Uint8Array, file: string): Mesh {
  const { format, elements, begin } = readHeader(bytes, file);
  const next = format === 'ascii' ? textValues(bytes.subarray(begin), file) : binaryValues(bytes, begin, format, file);
  let vertices = new Float64Array();
  const faces: number[] = [];
  for (const { name, count, properties } of elements) {
    // Each element takes a byte or more, so that no count is believed beyond the file.
    if (count > bytes.length)
      throw new FileError(file, `expected ${count} of element ${name}, found the end of the file`);
    const axes = ['x', 'y', 'z'].map((axis) => properties.findIndex((one) => one.name === axis && !one.length));
    if (name === 'vertex') {
      if (axes.includes(-1)) throw new FileError(file, 'expected properties x, y and z of the vertices, found others');
      vertices = new Float64Array(3 * count);
    }
    for (let i = 0; i < count; i++)
      properties.forEach(({ name: property, type, length }, j) => {
        if (length === undefined) {
          const value = next(type);
          const axis = name === 'vertex' ? axes.indexOf(j) : -1;
          if (axis >= 0) vertices[3 * i + axis] = value;
          return;
        }
        const size = next(length);
        if (!(size >= 0 && size <= bytes.length))
          throw new FileError(
            file,
            `expected a list of 0 values or more, found a length of ${size}; the file is damaged`,
          );
        const corners = Array.from({ length: size }, () => next(type));
        if (name === 'face' && /^vertex_ind(ex|ices)$/.test(property)) fanInto(faces, corners);
      });
  }
  return checkedMesh(vertices, faces, file);
}

function readHeader(bytes: Uint8Array, file: string): Header {
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, 2 ** 16));
  const end = /^end_header\r?\n/m.exec(text);
  if (!/^ply\r?\n/.test(text) || end === null)
    throw new FileError(file, 'expected a PLY file, which begins with ply and has a line end_header');
  let format = '';
  const elements: Element[] = [];
  const typeOf = (name = ''): string => {
    const type = aliases[name] ?? name;
    if (!Object.hasOwn(types, type))
      throw new FileError(file, `expected a type such as float, found ${JSON.stringify(name)}`);
    return type;
  };
  for (const line of text.slice(0, end.index).split(/\r?\n/)) {
    const [word, ...rest] = line.trim().split(/\s+/);
    if (word === 'format') format = rest[0] ?? '';
    else if (word === 'element') {
      const [name = '', count = ''] = rest;
      if (!/^\d+$/.test(count))
        throw new FileError(file, `expected a number of ${name}, found ${JSON.stringify(count)}`);
      elements.push({ name, count: Number(count), properties: [] });
    } else if (word === 'property')
      elements
        .at(-1)
        ?.properties.push(
          rest[0] === 'list'
            ? { name: rest[3] ?? '', type: typeOf(rest[2]), length: typeOf(rest[1]) }
            : { name: rest[1] ?? '', type: typeOf(rest[0]) },
        );
  }
  const formats = ['ascii', 'binary_little_endian', 'binary_big_endian'];
  if (!formats.includes(format))
    throw new FileError(file, `expected the format ${formats.join(', ')}, found ${JSON.stringify(format)}`);
  if (!elements.some(({ name }) => name === 'vertex')) throw new FileError(file, 'expected vertices, found none');
  return { format, elements, begin: end.index + end[0].length };
}

function textValues(bytes: Uint8Array, file: string): Next {
  const words = new TextDecoder('latin1').decode(bytes).matchAll(/\S+/g);
  return () => {
    const { value: [word] = [] } = words.next();
    if (word === undefined) throw new FileError(file, 'expected more values, found the end of the file');
    const value = Number(word);
    if (Number.isNaN(value) && !/^[+-]?nan$/i.test(word))
      throw new FileError(file, `expected numbers, found ${JSON.stringify(word.slice(0, 20))}`);
    return value;
  };
}

function binaryValues(bytes: Uint8Array, begin: number, format: string, file: string): Next {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = format === 'binary_little_endian';
  let at = begin;
  return (type) => {
    const [size, read] = types[type]!;
    if (at + size > bytes.length) throw new FileError(file, 'expected more values, found the end of the file');
    at += size;
    return read(view, at - size, little);
  };
}

/** A cloud of points `[N, 3]` as a PLY file of floats, little-endian. */
export function writePly(points: ArrayLike<number>): Uint8Array {
  const count = points.length / 3;
  const header = new TextEncoder().encode(
    `ply\nformat binary_little_endian 1.0\nelement vertex ${count}\nproperty float x\nproperty float y\nproperty float z\nend_header\n`,
  );
  const bytes = new Uint8Array(header.length + 4 * points.length);
  bytes.set(header);
  const view = new DataView(bytes.buffer);
  for (let j = 0; j < points.length; j++) view.setFloat32(header.length + 4 * j, points[j]!, true);
  return bytes;
}
