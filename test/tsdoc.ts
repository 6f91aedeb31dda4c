/** @file Reads the TSDoc of the source: its examples, and the options that do not state their default. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '..');

/** Folders whose names are not public: what commands and figures are made of, pictures and files. */
const inner = /^(cli|figure|io|plot|run)\//;

/** Files of the source whose names are public or may be. */
export function sources(): readonly string[] {
  const all = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  return all.filter((name) => name.endsWith('.ts') && !inner.test(name)).map((name) => `src/${name}`);
}

/** The code of all `@example` tags of a file. */
export function examplesOf(path: string): readonly string[] {
  const text = readFileSync(join(root, path), 'utf8');
  return [...text.matchAll(/@example\s*\n\s*\* ```ts\n([^]*?)\n\s*\* ```/g)].map(([, code = '']) =>
    code.replaceAll(/^\s*\* ?/gm, ''),
  );
}

/**
 * Interfaces of options that no entry exports: their fields are set by the library alone, or by layers of networks, whose functions
 * state them.
 */
const notPublic = ['RuntimeOptions', 'ConvolutionOptions', 'FirOptions', 'StandardOptions', 'ImageFolderOptions'];

const others = ['Given', 'RestorationSubject', 'SamplerChoice'];

/** Optional fields of exported options whose TSDoc says nothing of their default. */
export function undocumentedDefaults(path: string, text = readFileSync(join(root, path), 'utf8')): readonly string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  for (const node of file.statements) {
    if (!ts.isInterfaceDeclaration(node) || !node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
      continue;
    const name = node.name.text;
    if ((!name.endsWith('Options') && !others.includes(name)) || notPublic.includes(name)) continue;
    for (const member of node.members) {
      const doc = ts.getJSDocCommentsAndTags(member).map((comment) => comment.getText());
      if (member.questionToken !== undefined && !/default/i.test(doc.join('\n')))
        found.push(`${path}: ${name}.${member.name?.getText() ?? ''}`);
    }
  }
  return found;
}
