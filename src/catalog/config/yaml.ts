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
  if (opensTooMany(text)) return { problem: tooDeep };
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
    return { problem: error instanceof RangeError ? tooDeep : firstLine(error) };
  }
}

const tooDeep = 'its lists and mappings are too deep';

/** Lists and mappings that a text may have open at once, far above what is accepted. */
const mostOpen = 256;

/**
 * Whether a text opens so many lists and mappings within one another that the reader, which calls itself for each, would come to the end
 * of the stack: where that happens in the compiler of regular expressions, V8 ends the process in place of throwing.
 */
function opensTooMany(text: string): boolean {
  let open = 0;
  let dashes = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '[' || character === '{') open += 1;
    else if ((character === ']' || character === '}') && open > 0) open -= 1;
    if (character === '-' || character === '?') dashes += 1;
    else if (character !== ' ') dashes = 0;
    if (open > mostOpen || dashes > mostOpen) return true;
  }
  return false;
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
