import { BinaryReader } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InternalError } from '../../src/base/errors.ts';
import {
  bytesField,
  doubleField,
  floatField,
  intField,
  message,
  messageField,
  stringField,
  protobufBytes,
  type Encoded,
} from '../../src/base/protobuf.ts';

fc.configureGlobal({ seed: 1 });

const fieldNumber = fc.integer({ min: 1, max: 2 ** 29 - 1 });
const safeInteger = fc.maxSafeInteger();

/** A reader that has read the tag of the only field. */
function opened(field: Encoded): { reader: BinaryReader; tag: number[] } {
  const reader = new BinaryReader(protobufBytes(field));
  return { reader, tag: reader.tag() };
}

describe('fields, read back by another implementation', () => {
  it('store integers of either sign', () => {
    fc.assert(
      fc.property(fieldNumber, safeInteger, (field, value) => {
        const { reader, tag } = opened(intField(field, value));
        expect(tag).toEqual([field, 0]);
        expect(BigInt(reader.int64())).toBe(BigInt(value));
        expect(reader.pos).toBe(reader.len);
      }),
    );
  });

  it('store floats and doubles', () => {
    fc.assert(
      fc.property(fieldNumber, fc.double(), (field, value) => {
        const wide = opened(doubleField(field, value));
        expect(wide.tag).toEqual([field, 1]);
        expect(wide.reader.double()).toBe(value);
        const narrow = opened(floatField(field, value));
        expect(narrow.tag).toEqual([field, 5]);
        expect(narrow.reader.float()).toBe(Math.fround(value));
      }),
    );
  });

  it('store bytes and text of any script', () => {
    fc.assert(
      fc.property(
        fieldNumber,
        fc.uint8Array({ maxLength: 300 }),
        fc.string({ unit: 'grapheme' }),
        (field, raw, text) => {
          const bytes = opened(bytesField(field, raw));
          expect(bytes.tag).toEqual([field, 2]);
          expect([...bytes.reader.bytes()]).toEqual([...raw]);
          const string = opened(stringField(field, text));
          expect(string.reader.string()).toBe(text);
          expect(string.reader.pos).toBe(string.reader.len);
        },
      ),
    );
  });

  it('store messages within messages', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fieldNumber, safeInteger), { maxLength: 20 }),
        fc.integer({ min: 1, max: 6 }),
        (fields, depth) => {
          let nested = message(fields.map(([field, value]) => intField(field, value)));
          for (let i = 0; i < depth; i++) nested = message(stringField(1, `level ${i}`), messageField(2, nested));
          expect(nested.size).toBe(protobufBytes(nested).length);
          let reader = new BinaryReader(protobufBytes(nested));
          for (let i = depth - 1; i >= 0; i--) {
            expect(reader.tag()).toEqual([1, 2]);
            expect(reader.string()).toBe(`level ${i}`);
            expect(reader.tag()).toEqual([2, 2]);
            reader = new BinaryReader(reader.bytes());
          }
          for (const [field, value] of fields) {
            expect(reader.tag()).toEqual([field, 0]);
            expect(BigInt(reader.int64())).toBe(BigInt(value));
          }
          expect(reader.pos).toBe(reader.len);
        },
      ),
    );
  });
});

describe('the encoding', () => {
  // The examples of the Protocol Buffers documentation, "Encoding".
  it('is that of the specification', () => {
    expect([...protobufBytes(intField(1, 150))]).toEqual([0x08, 0x96, 0x01]);
    expect([...protobufBytes(intField(1, -2))]).toEqual([0x08, 0xfe, ...new Array<number>(8).fill(0xff), 0x01]);
    expect([...protobufBytes(stringField(2, 'testing'))]).toEqual([0x12, 7, ...new TextEncoder().encode('testing')]);
    expect([...protobufBytes(messageField(3, intField(1, 150)))]).toEqual([0x1a, 3, 0x08, 0x96, 0x01]);
  });

  it('concatenates fields and lists of fields in their order', () => {
    const [a, b, c] = [intField(1, 1), stringField(2, 'two'), floatField(3, 3)];
    expect([...protobufBytes(message(a, [b, c], []))]).toEqual([
      ...protobufBytes(a),
      ...protobufBytes(b),
      ...protobufBytes(c),
    ]);
    expect(protobufBytes(message())).toHaveLength(0);
  });

  it('has no limit to the fields of a message within another', () => {
    const inner = message(Array.from({ length: 100_000 }, () => intField(1, 1)));
    expect(protobufBytes(messageField(2, inner))).toHaveLength(200_000 + 1 + 3);
  });

  it('refuses what is no integer', () => {
    for (const value of [0.5, NaN, Infinity, 2 ** 53]) expect(() => intField(1, value)).toThrow(InternalError);
  });
});
