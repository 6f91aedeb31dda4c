/** @file Marks what a module computes as it loads as free of side effects, so that bundlers drop what a program does not use. */
import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';
import ts from 'typescript';

/**
 * The source with `@__PURE__` before each call that initializes a constant of the module. That is what `sideEffects: false` of
 * package.json promises for whole files, told to bundlers anew for files that are bundled into one.
 */
export function withPureCalls(source: string, name: string): string {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest);
  const places: number[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) return;
    const start = node.getStart(file);
    // Minifiers that leave out the space after a division make `//` of it, and a comment of the line.
    const divides = /\/\s*$/.test(source.slice(node.getFullStart() - 2, start));
    if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && !divides) places.push(start);
    ts.forEachChild(node, visit);
  };
  for (const statement of file.statements) if (ts.isVariableStatement(statement)) visit(statement);
  const cuts = [...new Set([0, ...places])].sort((a, b) => a - b);
  return cuts.map((from, i) => (i === 0 ? '' : '/* @__PURE__ */ ') + source.slice(from, cuts[i + 1])).join('');
}

/** Marks the files of a folder as esbuild reads them. */
export function pureCalls(folder: string): Plugin {
  return {
    name: 'pure-calls',
    setup: (build) => {
      build.onLoad({ filter: /\.ts$/ }, ({ path }) =>
        path.startsWith(folder)
          ? { contents: withPureCalls(readFileSync(path, 'utf8'), path), loader: 'ts' as const }
          : undefined,
      );
    },
  };
}
