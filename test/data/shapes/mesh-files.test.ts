/** @file Files of meshes and clouds: what is read of each format, and one sentence for what is none. */
import { describe, expect, it } from 'vitest';
import { FileError } from '../../../src/base/errors.ts';
import { foldIn, key } from '../../../src/base/key.ts';
import { indexOf, normal, uniform } from '../../../src/base/random.ts';
import type { Mesh } from '../../../src/data/shapes/mesh.ts';
import { readObj } from '../../../src/data/shapes/obj.ts';
import { readPly, writePly } from '../../../src/data/shapes/ply.ts';
import { readStl } from '../../../src/data/shapes/stl.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const corners = [0, 0, 0, 2, 0, 0, 2, 1, 0, 0, 1, 0.5];
const square: Mesh = { vertices: Float64Array.from(corners), faces: Uint32Array.from([0, 1, 2, 0, 2, 3]) };

const header = (format: string): string =>
  `ply\nformat ${format} 1.0\ncomment of nobody\nelement vertex 4\nproperty uchar red\nproperty float x\nproperty double y\nproperty float z\n` +
  'element face 1\nproperty list uchar int vertex_indices\nelement edge 1\nproperty list uchar short other\nend_header\n';

/** The square in a binary PLY file with colors, a quadrangle and an element that is passed over. */
function binary(little: boolean): Uint8Array {
  const head = bytes(header(little ? 'binary_little_endian' : 'binary_big_endian'));
  const body = new DataView(new ArrayBuffer(4 * 17 + 17 + 5));
  for (let i = 0; i < 4; i++) {
    body.setUint8(17 * i, 200);
    body.setFloat32(17 * i + 1, corners[3 * i]!, little);
    body.setFloat64(17 * i + 5, corners[3 * i + 1]!, little);
    body.setFloat32(17 * i + 13, corners[3 * i + 2]!, little);
  }
  body.setUint8(68, 4);
  for (let k = 0; k < 4; k++) body.setInt32(69 + 4 * k, k, little);
  body.setUint8(85, 2);
  return Uint8Array.from([...head, ...new Uint8Array(body.buffer)]);
}

const ascii = bytes(`${header('ascii')}200 0 0 0\n9 2 0 0\n9 2 1 0\n9 0 1 0.5\n4 0 1 2 3\n2 7 8\n`);
const obj = bytes(
  '# a square\nvn 0 0 1\nv 0 0 0\nv 2 0 0 1\nv 2 1 0\nv 0 1 .5\ng side\nf 1/1/1 2//1 3\\\n 4\nf -4 -3 -2\n',
);

/** Triangles as an STL file. */
function stl(triangles: readonly (readonly number[])[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(84 + 50 * triangles.length));
  view.setUint32(80, triangles.length, true);
  triangles.forEach((triangle, i) => {
    triangle.forEach((value, j) => view.setFloat32(84 + 50 * i + 12 + 4 * j, value, true));
  });
  return new Uint8Array(view.buffer);
}
const triangle = [0, 0, 0, 1, 0, 0, 0, 1, 0];

describe('what is read', () => {
  it.each([
    ['ascii', ascii],
    ['little-endian', binary(true)],
    ['big-endian', binary(false)],
  ])('of PLY, %s: coordinates of any type, and faces by fans', (_, file) => {
    expect(readPly(file, 'a.ply')).toEqual(square);
  });

  it('of OBJ: points, faces with textures and normals, continued lines, and corners from the end', () => {
    const { vertices, faces } = readObj(obj, 'a.obj');
    expect([Array.from(vertices), Array.from(faces)]).toEqual([corners, [0, 1, 2, 0, 2, 3, 0, 1, 2]]);
  });

  it('of STL, binary and as text', () => {
    const text =
      'solid x\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1e0 0\nendloop\nendfacet\nendsolid x\n';
    const mesh = { vertices: Float64Array.from(triangle), faces: Uint32Array.from([0, 1, 2]) };
    expect(readStl(bytes(text), 'a.stl')).toEqual(mesh);
    expect(readStl(stl([triangle]), 'a.stl')).toEqual(mesh);
  });

  it('is what was written, in float32', () => {
    const points = Float32Array.from(normal(key(0), 30));
    const { vertices, faces } = readPly(writePly(points), 'a.ply');
    expect(vertices).toEqual(Float64Array.from(points));
    expect(faces).toHaveLength(0);
  });
});

