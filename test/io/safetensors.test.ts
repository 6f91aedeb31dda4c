import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FileError, ShapeError } from '../../src/base/errors.ts';
import { decodeSafetensors, encodeSafetensors, type Safetensors } from '../../src/io/safetensors.ts';

/** A file from the text of its header and its data. */
function fileOf(header: string, data: Uint8Array | number = 0): Uint8Array {
  const text = Buffer.from(header);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(text.length));
  return new Uint8Array(Buffer.concat([prefix, text, typeof data === 'number' ? Buffer.alloc(data) : data]));
}

/** Bits, so that NaN and -0 count. */
function bitsOf({ tensors, metadata }: Safetensors): unknown {
  const entries = Object.entries(tensors).map(([name, { shape, data }]) => [
    name,
    shape,
    [...new Uint32Array(data.buffer)],
  ]);
  return { tensors: entries.sort(), metadata: Object.entries(metadata).sort() };
}

const anyFile: fc.Arbitrary<Safetensors> = fc.record({
  tensors: fc
    .uniqueArray(
      fc.tuple(
        fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', '', '0', 'constructor', '"\\')),
        fc.array(fc.nat(3), { maxLength: 3 }),
        fc.infiniteStream(fc.float()),
      ),
      { selector: ([name]) => name, maxLength: 5 },
    )
    .map((entries) =>
      Object.fromEntries(
        entries
          .filter(([name]) => name !== '__metadata__')
          .map(([name, shape, numbers]) => {
            const data = Float32Array.from(
              { length: shape.reduce((a, b) => a * b, 1) },
              () => numbers.next().value as number,
            );
            return [name, { shape, data }];
          }),
      ),
    ),
  metadata: fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), { maxKeys: 4 }),
});

describe('encodeSafetensors and decodeSafetensors', () => {
  it('are inverse to each other', () => {
    fc.assert(
      fc.property(anyFile, (content) => {
        const bytes = encodeSafetensors(content);
        expect(bitsOf(decodeSafetensors(bytes, 'f'))).toEqual(bitsOf(content));
        // Data that begins at multiples of 8 can be mapped by other readers without a copy.
        expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
      }),
    );
  });

  it('give equal bytes for equal content in any order', () => {
    fc.assert(
      fc.property(anyFile, ({ tensors, metadata }) => {
        const reversed = {
          tensors: Object.fromEntries(Object.entries(tensors).reverse()),
          metadata: Object.fromEntries(Object.entries(metadata).reverse()),
        };
        expect(encodeSafetensors(reversed)).toEqual(encodeSafetensors({ tensors, metadata }));
      }),
    );
  });

  it('write the layout of the format', () => {
    const bytes = encodeSafetensors({
      tensors: { b: { shape: [2], data: Float32Array.of(1, -2) }, a: { shape: [], data: Float32Array.of(0.5) } },
      metadata: { step: '3' },
    });
    const header =
      '{"__metadata__":{"step":"3"},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},' +
      '"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}';
    const data = new Uint8Array(Float32Array.of(0.5, 1, -2).buffer);
    expect(bytes).toEqual(fileOf(header.padEnd(Math.ceil(header.length / 8) * 8), data));
  });

  it('read bytes at any place of a larger buffer, and do not keep hold of it', () => {
    const bytes = encodeSafetensors({ tensors: { a: { shape: [3], data: Float32Array.of(1, 2, 3) } }, metadata: {} });
    const large = Buffer.concat([Buffer.alloc(3), bytes]).subarray(3);
    const { a } = decodeSafetensors(large, 'f').tensors;
    large.fill(0);
    expect(a?.data).toEqual(Float32Array.of(1, 2, 3));
  });

  it('read every half-precision number as float32', () => {
    const half = Uint16Array.from({ length: 65_536 }, (_, i) => i);
    const header = '{"h":{"dtype":"F16","shape":[65536],"data_offsets":[0,131072]}}';
    const { h } = decodeSafetensors(fileOf(header, new Uint8Array(half.buffer)), 'f').tensors;
    // The other way to widen: move the fields into a float32 and let a multiplication by 2^112 mend the exponent's bias.
    const bits = new Uint32Array(1);
    const float = new Float32Array(bits.buffer);
    half.forEach((value, i) => {
      bits[0] = (value & 0x7fff) << 13;
      const magnitude = (value & 0x7c00) === 0x7c00 ? (value & 0x3ff ? NaN : Infinity) : float[0]! * 2 ** 112;
      if (!Object.is(h!.data[i], value & 0x8000 ? -magnitude : magnitude)) expect.fail(`half ${value}: ${h!.data[i]}`);
    });
    expect([h!.data[0x3c00], h!.data[0xc000], h!.data[0x7bff], h!.data[1]]).toEqual([1, -2, 65_504, 2 ** -24]);
  });

  it('write half precision where it is asked for, beside float32', () => {
    const data = Float32Array.of(1, -2.0009765625, 1e-9, 1e9);
    const tensors = { h: { shape: [4], data, dtype: 'F16' }, w: { shape: [4], data } } as const;
    const bytes = encodeSafetensors({ tensors, metadata: {} });
    const header =
      '{"h":{"dtype":"F16","shape":[4],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[4],"data_offsets":[8,24]}}';
    const half = new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0, 0x7c00).buffer);
    const whole = Buffer.concat([half, new Uint8Array(data.buffer)]);
    expect(bytes).toEqual(fileOf(header.padEnd(Math.ceil(header.length / 8) * 8), whole));
    const read = decodeSafetensors(bytes, 'f').tensors;
    expect(read['h']).toEqual({ shape: [4], data: Float32Array.of(1, -2, 0, Infinity) });
    expect(read['w']).toEqual({ shape: [4], data });
  });

  it('write whole numbers as single bytes where it is asked for', () => {
    const data = Float32Array.of(-128, -1, 0, 127);
    const bytes = encodeSafetensors({ tensors: { i: { shape: [4], data, dtype: 'I8' } }, metadata: {} });
    expect([...bytes.subarray(-4)]).toEqual([128, 255, 0, 127]);
    expect(decodeSafetensors(bytes, 'f').tensors['i']).toEqual({ shape: [4], data });
  });

  it('read double precision rounded to float32', () => {
    const numbers = Float64Array.of(Math.PI, -1e300, 1e-300);
    const header = '{"d":{"dtype":"F64","shape":[3,1],"data_offsets":[0,24]}}';
    const { d } = decodeSafetensors(fileOf(header, new Uint8Array(numbers.buffer)), 'f').tensors;
    expect(d).toEqual({ shape: [3, 1], data: Float32Array.of(Math.fround(Math.PI), -Infinity, 0) });
  });

  it('refuse to write what could not be read', () => {
    const short = { shape: [2, 2], data: new Float32Array(3) };
    expect(() => encodeSafetensors({ tensors: { w: short }, metadata: {} })).toThrow(ShapeError);
    expect(() => encodeSafetensors({ tensors: { w: short }, metadata: {} })).toThrow(
      'expected 4 numbers for "w" [2,2], got 3',
    );
    const scalar = { shape: [], data: new Float32Array(1) };
    expect(() => encodeSafetensors({ tensors: { __metadata__: scalar }, metadata: {} })).toThrow(ShapeError);
  });
});

