import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { decode } from 'fast-png';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crc32c } from '../../../src/run/folder/crc32c.ts';
import { eventWriter } from '../../../src/run/folder/tfevents.ts';
import { newFolder } from '../../io/folders.ts';

/** CRC-32C by the definition: division of polynomials over GF(2), bit by bit. */
function slowCrc32c(bytes: Uint8Array): number {
  let register = 0xffffffff;
  for (const byte of bytes)
    for (let bit = 0; bit < 8; bit++) {
      const carry = (register ^ (byte >>> bit)) & 1;
      register = (register >>> 1) ^ (carry ? 0x82f63b78 : 0);
    }
  return ~register >>> 0;
}

function unmask(masked: number): number {
  const rotated = (masked - 0xa282ead8) >>> 0;
  return ((rotated << 15) | (rotated >>> 17)) >>> 0;
}

/** Data of the records of a TFRecord file, after both checksums of each. */
function recordsOf(file: string): readonly Uint8Array[] {
  const bytes = readFileSync(file);
  const records: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.readBigUInt64LE(at));
    expect(unmask(bytes.readUInt32LE(at + 8))).toBe(slowCrc32c(bytes.subarray(at, at + 8)));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(unmask(bytes.readUInt32LE(at + 12 + length))).toBe(slowCrc32c(data));
    records.push(new Uint8Array(data));
    at += length + 16;
  }
  return records;
}

type Field = readonly [number: number, value: number | Uint8Array];

/** Fields of a message in order; numbers by their wire type, the rest as bytes. */
function fieldsOf(bytes: Uint8Array): readonly Field[] {
  const reader = new BinaryReader(bytes);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (type === WireType.Varint) fields.push([number, Number(reader.int64())]);
    else if (type === WireType.Bit64) fields.push([number, reader.double()]);
    else if (type === WireType.Bit32) fields.push([number, reader.float()]);
    else fields.push([number, reader.bytes()]);
  }
  return fields;
}

function bytesOf(fields: readonly Field[], number: number): Uint8Array {
  const value = fields.find(([n]) => n === number)?.[1];
  if (!(value instanceof Uint8Array)) throw new Error(`no bytes in field ${number}`);
  return value;
}

function textOf(fields: readonly Field[], number: number): string {
  return new TextDecoder().decode(bytesOf(fields, number));
}

describe('crc32c', () => {
  it('has the known values', () => {
    // RFC 3720, appendix B.4, and the check value of the catalogue of CRC algorithms.
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(0))).toBe(0);
  });
});

describe('eventWriter', () => {
  it('names its file, and begins it with the version', () => {
    const folder = newFolder();
    const events = eventWriter(folder, { wallTime: 1_700_000_000.75 });
    events.close();
    expect(basename(events.file)).toBe(`events.out.tfevents.1700000000.scorefield.${process.pid}`);
    const [first, ...rest] = recordsOf(events.file).map(fieldsOf);
    expect(rest).toEqual([]);
    expect(first).toEqual([
      [1, 1_700_000_000.75],
      [2, 0],
      [3, new Uint8Array(Buffer.from('brain.Event:2'))],
    ]);
  });

  it('writes scalars', () => {
    const events = eventWriter(newFolder(), { wallTime: 1 });
    const values = { 'loss/train': 0.1, é: -Infinity, none: NaN };
    // A step beyond 32 bits takes more than four digits of base 128.
    events.scalars({ step: 5_000_000_000, wallTime: 2.5 }, values);
    events.close();
    const event = fieldsOf(recordsOf(events.file)[1]!);
    expect(event.map(([number]) => number)).toEqual([1, 2, 5]);
    expect(event.slice(0, 2)).toEqual([
      [1, 2.5],
      [2, 5_000_000_000],
    ]);
    const summary = fieldsOf(bytesOf(event, 5));
    const found = summary.map(([number, value]) => {
      expect(number).toBe(1);
      const fields = fieldsOf(value as Uint8Array);
      expect(fields.map(([n]) => n)).toEqual([1, 2]);
      return [textOf(fields, 1), fields[1]![1]];
    });
    expect(found).toEqual(Object.entries(values).map(([tag, value]) => [tag, Math.fround(value)]));
  });

  it('writes images of each kind', () => {
    for (const channels of [1, 3, 4] as const) {
      const data = Uint8Array.from({ length: 6 * channels }, (_, i) => 7 * i);
      const events = eventWriter(newFolder(), { wallTime: 1 });
      events.image({ step: 3, wallTime: 2 }, 'samples', { width: 3, height: 2, channels, data });
      events.close();
      const value = fieldsOf(bytesOf(fieldsOf(bytesOf(fieldsOf(recordsOf(events.file)[1]!), 5)), 1));
      expect(value.map(([number]) => number)).toEqual([1, 4]);
      expect(textOf(value, 1)).toBe('samples');
      const image = fieldsOf(bytesOf(value, 4));
      expect(image.slice(0, 3)).toEqual([
        [1, 2],
        [2, 3],
        [3, channels],
      ]);
      const png = decode(bytesOf(image, 4));
      expect([png.width, png.height, png.channels, [...png.data]]).toEqual([3, 2, channels, [...data]]);
    }
  });

  it('begins a resumed session at the first step that is written again', () => {
    const events = eventWriter(newFolder(), { wallTime: 9, resumeStep: 400 });
    events.close();
    const event = fieldsOf(recordsOf(events.file)[1]!);
    expect(event).toEqual([
      [1, 9],
      [2, 401],
      // SessionLog with status START.
      [7, Uint8Array.of(8, 1)],
    ]);
  });

  it('never writes into the file of an earlier start', () => {
    const folder = newFolder();
    const files = [1, 2, 3].map(() => {
      const events = eventWriter(folder, { wallTime: 77 });
      events.close();
      return basename(events.file);
    });
    expect(readdirSync(folder).sort()).toEqual(files);
    expect(files[0]).toMatch(/^events\.out\.tfevents\.0000000077\./);
  });

  it('reports why it cannot write', () => {
    const folder = join(newFolder(), 'run');
    mkdirSync(folder);
    rmSync(folder, { recursive: true });
    expect(() => eventWriter(folder, { wallTime: 1 })).toThrow(/cannot be written: there is no such file or folder/);
  });
});
