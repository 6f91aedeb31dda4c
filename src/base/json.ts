/** @file What JSON can say, and how numbers are written that it cannot. */

/** A value that JSON can represent; numbers are finite. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** How JSON is written. */
export interface JsonTextOptions {
  /** Number of spaces of each level; all on one line by default. */
  readonly indent?: number | undefined;
  /** Number of significant digits, 1 to 17, of numbers that are not whole; all by default. */
  readonly digits?: number | undefined;
}

const notFinite = { NaN, Infinity, '-Infinity': -Infinity } as const;

/**
 * A value as JSON. Numbers that are not finite, for which JSON has no numbers, are the texts "Infinity", "-Infinity" and "NaN", which
 * JavaScript's `Number` and Python's `float` read; null remains for what there is none of.
 */
export function jsonText(value: unknown, { indent, digits }: JsonTextOptions = {}): string {
  return JSON.stringify(
    value,
    (_, part: unknown) => {
      if (typeof part !== 'number' || Number.isInteger(part)) return part;
      if (!Number.isFinite(part)) return String(part);
      return digits === undefined ? part : Number(part.toPrecision(digits));
    },
    indent,
  );
}

/**
 * The value of JSON that `jsonText` wrote, with its numbers that are not finite.
 * @throws SyntaxError if it is no JSON.
 */
export function parseJsonText(text: string): unknown {
  return JSON.parse(text, (_, part: unknown) =>
    typeof part === 'string' && Object.hasOwn(notFinite, part) ? notFinite[part as keyof typeof notFinite] : part,
  );
}
