/**
 * @file Reading untrusted zip archives: sizes come from the directory, and no member is inflated beyond the size
 * that its reader has agreed to.
 * @see PKWARE, ".ZIP file format specification" 6.3
 */
import { Inflate, inflateSync } from 'fflate';
import { crc32 } from '../../base/crc32.ts';
import { FileError } from '../../base/errors.ts';
import { deflateRatio } from './declared-size.ts';

/** A file in an archive. */
export interface ZipMember {
  readonly name: string;
  /** Bytes of the content, as the directory claims. */
  readonly size: number;
  /** The content as it is stored. */
  readonly packed: Uint8Array;
  readonly deflated: boolean;
  readonly crc: number;
}

const signatures = { entry: 0x02014b50, local: 0x04034b50, end: 0x06054b50, end64: 0x06064b50, locator64: 0x07064b50 };
const lengths = { entry: 46, local: 30, end: 22, locator64: 20, end64: 56 };
const inZip64 = 0xffffffff;

/**
 * The members of an archive, of which nothing is inflated.
 * @throws FileError if the bytes are not a zip file, or its directory does not fit them.
 */
export function zipMembers(bytes: Uint8Array, file: string): readonly ZipMember[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const damaged = (cause?: unknown): FileError =>
    new FileError(file, 'expected a .npz archive, found a zip file that is damaged or none', { cause });
  try {
    const { count, offset } = directoryOf(view, damaged);
    if (count * lengths.entry > bytes.length) throw tooLarge(bytes, file);
    const members: ZipMember[] = [];
    for (let at = offset; members.length < count;) {
      if (view.getUint32(at, true) !== signatures.entry) throw damaged();
      const entry = entryAt(view, at, damaged);
      members.push(memberOf(bytes, entry, file));
      at = entry.end;
    }
    return members;
  } catch (error) {
    // A DataView throws RangeErrors beyond its end.
    throw error instanceof RangeError ? damaged(error) : error;
  }
}

function tooLarge(bytes: Uint8Array, file: string): FileError {
  return new FileError(
    file,
    `expected a .npz archive, found a zip directory that claims more than its ${bytes.length} bytes contain`,
  );
}

/** Where the directory is, and how many entries it has. */
function directoryOf(view: DataView, damaged: () => FileError): { readonly count: number; readonly offset: number } {
  // A comment of up to 64 KiB may follow the end record.
  const first = Math.max(0, view.byteLength - lengths.end - 0xffff);
  for (let at = view.byteLength - lengths.end; at >= first; at--) {
    if (view.getUint32(at, true) !== signatures.end) continue;
    const [count, offset] = [view.getUint16(at + 10, true), view.getUint32(at + 16, true)];
    const locator = at - lengths.locator64;
    if (locator < 0 || view.getUint32(locator, true) !== signatures.locator64) return { count, offset };
    const end64 = Number(view.getBigUint64(locator + 8, true));
    if (view.getUint32(end64, true) !== signatures.end64) throw damaged();
    return {
      count: Number(view.getBigUint64(end64 + 32, true)),
      offset: Number(view.getBigUint64(end64 + 48, true)),
    };
  }
  throw damaged();
}

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  /** Of the local header. */
  readonly local: number;
  /** Of the next entry. */
  readonly end: number;
}

function entryAt(view: DataView, at: number, damaged: () => FileError): Entry {
  const nameLength = view.getUint16(at + 28, true);
  const extraLength = view.getUint16(at + 30, true);
  const commentLength = view.getUint16(at + 32, true);
  const nameAt = at + lengths.entry;
  const extra = { at: nameAt + nameLength, end: nameAt + nameLength + extraLength };
  if (extra.end > view.byteLength) throw damaged();
  const short = [24, 20, 42].map((field) => view.getUint32(at + field, true));
  const [size = 0, packedSize = 0, local = 0] = short.includes(inZip64) ? longValues(view, short, extra) : short;
  return {
    name: new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + nameAt, nameLength)),
    flags: view.getUint16(at + 8, true),
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    ...{ size, packedSize, local },
    end: extra.end + commentLength,
  };
}

/** Values of 32 bits, those that are all ones in place of 64 bits of the entry's extra field 1, which has them in this order. */
function longValues(
  view: DataView,
  short: readonly number[],
  extra: { readonly at: number; readonly end: number },
): readonly number[] {
  for (let at = extra.at; at + 4 <= extra.end; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    let next = at + 4;
    return short.map((value) => {
      if (value !== inZip64) return value;
      next += 8;
      return Number(view.getBigUint64(next - 8, true));
    });
  }
  return short;
}

function memberOf(bytes: Uint8Array, entry: Entry, file: string): ZipMember {
  const { name, flags, method, crc, packedSize, size, local } = entry;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(local, true) !== signatures.local)
    throw new FileError(file, 'expected a .npz archive, found a zip file that is damaged or none');
  const start = local + lengths.local + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  const fits = start + packedSize <= bytes.length && size <= (method === 0 ? packedSize : deflateRatio * packedSize);
  if (!fits) throw tooLarge(bytes, file);
  const encrypted = (flags & 1) !== 0;
  if (encrypted || (method !== 0 && method !== 8))
    throw new FileError(
      file,
      `expected members that are stored or deflated, found ${JSON.stringify(name)} ${encrypted ? 'encrypted' : `packed by method ${method}`}`,
    );
  return { name, size, packed: bytes.subarray(start, start + packedSize), deflated: method === 8, crc };
}

/** Bytes that are inflated at a time to see a header: they become a thousand times as many at most. */
const step = 256;

/** The first bytes of a member, at least `length` of them if it has as many; little more is inflated. */
export function startOf({ packed, deflated }: ZipMember, length: number): Uint8Array {
  if (!deflated) return packed.subarray(0, length);
  const parts: Uint8Array[] = [];
  let found = 0;
  const inflate = new Inflate((part) => {
    parts.push(part);
    found += part.length;
  });
  try {
    for (let at = 0; at < packed.length && found < length; at += step) inflate.push(packed.subarray(at, at + step));
  } catch {
    // What is before the damage may be a header; the whole is checked when it is inflated.
  }
  const start = new Uint8Array(found);
  let filled = 0;
  for (const part of parts) {
    start.set(part, filled);
    filled += part.length;
  }
  return start;
}

/**
 * The content of a member; nothing is inflated beyond the size that the directory claims.
 * @param name - of the file and the member, for the message
 * @throws FileError if the content is damaged, or of another size.
 */
export function contentOf({ packed, deflated, size, crc }: ZipMember, name: string): Uint8Array {
  const damaged = (cause?: unknown): FileError =>
    new FileError(name, `expected ${size} bytes as the zip directory declares, found damaged ones or another number`, {
      cause,
    });
  let content: Uint8Array = packed;
  if (deflated)
    try {
      // The byte beyond the size is filled if there is more; what does not fit is dropped.
      content = inflateSync(packed, { out: new Uint8Array(size + 1) });
    } catch (error) {
      throw damaged(error);
    }
  if (content.length !== size || crc32(content) !== crc) throw damaged();
  return content;
}
