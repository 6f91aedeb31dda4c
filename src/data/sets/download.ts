/** @file Downloads that are whole and checked, or absent. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FileError } from '../../base/errors.ts';
import { systemCode, systemProblem } from '../../base/system-problem.ts';
import type { KnownFile } from './standard-set.ts';

/**
 * Fetches `base + file.name` to `target`, which appears only when its length and SHA-256 are right.
 * @throws FileError with the reason, naming the address, or `target` if it cannot be written.
 */
export async function download(base: string, file: KnownFile, target: string): Promise<void> {
  const url = base + file.name;
  let folder: string | undefined;
  try {
    await mkdir(dirname(target), { recursive: true });
    folder = await mkdtemp(join(dirname(target), '.download-'));
    const temporary = join(folder, basename(target));
    await fetchInto(temporary, url, file);
    await rename(temporary, target);
  } catch (error) {
    // What fetch throws is a TypeError; what the disk throws has a code.
    if (error instanceof TypeError)
      throw new FileError(url, `cannot be downloaded: ${systemProblem(error)}`, { cause: error });
    if (error instanceof FileError || systemCode(error) === undefined) throw error;
    throw new FileError(target, `cannot be written: ${systemProblem(error)}`, { cause: error });
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function fetchInto(path: string, url: string, { bytes, sha256 }: KnownFile): Promise<void> {
  const response = await fetch(url);
  if (!response.ok || response.body === null)
    throw new FileError(url, `expected a file, found HTTP status ${response.status} ${response.statusText}`);
  const hash = createHash('sha256');
  const handle = await open(path, 'wx');
  let length = 0;
  try {
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > bytes) throw new FileError(url, `expected ${bytes} bytes, found more`);
      hash.update(chunk);
      await handle.writeFile(chunk);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (length !== bytes) throw new FileError(url, `expected ${bytes} bytes, found ${length}`);
  const found = hash.digest('hex');
  if (found !== sha256) throw new FileError(url, `expected the content with SHA-256 ${sha256}, found ${found}`);
}
