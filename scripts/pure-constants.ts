/** @file Marks what a module computes as it loads as free of side effects, so that bundlers drop what a program does not use. */
import { readFileSync } from 'node:fs';
import type { Plugin } from 'rolldown';
import ts from 'typescript';

/** Whether bundlers see by themselves that a value can be dropped; sums, spreads and properties could run code, as calls could. */
function isPlain(value: ts.Expression): boolean {
  return ts.isFunctionLike(value) || ts.isLiteralExpression(value) || ts.isIdentifier(value);
}

/**
 * The source with the value of each constant of the module in a function that is called at once and marked with `@__PURE__`. That is
 * what `sideEffects: false` of package.json promises for whole files, told to bundlers anew for files that are bundled into one.
 * Patterns on the left and values that are awaited stay as they are.
 */
export function withPureConstants(source: string, name: string): string {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest);
  let marked = source;
  const values = file.statements
    .filter((statement) => ts.isVariableStatement(statement))
    .flatMap(({ declarationList }) => declarationList.declarations)
    .flatMap(({ name: left, initializer }) => (ts.isIdentifier(left) && initializer !== undefined ? [initializer] : []))
    .filter((value) => !isPlain(value) && !/\bawait\b/.test(value.getText(file)));
  // From the end, so that places before it stay.
  for (const value of values.reverse()) {
    const [from, to] = [value.getStart(file), value.getEnd()];
    marked = `${marked.slice(0, from)}/* @__PURE__ */ (() => (${marked.slice(from, to)}))()${marked.slice(to)}`;
  }
  return marked;
}

/** Marks the files of a folder as the bundler reads them. */
export function pureConstants(folder: string): Plugin {
  return {
    name: 'pure-constants',
    load: (id) =>
      id.startsWith(folder) && id.endsWith('.ts')
        ? { code: withPureConstants(readFileSync(id, 'utf8'), id), moduleType: 'ts' }
        : null,
  };
}
