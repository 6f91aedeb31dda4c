/**
 * @file STL files, binary and as text: triangles with corners of their own.
 * @see 3D Systems 1989, "Stereolithography interface specification"
 */
import { FileError } from '../../base/errors.ts';
import { checkedMesh, type Mesh } from './mesh.ts';

/** Bytes before the triangles, and of each of them. */
const [head, ofTriangle] = [84, 50];

/**
 * The mesh of an STL file.
 * @throws FileError if it is none, is damaged, or has no triangles.
 */
export function readStl(bytes: Uint8Array, file: string): Mesh {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length >= head ? view.getUint32(80, true) : -1;
  // Binary files may begin with the word of those of text, so that the length decides.
  const corners =
    count >= 0 && bytes.length === head + count * ofTriangle
      ? binaryCorners(view, count)
      : textCorners(bytes, count, file);
  const numbers = Uint32Array.from({ length: corners.length / 3 }, (_, k) => k);
  return checkedMesh(corners, numbers, file);
}

function binaryCorners(view: DataView, count: number): Float64Array {
  const corners = new Float64Array(9 * count);
  // Each triangle begins with its normal.
  for (let i = 0; i < count; i++)
    for (let j = 0; j < 9; j++) corners[9 * i + j] = view.getFloat32(head + i * ofTriangle + 12 + 4 * j, true);
  return corners;
}

function textCorners(bytes: Uint8Array, count: number, file: string): Float64Array {
  const text = new TextDecoder('latin1').decode(bytes);
  if (!/^\s*solid\b/.test(text))
    throw new FileError(
      file,
      count < 0
        ? 'expected an STL file, which begins with solid or has 84 bytes before its triangles'
        : `expected ${count} triangles of ${ofTriangle} bytes, found ${bytes.length - head} bytes; it is no STL file, or is damaged`,
    );
  const corners = Array.from(text.matchAll(/\bvertex\s+(\S+)\s+(\S+)\s+(\S+)/g), ([, x, y, z]) =>
    [x, y, z].map(Number),
  ).flat();
  if (corners.length % 9 !== 0)
    throw new FileError(file, `expected triangles of three corners, found ${corners.length / 3} corners`);
  return Float64Array.from(corners);
}
