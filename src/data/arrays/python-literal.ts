/** @file Python literals, in which NumPy writes the headers of its files: strings, integers, True, False, None, tuples, lists and dictionaries. */

/** A Python literal as JavaScript has it; tuples and lists differ. */
export type PythonLiteral =
  | string
  | number
  | boolean
  | null
  | { readonly tuple: readonly PythonLiteral[] }
  | { readonly list: readonly PythonLiteral[] }
  | { readonly dict: ReadonlyMap<string, PythonLiteral> };

/** NumPy nests a few levels; a bound keeps a file of brackets from exhausting the stack. */
const deepest = 32;

const names: Readonly<Record<string, boolean | null>> = { True: true, False: false, None: null };

/** One token: a string in either kind of quotes, an integer (of Python 2 with an L), a name, or a bracket or separator. */
const token =
  /\s*(?:[uUbB]?(?:'((?:[^'\\\n]|\\[^])*)'|"((?:[^"\\\n]|\\[^])*)")|([-+]?\d+)[lL]?(?![\w.])|([A-Za-z_]\w*)|([()[\]{},:]))/y;

/**
 * The value of a literal that is all of a text, whitespace aside. Keys of dictionaries are strings, and the last of equal ones counts.
 * A backslash in a string stands for the character after it.
 * @returns undefined if the text is anything else
 */
export function parsePythonLiteral(text: string): PythonLiteral | undefined {
  const reader = { text, at: 0 };
  const value = readValue(reader, 0);
  return value !== undefined && text.slice(reader.at).trim() === '' ? value : undefined;
}

interface Reader {
  readonly text: string;
  at: number;
}

/** The next token, which is passed over: a value, or the punctuation mark. */
function next(reader: Reader): { readonly value: string | number | boolean | null } | { readonly mark: string } | null {
  token.lastIndex = reader.at;
  const found = token.exec(reader.text);
  if (found === null) return null;
  reader.at = token.lastIndex;
  const [, single, double, integer, name, mark] = found;
  const quoted = single ?? double;
  if (quoted !== undefined) return { value: quoted.replace(/\\([^])/g, '$1') };
  if (integer !== undefined) return { value: Number(integer) };
  if (name !== undefined) return Object.hasOwn(names, name) ? { value: names[name] ?? null } : null;
  return { mark: mark ?? '' };
}

/** Whether a punctuation mark comes next; then it is passed over. */
function skips(reader: Reader, mark: string): boolean {
  const { at } = reader;
  const found = next(reader);
  if (found !== null && 'mark' in found && found.mark === mark) return true;
  reader.at = at;
  return false;
}

function readValue(reader: Reader, depth: number): PythonLiteral | undefined {
  if (depth > deepest) return undefined;
  const found = next(reader);
  if (found === null) return undefined;
  if ('value' in found) return found.value;
  if (found.mark === '{') return readDict(reader, depth + 1);
  if (found.mark === '[') {
    const list = readItems(reader, ']', depth + 1);
    return list && { list: list.items };
  }
  if (found.mark !== '(') return undefined;
  const tuple = readItems(reader, ')', depth + 1);
  // A value in brackets without a comma is the value.
  const [only] = tuple?.items ?? [];
  if (tuple?.items.length === 1 && !tuple.endsWithComma) return only;
  return tuple && { tuple: tuple.items };
}

function readItems(
  reader: Reader,
  end: string,
  depth: number,
): { readonly items: readonly PythonLiteral[]; readonly endsWithComma: boolean } | undefined {
  const items: PythonLiteral[] = [];
  let endsWithComma = false;
  while (!skips(reader, end)) {
    if (items.length > 0 && !endsWithComma) return undefined;
    const item = readValue(reader, depth);
    if (item === undefined) return undefined;
    items.push(item);
    endsWithComma = skips(reader, ',');
  }
  return { items, endsWithComma };
}

function readDict(reader: Reader, depth: number): PythonLiteral | undefined {
  const dict = new Map<string, PythonLiteral>();
  let endsWithComma = true;
  while (!skips(reader, '}')) {
    const key = endsWithComma ? readValue(reader, depth) : undefined;
    if (typeof key !== 'string' || !skips(reader, ':')) return undefined;
    const value = readValue(reader, depth);
    if (value === undefined) return undefined;
    dict.set(key, value);
    endsWithComma = skips(reader, ',');
  }
  return { dict };
}
