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

/** What a number counts or measures, or between which limits it lies, in words that state it. */
const quantity = new RegExp(
  [
    ...[
      'number of',
      'how many',
      'bytes',
      'steps?',
      'evaluations',
      'samples?',
      'images?',
      'points',
      'rows',
      'times?',
      'minutes',
    ],
    ...[
      'seconds',
      'milliseconds',
      'megabytes',
      'pixels?',
      'radians',
      'degrees',
      'classes',
      'features',
      'channels',
      'layers',
    ],
    ...[
      'blocks',
      'threads',
      'workers',
      'groups',
      'probes',
      'draws',
      'terms',
      'particles',
      'counts',
      'seed',
      'share',
      'part',
    ],
    ...[
      'factor',
      'ratio',
      'probability',
      'weight',
      'standard deviation',
      'variance',
      'noise levels?',
      'norm',
      'tolerance',
    ],
    ...[
      'error',
      'distance',
      'step size',
      'in the units of',
      'relative to',
      'at least',
      'at most',
      'above',
      'below',
      'from 0 to',
    ],
    ...['0 (is|to|for)', '0:', 'strength', 'guidance scale', 'temperature', 'learning rate', 'scale', 'power', 'size'],
  ].join('|'),
  'i',
);

/** Optional fields of exported options whose TSDoc says nothing of their default. */
export function undocumentedDefaults(path: string, text?: string): readonly string[] {
  return optionalFields(path, text).flatMap(({ name, doc }) => (/default/i.test(doc) ? [] : [name]));
}

/** Optional fields of exported options that are numbers or tensors, and whose TSDoc states no unit or range, or no shape. */
export function undocumentedQuantities(path: string, text?: string): readonly string[] {
  return optionalFields(path, text).flatMap(({ name, doc, type }) => {
    const stated = /^number\b/.test(type) ? quantity : /^Tensor\b/.test(type) ? /`\[|\bshaped?\b/ : /^/;
    return stated.test(doc.replace(/\(?(default\b[^.]*|[^.;,]*by default)/gi, '')) ? [] : [name];
  });
}

interface Field {
  readonly name: string;
  readonly type: string;
  readonly doc: string;
}

function optionalFields(path: string, text = readFileSync(join(root, path), 'utf8')): readonly Field[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: Field[] = [];
  for (const node of file.statements) {
    if (!ts.isInterfaceDeclaration(node) || !node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
      continue;
    const name = node.name.text;
    if ((!name.endsWith('Options') && !others.includes(name)) || notPublic.includes(name)) continue;
    for (const member of node.members) {
      if (member.questionToken === undefined) continue;
      const doc = ts.getJSDocCommentsAndTags(member).map((comment) => comment.getText());
      const type = ts.isPropertySignature(member) ? (member.type?.getText() ?? '') : '';
      found.push({ name: `${path}: ${name}.${member.name?.getText() ?? ''}`, type, doc: doc.join('\n') });
    }
  }
  return found;
}
