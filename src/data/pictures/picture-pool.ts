/** @file Many pictures, read in threads side by side. */
import { availableParallelism } from 'node:os';
import { FileError, UnsupportedError } from '../../base/errors.ts';
import { packageThread } from '../package-thread.ts';
import { readPictures, type Square } from './read-pictures.ts';

/** A part of the files, which a thread reads in one go. */
export interface Part {
  readonly files: readonly string[];
  readonly square: Square;
}

/** What a thread answers. */
export type Answer =
  | { readonly pixels: Uint8Array; readonly problem?: undefined }
  | { readonly pixels?: undefined; readonly problem: Problem };

interface Problem {
  readonly name: string;
  readonly message: string;
  readonly file: string | undefined;
}

/** How far reading has come, in pictures. */
export interface ReadProgress {
  readonly done: number;
  readonly total: number;
}

/** How pictures are read. */
export interface ReadOptions {
  /** Is called as parts of the pictures are read. None by default. */
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined;
  /** Ends the reading. None by default. */
  readonly signal?: AbortSignal | undefined;
  /** Bytes of all files together, by which the work is estimated (default: 0). */
  readonly bytes?: number | undefined;
  /** Threads (default: one for each processor, at most 8, and none where there is little to do). */
  readonly threads?: number | undefined;
}

/** Files of a part: few enough that all threads end at about the same time. */
const partFiles = 128;
/** A thread takes about as long to begin as it takes to read so many small files. */
const filesAThread = 1024;
/** So many bytes of a file take about as long to decode as a small file takes to open. */
const bytesAFile = 16384;

/**
 * Reads pictures as `[n, channels, size, size]`.
 * @throws FileError naming the first file by place that cannot be used; the reason of `signal` if that is aborted.
 */
export async function readAllPictures(
  files: readonly string[],
  square: Square,
  { onProgress, signal, bytes = 0, threads }: ReadOptions = {},
): Promise<Uint8Array> {
  const sampleBytes = square.channels * square.size ** 2;
  const pixels = new Uint8Array(files.length * sampleBytes);
  const count =
    threads ?? Math.min(availableParallelism(), 8, Math.floor((files.length + bytes / bytesAFile) / filesAThread));
  let next = 0;
  let done = 0;
  const failures = new Map<number, unknown>();

  /** Reads parts until there are none, or one has failed; those before it are then read to their end. */
  const work = async (read: (part: Part) => Promise<Uint8Array>): Promise<void> => {
    while (next < files.length && failures.size === 0) {
      signal?.throwIfAborted();
      const at = next;
      next += partFiles;
      const part = { files: files.slice(at, next), square };
      try {
        pixels.set(await read(part), at * sampleBytes);
      } catch (error) {
        failures.set(at, error);
        return;
      }
      done += part.files.length;
      onProgress?.({ done, total: files.length });
    }
  };

  if (count <= 1)
    await work(async (part) => {
      // Timers and signals have their turn between parts.
      await new Promise((resolve) => setImmediate(resolve));
      return readPictures(part.files, square);
    });
  else {
    const threads = Array.from({ length: count }, startThread);
    try {
      await Promise.all(threads.map(({ read }) => work(read)));
    } finally {
      for (const { end } of threads) end();
    }
  }
  signal?.throwIfAborted();
  if (failures.size > 0) throw failures.get(Math.min(...failures.keys()));
  return pixels;
}

function startThread(): { read: (part: Part) => Promise<Uint8Array>; end: () => void } {
  const worker = packageThread(import.meta.url, './picture-worker');
  let settle: { resolve: (pixels: Uint8Array) => void; reject: (error: Error) => void } | undefined;
  let fault: Error | undefined;
  worker.on('message', ({ pixels, problem }: Answer) => {
    if (problem === undefined) settle?.resolve(pixels);
    else settle?.reject(errorOf(problem));
  });
  worker.on('error', (error: Error) => {
    fault = error;
    settle?.reject(error);
  });
  return {
    read: (part) =>
      new Promise((resolve, reject) => {
        if (fault !== undefined) {
          reject(fault);
          return;
        }
        settle = { resolve, reject };
        worker.postMessage(part);
      }),
    end: () => void worker.terminate(),
  };
}

function errorOf({ name, message, file }: Problem): Error {
  if (file !== undefined) return new FileError(file, message.slice(file.length + 2));
  return name === 'UnsupportedError' ? new UnsupportedError(message) : new Error(message);
}