describe('decodeSafetensors of a file that is not sound', () => {
  const entry = (fields: string): string => `{"w":{${fields}}}`;
  const good = '"dtype":"F32","shape":[2],"data_offsets":[0,8]';
  const long = fileOf('{}');
  const claim = (length: bigint): Uint8Array => {
    const bytes = new Uint8Array(64);
    new DataView(bytes.buffer).setBigUint64(0, length, true);
    return bytes;
  };
  const cases: readonly (readonly [what: string, bytes: Uint8Array, message: RegExp])[] = [
    ['no bytes', new Uint8Array(0), /expected at least 8 bytes, the file has 0$/],
    ['seven bytes', long.subarray(0, 7), /expected at least 8 bytes, the file has 7$/],
    ['half a header', long.subarray(0, 9), /its header needs 2 bytes and the file has 9; it may be cut off$/],
    ['a header above the limit', claim(100_000_001n), /at most 100000000 bytes, the file claims 100000001$/],
    ['a header of 2^64 - 1 bytes', claim(2n ** 64n - 1n), /the file claims 18446744073709551615$/],
    ['no UTF-8', Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0xff), /not UTF-8 text$/],
    ['no JSON', fileOf('{"w":'), /its header is not JSON$/],
    ['an empty header', fileOf(''), /its header is not JSON$/],
    ['a list', fileOf('[]'), /its header is not a JSON object$/],
    ['deep nesting', fileOf('['.repeat(100_000)), /its header is not JSON$/],
    ['a number for a tensor', fileOf('{"w":1}'), /tensor "w" is not described by a JSON object$/],
    ['no type', fileOf(entry('"shape":[],"data_offsets":[0,4]'), 4), /has no type; expected F32, F16, F64 or I8$/],
    ['another type', fileOf(entry('"dtype":"I64","shape":[],"data_offsets":[0,8]'), 8), /has type "I64"; expected F32/],
    ['a type of Object', fileOf(entry('"dtype":"toString","shape":[],"data_offsets":[0,8]'), 8), /has type "toString"/],
    ['no shape', fileOf(entry('"dtype":"F32","data_offsets":[0,8]'), 8), /shape that is not a list of whole numbers$/],
    [
      'a negative size',
      fileOf(entry('"dtype":"F32","shape":[-2],"data_offsets":[0,8]'), 8),
      /not a list of whole numbers/,
    ],
    [
      'half a size',
      fileOf(entry('"dtype":"F32","shape":[0.5],"data_offsets":[0,8]'), 8),
      /not a list of whole numbers/,
    ],
    [
      'a size as text',
      fileOf(entry('"dtype":"F32","shape":["2"],"data_offsets":[0,8]'), 8),
      /not a list of whole numbers/,
    ],
    ['one offset', fileOf(entry('"dtype":"F32","shape":[2],"data_offsets":[8]'), 8), /no valid pair of offsets$/],
    [
      'backward offsets',
      fileOf(entry('"dtype":"F32","shape":[2],"data_offsets":[8,0]'), 8),
      /needs 8 bytes .* claims -8$/,
    ],
    [
      'the wrong size',
      fileOf(entry('"dtype":"F32","shape":[3],"data_offsets":[0,8]'), 8),
      /needs 12 bytes .* claims 8$/,
    ],
    [
      'a size beyond whole numbers',
      fileOf(entry('"dtype":"F32","shape":[9007199254740991,9007199254740991,4],"data_offsets":[0,8]'), 8),
      /shape \[9007199254740991,9007199254740991,4\] that no file can contain$/,
    ],
    [
      'a size that is no number',
      fileOf(entry(`"dtype":"F32","shape":[${Array(30).fill('9007199254740991').join()},0],"data_offsets":[0,0]`)),
      /shape \[.*\] that no file can contain$/,
    ],
    [
      'offsets beyond the file',
      fileOf(entry('"dtype":"F32","shape":[1000000000000],"data_offsets":[0,4000000000000]'), 8),
      /need 4000000000000 bytes and the file contains 8; it may be cut off$/,
    ],
    [
      'a gap at the start',
      fileOf(entry('"dtype":"F32","shape":[1],"data_offsets":[4,8]'), 8),
      /begins at byte 4, expected 0/,
    ],
    ['bytes left over', fileOf(entry(good), 12), /need 8 bytes and the file contains 12$/],
    [
      'an overlap',
      fileOf(`{"v":{${good}},"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`, 12),
      /tensor "w" begins at byte 4, expected 8/,
    ],
    ['the same bytes twice', fileOf(`{"v":{${good}},"w":{${good}}}`, 8), /tensor "w" begins at byte 0, expected 8/],
    ['a name twice', fileOf(`{"w":{${good}},"w":{${good}}}`, 8), /its header names "w" twice$/],
    ['a name twice, once escaped', fileOf(`{"w":{${good}},"\\u0077" :{${good}}}`, 8), /its header names "w" twice$/],
    [
      'a name twice, once around anything',
      fileOf(`{"w":[{"{":[1,"]"]}],"w":{${good}}}`, 8),
      /its header names "w" twice$/,
    ],
    ['a field twice', fileOf(entry(`"shape":[1],${good}`), 8), /its header names "shape" twice$/],
    ['metadata twice', fileOf(`{"__metadata__":{"a":"1","a":"2"}}`), /its header names "a" twice$/],
    ['metadata of numbers', fileOf('{"__metadata__":{"step":1}}'), /its metadata is not a JSON object of texts$/],
    ['a name of several lines', fileOf(`{"${'x'.repeat(500)}\\n":1}`), /tensor "x{57}\.\.\." is not described/],
  ];

  it.each(cases)('reports %s', (_, bytes, message) => {
    const decode = (): unknown => decodeSafetensors(bytes, 'model.safetensors');
    expect(decode).toThrow(FileError);
    expect(decode).toThrow(message);
    expect(decode).toThrow(/^model\.safetensors: not a sound safetensors file: [^\n]+$/);
  });

  it('is true of any file with some bytes changed and its end cut off', () => {
    const whole = encodeSafetensors({
      tensors: { w: { shape: [2, 3], data: new Float32Array(6) }, b: { shape: [3], data: new Float32Array(3) } },
      metadata: { step: '12' },
    });
    const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 });
    let refused = 0;
    const property = fc.property(changes, fc.oneof(fc.constant(whole.length), fc.nat(whole.length)), (list, length) => {
      const bytes = whole.slice();
      for (const [at, value] of list) bytes[at] = value;
      try {
        for (const { shape, data } of Object.values(decodeSafetensors(bytes.subarray(0, length), 'f').tensors))
          expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
      } catch (error) {
        expect(error).toBeInstanceOf(FileError);
        refused++;
      }
    });
    fc.assert(property, { numRuns: 3000 });
    expect(refused).toBeGreaterThan(1000);
  });

  it('is true of any JSON as a header', () => {
    fc.assert(
      fc.property(fc.json(), (header) => {
        try {
          decodeSafetensors(fileOf(header), 'f');
        } catch (error) {
          expect(error).toBeInstanceOf(FileError);
        }
      }),
    );
  });
});
