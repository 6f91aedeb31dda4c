/** @file Reading untrusted files: every failure is one sentence that names the file. */
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { constants, gunzip } from 'node:zlib';
import { FileError } from '../base/errors.ts';
import { readRegularFile } from '../base/regular-file.ts';
import { systemCode } from '../base/system-problem.ts';
import { deflateRatio, expectLength, maxBytes } from './arrays/declared-size.ts';

const inflate = promisify(gunzip);

/** A Buffer's bytes as an ordinary array: the methods of a Buffer differ (its `slice` does not copy). */
function plain({ buffer, byteOffset, length }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

/**
 * The bytes of a file.
 * @throws FileError if it cannot be read, is no regular file, or is larger than `maxBytes`.
 */
export function readBytes(file: string): Promise<Uint8Array> {
  return new Promise((resolve) => {
    resolve(readRegularFile(file, { maxBytes }));
  });
}

/** What is at a path: `undefined` if nothing, and `special` for a pipe, a socket or a device. */
export async function kindOfPath(path: string): Promise<'file' | 'folder' | 'special' | undefined> {
  try {
    const found = await stat(path);
    if (found.isFile()) return 'file';
    return found.isDirectory() ? 'folder' : 'special';
  } catch {
    return undefined;
  }
}

/** Whether bytes begin as a gzip file. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * The first bytes of a gzip file's content, for a header; fewer if the content is shorter.
 * @throws FileError if the data is not gzip.
 */
export async function gunzipStart(bytes: Uint8Array, length: number, file: string): Promise<Uint8Array> {
  const prefix = bytes.subarray(0, 4096);
  try {
    return plain(await inflate(prefix, { finishFlush: constants.Z_SYNC_FLUSH })).subarray(0, length);
  } catch (error) {
    throw new FileError(file, 'expected gzip data, found bytes that do not decompress', { cause: error });
  }
}

/**
 * The content of a gzip file whose header declares its length; nothing beyond that length is ever inflated.
 * @throws FileError if the content is damaged, shorter or longer.
 */
export async function gunzipExactly(bytes: Uint8Array, length: number, file: string): Promise<Uint8Array> {
  if (length > bytes.length * deflateRatio)
    throw new FileError(
      file,
      `expected ${length} bytes as its header declares, found only ${bytes.length} compressed ones; it is truncated or damaged`,
    );
  let content: Uint8Array;
  try {
    content = plain(await inflate(bytes, { maxOutputLength: length, chunkSize: 1 << 20 }));
  } catch (error) {
    const longer = systemCode(error) === 'ERR_BUFFER_TOO_LARGE';
    const found = longer ? 'more' : 'gzip data that ends early or is damaged';
    throw new FileError(file, `expected ${length} bytes as its header declares, found ${found}`, { cause: error });
  }
  expectLength(content.length, length, file);
  return content;
}
