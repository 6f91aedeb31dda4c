/** @file YAML and JSON of users as plain values, of finite depth; every problem is reported with its place. */
import { parseDocument } from 'yaml';

/** A value, or what is wrong with the text of it, on one line. */
export type ReadYaml = { readonly value: unknown; readonly problem?: undefined } | { readonly problem: string };

/** Levels of lists and mappings within one another; a configuration has three. */
const mostLevels = 32;

/**
 * The value of a YAML or JSON text; null for an empty one. What the reader would only warn of, such as a tag that it does not
 * know, is a problem too.
 */
export function readYaml(text: string): ReadYaml {
  try {
    const document = parseDocument(text, { logLevel: 'error' });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) return { problem: firstLine(problem) };
    const value: unknown = document.toJS();
    return deeperThan(value, mostLevels)
      ? {
          problem: `expected at most ${mostLevels} levels of lists and mappings, found more, or one that contains itself`,
        }
      : { value };
  } catch (error) {
    // The reader gives up on thousands of levels, and on aliases that would multiply without end.
    return { problem: error instanceof RangeError ? 'its lists and mappings are too deep' : firstLine(error) };
  }
}

function deeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => deeperThan(part, levels - 1));
}

/** After the first line, errors show the text around their place. */
function firstLine(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line.replace(/:$/, '');
}