const cloud = (text: string): Uint8Array =>
  bytes(
    `ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nproperty float y\nproperty float z\nend_header\n${text}`,
  );

describe('what is none is refused in a sentence', () => {
  it.each<[name: string, read: (file: Uint8Array, name: string) => Mesh, file: Uint8Array, problem: RegExp]>([
    ['an empty file', readPly, bytes(''), /expected a PLY file/],
    [
      'no points',
      readPly,
      bytes(header('ascii').replace('vertex 4', 'vertex 0').replace('face 1', 'face 0').replace('edge 1', 'edge 0')),
      /expected points, found a file without any/,
    ],
    ['too few values', readPly, cloud('0 0 0 1'), /found the end of the file/],
    ['a word', readPly, cloud('0 0 0 1 one 2'), /expected numbers, found "one"/],
    ['NaN', readPly, cloud('0 0 0 1 nan 2'), /expected finite coordinates, found NaN in point 2/],
    [
      'another type',
      readPly,
      bytes(header('ascii').replace('double', 'quad')),
      /expected a type such as float, found "quad"/,
    ],
    ['another format', readPly, bytes(header('binary_middle')), /expected the format ascii, .*found "binary_middle"/],
    ['no y', readPly, bytes(header('ascii').replace('double y', 'double v')), /expected properties x, y and z/],
    [
      'a billion points',
      readPly,
      bytes(header('ascii').replace('vertex 4', 'vertex 1000000000')),
      /expected 1000000000 of element vertex/,
    ],
    [
      'a face beyond the points',
      readPly,
      bytes(`${header('ascii')}${'0 0 0 0\n'.repeat(4)}3 0 1 9\n0\n`),
      /expected faces between the 4 points, found one with point 10/,
    ],
    ['a point of two numbers', readObj, bytes('v 0 0 0\nv 1 2\n'), /expected three numbers in line 2, found "v 1 2"/],
    [
      'a face of two corners',
      readObj,
      bytes('v 0 0 0\nf 1 1\n'),
      /expected three corners or more, numbers of points, in line 2/,
    ],
    ['an OBJ file of normals', readObj, bytes('vn 0 0 0\n'), /expected points, found a file without any/],
    ['an infinite point', readObj, bytes('v 0 0 1e999\n'), /expected finite coordinates/],
    [
      'a short STL file',
      readStl,
      stl([triangle, triangle]).subarray(0, 130),
      /expected 2 triangles of 50 bytes, found 46 bytes/,
    ],
    ['an STL file of nothing', readStl, stl([]), /expected points, found a file without any/],
    [
      'two corners',
      readStl,
      bytes('solid x\nvertex 0 0 0\nvertex 1 0 0\n'),
      /expected triangles of three corners, found 2 corners/,
    ],
    [
      'words for corners',
      readStl,
      bytes('solid x\nvertex 0 0 z\nvertex 1 0 0\nvertex 0 1 0\n'),
      /expected finite coordinates/,
    ],
  ])('%s', (_, read, file, problem) => {
    expect(() => read(file, 'a.file')).toThrow(FileError);
    expect(() => read(file, 'a.file')).toThrow(problem);
  });

  it('bytes that were cut off or changed are read or refused, and nothing else', () => {
    const files = [
      [readPly, ascii],
      [readPly, binary(true)],
      [readObj, obj],
      [readStl, stl([triangle, triangle])],
    ] as const;
    let refused = 0;
    for (let n = 0; n < 600; n++) {
      const [read, file] = files[n % files.length]!;
      const [cut = 0, place = 0, value = 0] = uniform(foldIn(key(1), n), 3);
      const broken = file.slice(0, n % 3 === 0 ? indexOf(cut, file.length) : file.length);
      if (broken.length > 0) broken[indexOf(place, broken.length)] = indexOf(value, 256);
      try {
        read(broken, 'broken');
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(100);
  });
});
