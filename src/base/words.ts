/** @file Words for people: commands that can be typed, names in place of paths, and texts that fit. */

/** A word as a shell takes it: in quotes where it has spaces, #, or other signs that shells act on. */
export function shellWord(word: string): string {
  return /^[\w./=:,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command to be typed, of words that are not quoted yet. */
export function shellCommand(...words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

/** The name of what a name or a path means: the last part of a path. */
export function lastPart(ref: string): string {
  return ref.replace(/[/\\]+$/, '').replace(/^.*[/\\]/, '') || ref;
}

/** A text of at most so many characters, with an ellipsis in place of its middle. */
export function shortened(text: string, most: number): string {
  const characters = Array.from(text);
  if (characters.length <= most) return text;
  const end = Math.floor((most - 1) / 2);
  return [...characters.slice(0, most - 1 - end), '…', ...characters.slice(characters.length - end)].join('');
}

/** Names as a sentence has them: `a, b or c`. */
export function anyOf(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`;
}
