import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { FileError, ShapeError } from '../../../src/base/errors.ts';
import { formatNpy, parseNpy, type NpyData } from '../../../src/data/arrays/npy.ts';
import { formatNpz, parseNpz } from '../../../src/data/arrays/npz.ts';
import { npyFile } from '../fixtures.ts';

const ofBase64 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'));

interface Golden {
  readonly base64: string;
  readonly shape: number[];
  readonly data: NpyData;
}

const quarters = [0, 0.25, 0.5, 0.75, 1, 1.25];

/** Written by NumPy 2.4: numpy.lib.format.write_array(f, array, version), with x = numpy.arange(6).reshape(2, 3). */
const goldens: Record<string, Golden> = {
  "(x / 4).astype('>f4'), version 1": {
    base64:
      'k05VTVBZAQB2AHsnZGVzY3InOiAnPmY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAPoAAAD8AAAA/QAAAP4AAAD+gAAA=',
    shape: [2, 3],
    data: Float32Array.from(quarters),
  },
  "(x / 4).astype('>f8'), version 2": {
    base64:
      'k05VTVBZAgB0AAAAeydkZXNjcic6ICc+ZjgnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAD/QAAAAAAAAP+AAAAAAAAA/6AAAAAAAAD/wAAAAAAAAP/QAAAAAAAA=',
    shape: [2, 3],
    data: Float64Array.from(quarters),
  },
  'numpy.asfortranarray(x / 4), version 3': {
    base64:
      'k05VTVBZAwB0AAAAeydkZXNjcic6ICc8ZjgnLCAnZm9ydHJhbl9vcmRlcic6IFRydWUsICdzaGFwZSc6ICgyLCAzKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAAAAAAAAAOg/AAAAAAAA0D8AAAAAAADwPwAAAAAAAOA/AAAAAAAA9D8=',
    shape: [2, 3],
    data: Float64Array.from(quarters),
  },
  "(x - 2).astype('>i8')": {
    base64:
      'k05VTVBZAQB2AHsnZGVzY3InOiAnPmk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr//////////v//////////AAAAAAAAAAAAAAAAAAAAAQAAAAAAAAACAAAAAAAAAAM=',
    shape: [2, 3],
    data: Int32Array.from([-2, -1, 0, 1, 2, 3]),
  },
  "numpy.asfortranarray(numpy.arange(24, dtype='u1').reshape(2, 3, 4))": {
    base64:
      'k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMywgNCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoADAQQCBQBDQURCRUCDgYSChYDDwcTCxc=',
    shape: [2, 3, 4],
    data: Uint8Array.from({ length: 24 }, (_, i) => i),
  },
};

for (const [name, { base64, shape, data }] of Object.entries(goldens)) {
  test(`reads ${name}`, () => {
    expect(parseNpy(ofBase64(base64), 'golden.npy')).toEqual({ shape, data });
  });
}

/** Headers that numpy.load reads, though NumPy writes them otherwise today. */
const headers: Record<string, string> = {
  'double quotes': '{"descr": "<f4", "fortran_order": False, "shape": (2, 1), }',
  'the long integers of Python 2': "{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 1L), }",
  'strings of Python 2': "{u'descr': u'<f4', u'fortran_order': False, u'shape': (2, 1)}",
  'whitespace and line feeds': "  {\n 'descr' :\t'<f4' ,'fortran_order':False,\n'shape': ( 2 ,1 , ) }  \n",
  'another order of the fields': "{'shape': (2, 1), 'fortran_order': False, 'descr': '<f4'}",
  'a field that is named within a text':
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), 'x': \"'shape': (9,)\"}",
};
for (const [name, text] of Object.entries(headers))
  test(`reads a header with ${name}, in each version`, () => {
    for (const version of [1, 2, 3]) {
      const { shape, data } = parseNpy(npyFile(text, new Uint8Array(Float32Array.of(1, 2.5).buffer), version), 'x.npy');
      expect(shape).toEqual([2, 1]);
      expect([...data]).toEqual([1, 2.5]);
    }
  });

test('writes what NumPy writes', () => {
  // numpy.lib.format.write_array(f, (x - 2).astype('<i4'))
  const written =
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGk0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr+/////////wAAAAABAAAAAgAAAAMAAAA=';
  const bytes = formatNpy({ shape: [2, 3], data: Int32Array.from([-2, -1, 0, 1, 2, 3]) });
  expect(Buffer.from(bytes).toString('base64')).toBe(written);
});

