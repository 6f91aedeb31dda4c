/** @file Reads a folder of pictures where sharp cannot be found, and prints what it gets. */
import type * as Folder from '../../../src/data/pictures/image-folder.ts';
import type * as Fingerprint from '../../../src/data/fingerprint.ts';

const [, , root = '', pictures = ''] = process.argv;
const { readImageFolder } = (await import(`${root}/src/data/pictures/image-folder.ts`)) as typeof Folder;
const { fingerprint } = (await import(`${root}/src/data/fingerprint.ts`)) as typeof Fingerprint;
await readImageFolder(pictures, { size: 3, channels: 1 }).then(
  (set) => console.log(`read: ${fingerprint(set)}`),
  (error: unknown) => console.log(`${(error as Error).name}: ${(error as Error).message}`),
);
