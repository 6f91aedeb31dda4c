/** @file A project for browsers that has scorefield as a package, and what its bundlers make of the examples of the documents. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { newFolder } from '../io/folders.ts';
import { telling } from './chromium.ts';

export const root = resolve(import.meta.dirname, '../..');
const packages = join(root, 'node_modules');

/** The blocks of a document in a language. */
export function blocksOf(document: string, language: string): readonly string[] {
  const text = readFileSync(join(root, document), 'utf8');
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].flatMap(([, found, code = '']) =>
    found === language ? [code] : [],
  );
}

/** Scripts of pages: those of the documents, and what has to fail. */
export function examples(): Readonly<Record<'moons' | 'page' | 'worker' | 'threads', string>> {
  const [moons = ''] = blocksOf('README.md', 'js');
  const [worker = '', page = '', threads = ''] = blocksOf('docs/browser.md', 'js');
  return { moons, page, worker, threads };
}

/** Lines that a page prints are sent when one of them ends it. */
const printing = `<script>
  const lines = [];
  console.log = (...words) => {
    lines.push(words.map(String).join(' '));
    if (/points|stopped/.test(lines.at(-1))) tell({ value: lines });
  };
</script>`;

/** A page with a script, and what comes before it. */
export function pageOf(script: string, before = ''): string {
  return `<!doctype html><meta charset="utf-8" />${before}${telling}${printing}<script type="module" src="${script}"></script>`;
}

/** A folder of files in which scorefield and its engine are installed. */
export function project(files: Readonly<Record<string, string>>): string {
  const folder = newFolder();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/scorefield'), 'junction');
  symlinkSync(join(packages, 'onnxruntime-web'), join(folder, 'node_modules/onnxruntime-web'), 'junction');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}
