/** @file Which files of a folder are pictures, and of which class. */
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { FileError } from '../../base/errors.ts';
import { systemProblem } from '../../base/system-problem.ts';
import { captionsFile, textFileOf } from '../texts/file-texts.ts';
import { pictureKinds } from './picture.ts';

const extension = /^\.(png|jpe?g|jpe|jfif|webp|gif|tiff?|avif)$/i;
const mostClasses = 256;

/** Pictures by path. */
export interface Listing {
  readonly files: readonly string[];
  /** Class of each file. */
  readonly labels?: Uint8Array;
  readonly classNames?: readonly string[];
  /** What was left out, and why; a sentence each. */
  readonly notes: readonly string[];
}

/**
 * The pictures of a folder, or of its subfolders if it has none itself; then each subfolder with pictures is a class, if they are at
 * most 256. Links count as what they lead to, and hidden files and folders not at all.
 * @param limit - at most so many, the first ones by name; classes without any of them are none
 * @throws FileError if the folder cannot be read, has no pictures, or has pictures beside folders of pictures.
 */
export async function listImages(folder: string, limit = Infinity): Promise<Listing> {
  const { files, others, folders } = await entries(folder);
  const classes: { readonly name: string; readonly files: readonly string[] }[] = [];
  const empty: string[] = [];
  const passed = [...others];
  let deeper = 0;
  for (const name of folders) {
    const inner = await entries(join(folder, name));
    if (inner.files.length > 0) classes.push({ name, files: inner.files });
    else empty.push(name);
    passed.push(...inner.others);
    deeper += inner.folders.length;
  }
  const [first] = files;
  if (first !== undefined && classes.length > 0)
    throw new FileError(
      folder,
      `expected either pictures or one folder of pictures for each class, found both: ${first} lies beside the folder ` +
        `${classes[0]?.name ?? ''}; move one of the two elsewhere`,
    );
  const all = first === undefined ? classes.flatMap((one) => one.files) : files;
  if (all.length === 0)
    throw new FileError(
      folder,
      `expected ${pictureKinds} images, found none${passed.length > 0 ? `; ${leftOut(passed)}` : ''}`,
    );
  const kept = all.slice(0, limit);
  const many = classes.length > mostClasses;
  const notes = [
    ...(passed.length > 0 ? [leftOut(passed)] : []),
    ...(classes.length > 0 && empty.length > 0
      ? [`${folderCount(empty.length)} without pictures left out: ${some(empty)}`]
      : []),
    ...(deeper > 0 ? [`${folderCount(deeper)} inside of folders left out: classes are the folders at the top`] : []),
    ...(many ? [tooManyClasses(classes.length)] : []),
  ];
  if (first !== undefined || many) return { files: kept, notes };
  const labels = classes.flatMap((one, label) => one.files.map(() => label)).slice(0, limit);
  const present = (labels.at(-1) ?? -1) + 1;
  return {
    files: kept,
    labels: Uint8Array.from(labels),
    classNames: classes.slice(0, present).map(({ name }) => name),
    notes,
  };
}

/** Why pictures of so many folders have no classes. */
function tooManyClasses(count: number): string {
  return `${count} folders with pictures are more classes than ${mostClasses}, so that the pictures have none`;
}

function leftOut(names: readonly string[]): string {
  const endings = new Map<string, number>();
  for (const name of names) {
    const ending = extname(name).toLowerCase() || 'without an ending';
    endings.set(ending, (endings.get(ending) ?? 0) + 1);
  }
  const list = [...endings].map(([ending, count]) => (count === 1 ? ending : `${ending} (${count})`));
  return `${names.length} ${names.length === 1 ? 'file' : 'files'} left out that are no ${pictureKinds} by their name: ${some(list)}`;
}

function folderCount(count: number): string {
  return `${count} ${count === 1 ? 'folder' : 'folders'}`;
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

interface Entries {
  /** Paths of pictures. */
  readonly files: readonly string[];
  /** Names of other files. */
  readonly others: readonly string[];
  /** Names of folders. */
  readonly folders: readonly string[];
}

/** What systems put into folders of pictures by themselves. */
const clutter = /^(thumbs\.db|desktop\.ini|icon\r)$/i;

/** Files and folders of a folder, by name in the order of their characters, which no locale changes. */
async function entries(folder: string): Promise<Entries> {
  try {
    const found = await readdir(folder, { withFileTypes: true });
    const seen = found.filter(({ name }) => !name.startsWith('.') && !clutter.test(name));
    const files: string[] = [];
    const others: string[] = [];
    const folders: string[] = [];
    for (const entry of seen.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(path)))) folders.push(entry.name);
      else if (extension.test(extname(entry.name))) files.push(path);
      else others.push(entry.name);
    }
    // Texts of the pictures are read with them.
    const texts = new Set([captionsFile, ...files.map((file) => basename(textFileOf(file)))]);
    return { files, others: others.filter((name) => !texts.has(name)), folders };
  } catch (error) {
    throw new FileError(folder, `cannot be read: ${systemProblem(error)}`, { cause: error });
  }
}

/** Whether a link leads to a folder; one that leads nowhere does not. */
async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
