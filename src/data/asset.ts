/** @file The files that this package brings along. */
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { readBytes } from './file.ts';

// The same distance from src/data and from dist/data.
const assets = new URL('../../assets/', import.meta.url);

/** The content of a file of the assets; of a name that ends in `.br`, unpacked. */
export async function readAsset(name: string): Promise<Uint8Array> {
  const bytes = await readBytes(fileURLToPath(new URL(name, assets)));
  return name.endsWith('.br') ? brotliDecompressSync(bytes) : bytes;
}