const arrays = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 0, maxLength: 4 }).chain((shape) => {
  const length = shape.reduce((a, b) => a * b, 1);
  const exactly = { minLength: length, maxLength: length };
  return fc.record({
    shape: fc.constant(shape),
    data: fc.oneof(fc.uint8Array(exactly), fc.int32Array(exactly), fc.float32Array(exactly), fc.float64Array(exactly)),
  });
});

test('what is written is read back, from .npy and .npz', () => {
  fc.assert(
    fc.property(arrays, arrays, (a, b) => {
      const { shape, data } = parseNpy(formatNpy(a), 'a.npy');
      expect(shape).toEqual(a.shape);
      expect(data).toEqual(a.data);
      const both = parseNpz(formatNpz({ a, b }), 'ab.npz');
      expect(both.get('a')).toEqual(a);
      expect(both.get('b')).toEqual(b);
    }),
    { numRuns: 100 },
  );
});

test('an array of the wrong length is not written', () => {
  expect(() => formatNpy({ shape: [2], data: new Uint8Array(3) })).toThrow(ShapeError);
});

test('reads what numpy.savez_compressed writes', () => {
  // numpy.savez_compressed(f, images=numpy.arange(8, dtype='u1').reshape(2, 2, 2), labels=numpy.array([3, 1]))
  const file = ofBase64(
    'UEsDBC0AAAAIAAAAIQBhYP21//////////8KABQAaW1hZ2VzLm5weQEAEACIAAAAAAAAAE8AAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgXlNqqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaRjoKIKSpo1CrQB7gYmBkYmZhZWMHAFBLAwQtAAAACAAAACEAjN4z4P//////////CgAUAGxhYmVscy5ucHkBABAAkAAAAAAAAABKAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6mjoKtQoUAC5mBghghNIAUEsBAi0DLQAAAAgAAAAhAGFg/bVPAAAAiAAAAAoAAAAAAAAAAAAAAIABAAAAAGltYWdlcy5ucHlQSwECLQMtAAAACAAAACEAjN4z4EoAAACQAAAACgAAAAAAAAAAAAAAgAGLAAAAbGFiZWxzLm5weVBLBQYAAAAAAgACAHAAAAARAQAAAAA=',
  );
  const read = parseNpz(file, 'golden.npz');
  expect(read.get('images')).toEqual({ shape: [2, 2, 2], data: Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 7]) });
  expect(read.get('labels')).toEqual({ shape: [2], data: Int32Array.from([3, 1]) });
});

const header = (fields: string): string => `{${fields}}`;
const fields = "'descr': '<f4', 'fortran_order': False, 'shape': (1,), ";
const four = new Uint8Array(4);
const big = new Uint8Array(8).fill(0x7f);

const refused: Record<string, [file: Uint8Array, message: RegExp]> = {
  'another kind of file': [new TextEncoder().encode('{"a": 1}'), /expected a .npy array .*found something else/],
  'an empty file': [new Uint8Array(), /expected a .npy array/],
  'a later version': [npyFile(header(fields), four, 4), /expected .npy version 1, 2 or 3, found 4/],
  'a header that is cut off': [npyFile(header(fields), four).subarray(0, 30), /header of 57 bytes, found only 20/],
  'a header beyond all measure': [
    Uint8Array.from([...npyFile('', four, 2).subarray(0, 8), 255, 255, 255, 127]),
    /at most 65536 bytes, found one of 2147483647/,
  ],
  'complex numbers': [npyFile(header(fields.replace('f4', 'c8')), four), /type u1, i4, i8, f4, f8, found c8/],
  'Python objects': [npyFile(header(fields.replace('<f4', '|O')), four), /found O/],
  'structured types': [npyFile(header(fields.replace("'<f4'", "[('x', '<f4')]")), four), /found another type/],
  'a shape that is no tuple': [npyFile(header(fields.replace('(1,)', '(1)')), four), /fortran_order and shape/],
  'a size that is no number': [npyFile(header(fields.replace('(1,)', "('1',)")), four), /fortran_order and shape/],
  'half a dictionary': [npyFile(`{${fields}`, four), /fortran_order and shape/],
  'words after the dictionary': [npyFile(`{${fields}} + 1`, four), /fortran_order and shape/],
  'brackets without end': [npyFile('('.repeat(60_000), four), /fortran_order and shape/],
  'a type named as a property': [npyFile(header(fields.replace('<f4', '<toString')), four), /found another type/],
  'no shape': [npyFile(header(fields.replace('shape', 'form')), four), /expected descr, fortran_order and shape/],
  'an axis of length 0': [npyFile(header(fields.replace('(1,)', '(3, 0)'))), /sizes of at least 1, found \[3,0\]/],
  'too many axes': [npyFile(header(fields.replace('(1,)', `(${'1, '.repeat(9)})`)), four), /at most 8 axes, found 9/],
  'more than fits into memory': [
    npyFile(header(fields.replace('(1,)', '(99999999, 99999999)')), four),
    /at most 2 GiB, found one of \[99999999,99999999\]/,
  ],
  'a product that overflows': [
    npyFile(header(fields.replace('(1,)', `(${'1'.repeat(400)},)`)), four),
    /sizes of at least 1/,
  ],
  'too few numbers': [npyFile(header(fields), four.subarray(1)), /expected 71 bytes as its header declares, found 70/],
  'too many numbers': [npyFile(header(fields), big), /expected 71 bytes as its header declares, found 75/],
  'integers beyond 32 bits': [npyFile(header(fields.replace('f4', 'i8')), big), /found 9187201950435737471/],
};

