/** @file Removes declarations that no entry of the package refers to: those of what is inside functions. */
import { readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const declaration = /\.d\.c?ts$/;

/** Declarations that those directly in a folder refer to, with themselves, as paths in the folder. */
export function referredTo(folder: string): ReadonlySet<string> {
  const found = new Set(readdirSync(folder).filter((name) => declaration.test(name)));
  for (const file of found)
    for (const [, target = ''] of readFileSync(join(folder, file), 'utf8').matchAll(
      /(?:\bfrom |\bimport\(|^import )['"](\.[^'"]+)\.ts['"]/gm,
    ))
      found.add(join(dirname(file), `${target}.d.ts`));
  return found;
}

/** Removes the others, and folders that are then empty. */
export function removeOthers(folder: string): void {
  const kept = referredTo(folder);
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const path of paths) if (!kept.has(path.slice(folder.length + 1))) rmSync(path);
  const folders = names.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  for (const path of folders.sort().reverse()) if (readdirSync(path).length === 0) rmdirSync(path);
}
