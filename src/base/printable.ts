/** @file Text from files as a terminal may show it: nothing in it moves the cursor, changes colors or reverses the direction. */

/**
 * Control characters (C0, DEL, C1), marks that reverse the direction of text, separators of lines, spaces without width,
 * and halves of surrogate pairs.
 */
const unprintable =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * A text with everything that a terminal would act on written as JSON writes it, such as \u001b; line breaks too.
 * The result for a JSON text without line breaks is JSON of the same value.
 * @param options.longest - characters after which it is cut off with three dots
 */
export function printable(text: string, { longest = Infinity }: { readonly longest?: number } = {}): string {
  const shown = text.length > longest ? `${text.slice(0, Math.max(0, longest - 3))}...` : text;
  return shown.replace(unprintable, escape);
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The same for text of several lines: line breaks stay as they are. */
export function printableLines(text: string): string {
  return text
    .split('\n')
    .map((line) => printable(line))
    .join('\n');
}