describe('refuses in one sentence', () => {
  for (const [name, [file, message]] of Object.entries(refused)) {
    test(name, () => {
      expect(() => parseNpy(file, 'bad.npy')).toThrow(FileError);
      expect(() => parseNpy(file, 'bad.npy')).toThrow(message);
    });
  }
});

test('a .npz archive must hold arrays, and none that is larger than the archive can hold', () => {
  const parse = (bytes: Uint8Array) => (): unknown => parseNpz(bytes, 'bad.npz');
  expect(parse(new TextEncoder().encode('not a zip file, but long enough'))).toThrow(
    /bad.npz: expected a .npz archive/,
  );
  expect(parse(new Uint8Array())).toThrow(FileError);
  expect(parse(zipSync({ 'readme.txt': Uint8Array.from([1]) }))).toThrow(
    /expected an archive of .npy arrays, found none/,
  );
  expect(parse(zipSync({ 'x.npy': Uint8Array.from([1, 2]) }))).toThrow(/bad.npz \("x"\): expected a .npy array/);
  const damaged = formatNpz({ x: { shape: [4], data: Uint8Array.from([1, 2, 3, 4]) } });
  new DataView(damaged.buffer).setUint32(damaged.length - 22 - 51 + 16, 1, true); // its checksum
  expect(parse(damaged)).toThrow(/expected 132 bytes as the zip directory declares, found damaged ones/);
  const bomb = formatNpz({ x: { shape: [4], data: four } });
  const end = bomb.length - 22;
  const directory = new DataView(bomb.buffer).getUint32(end + 16, true);
  new DataView(bomb.buffer).setUint32(directory + 24, 2 ** 30, true);
  expect(parse(bomb)).toThrow(/claims more than its \d+ bytes contain/);
  new DataView(bomb.buffer).setUint16(end + 8, 65535, true); // as many members
  expect(parse(bomb)).toThrow(FileError);
});

describe('a member is inflated no further than its own header declares', () => {
  const zeros = 2 ** 26;
  const small = formatNpy({ shape: [4], data: four });
  const content = new Uint8Array(small.length + zeros);
  content.set(small);
  const bomb = zipSync({ 'x.npy': content });
  const lying = bomb.slice();
  new DataView(lying.buffer).setUint32(bomb.length - 22 - 51 + 24, small.length, true); // the size in its directory

  test.each([
    ['whose directory is right', bomb, /expected 132 bytes as its header declares, found 67108996/],
    ['whose directory agrees with its header', lying, /expected 132 bytes as the zip directory declares/],
  ])('%s', (_, bytes, message) => {
    const before = process.memoryUsage().arrayBuffers;
    expect(() => parseNpz(bytes, 'bomb.npz')).toThrow(message);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 22);
  });

  test('and one that nobody asks for is not inflated at all', () => {
    const both = zipSync({ 'x.npy': content, 'y.npy': small });
    const before = process.memoryUsage().arrayBuffers;
    expect([...parseNpz(both, 'bomb.npz', () => ['y']).keys()]).toEqual(['y']);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 22);
  });
});
