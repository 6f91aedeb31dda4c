/** @file A thread that reads pictures, a part of the files at a time. */
import { parentPort } from 'node:worker_threads';
import { readPictures } from './read-pictures.ts';
import type { Answer, Part } from './picture-pool.ts';

parentPort?.on('message', (part: Part) => {
  void answer(part).then((found) => {
    parentPort?.postMessage(found, found.pixels === undefined ? [] : [found.pixels.buffer as ArrayBuffer]);
  });
});

async function answer({ files, square }: Part): Promise<Answer> {
  try {
    return { pixels: await readPictures(files, square) };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    // Errors lose their class on the way; a file's comes with the file's name.
    const file = error instanceof Error && 'file' in error && typeof error.file === 'string' ? error.file : undefined;
    return { problem: { name, message, file } };
  }
}
