/**
 * @file Makes docs/gallery.md and the pictures and numbers in docs/images/gallery:
 *
 *   npx tsx scripts/make-gallery.ts [NAME or NAME=RUN] ...
 *
 * Without arguments it draws every figure that needs no trained run; NAME draws that figure, NAME=RUN from the run in that
 * folder. Figures that are not drawn keep their files.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nodeBackend } from '../src/backend/ort-node.ts';
import { drawInto } from '../src/figure/draw-into.ts';
import { loadRun } from '../src/run/load.ts';
import { figures } from '../src/figure/figures.ts';
import { writeAtomic } from '../src/io/atomic.ts';
import { galleryFolder, galleryPage } from './gallery-page.ts';

const docs = resolve(import.meta.dirname, '../docs');
const folder = join(docs, galleryFolder);
const wanted = new Map(
  process.argv.slice(2).map((word): [name: string, run: string | undefined] => {
    const [name = '', run] = word.split('=');
    return [name, run];
  }),
);

mkdirSync(folder, { recursive: true });
for (const figure of figures) {
  const chosen = wanted.size === 0 ? figure.needs === undefined : wanted.has(figure.name);
  if (!chosen) continue;
  const started = performance.now();
  const path = wanted.get(figure.name);
  const run = path === undefined ? undefined : loadRun(path);
  await drawInto(figure, { folder, seed: 0, run, backend: nodeBackend({ threads: 2 }) });
  console.log(`${figure.name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
writeAtomic(join(docs, 'gallery.md'), galleryPage(figures));
