/** @file The values of an address: how each is read, checked and written. An address comes from anybody, so nothing of it is used unread. */

/** A value that the address of the page can name. */
export interface Field<T> {
  /** What it is where the address says nothing; it is then not written either. */
  readonly initial: T;
  /** What is expected, for a note on what was ignored. */
  readonly expected: string;
  /** The value of a text, or undefined if it is none. */
  readonly read: (text: string) => T | undefined;
  readonly write: (value: T) => string;
}

/** The type of the values of fields. */
export type ValuesOf<F> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

/** A number of a range, with as many significant digits as matter. */
export function number(initial: number, [least, most]: readonly [number, number], digits = 4): Field<number> {
  return {
    initial,
    expected: `a number from ${least} to ${most}`,
    read: (text) => within(/^-?\d{1,9}(\.\d{1,12})?(e-?\d{1,2})?$/.test(text) ? Number(text) : NaN, [least, most]),
    write: (value) => String(Number(value.toPrecision(digits))),
  };
}

/** A whole number of a range. */
export function whole(initial: number, [least, most]: readonly [number, number]): Field<number> {
  return {
    initial,
    expected: `a whole number from ${least} to ${most}`,
    read: (text) => within(/^\d{1,10}$/.test(text) ? Number(text) : NaN, [least, most]),
    write: String,
  };
}

/** One of some names. */
export function choice<const Name extends string>(initial: Name, names: readonly Name[]): Field<Name> {
  return {
    initial,
    expected: names.join(', '),
    read: (text) => names.find((name) => name === text),
    write: (name) => name,
  };
}

/** One of some numbers. */
export function level<const N extends number>(initial: N, values: readonly N[]): Field<N> {
  return {
    initial,
    expected: values.join(', '),
    read: (text) => values.find((value) => String(value) === text),
    write: String,
  };
}

/** A text of a form. */
export function text(initial: string, form: RegExp, expected: string): Field<string> {
  return { initial, expected, read: (own) => (form.test(own) ? own : undefined), write: (own) => own };
}

/** Several names, each once, in any order; unknown ones make the whole unread. */
export function several(
  initial: readonly string[],
  { known, most }: { readonly known: (name: string) => boolean; readonly most: number },
): Field<readonly string[]> {
  return {
    initial,
    expected: `up to ${most} names, separated by commas`,
    read: (text) => {
      const names = text === '' ? [] : text.split(',');
      return names.length <= most && names.every(known) && new Set(names).size === names.length ? names : undefined;
    },
    write: (names) => names.join(','),
  };
}

/** A Gaussian of the plane. */
export interface Gaussian {
  readonly x: number;
  readonly y: number;
  /** Standard deviation in both directions. */
  readonly std: number;
  /** Positive; the weights of a mixture are normalized. */
  readonly weight: number;
}

/** Half the side of the square that is drawn, in units of the data. */
export const reach = 3;
const ranges = { x: [-reach, reach], y: [-reach, reach], std: [0.02, 1.5], weight: [0.01, 100] } as const;

/** A Gaussian with each number brought into its range. */
export function clamped({ x, y, std, weight }: Gaussian): Gaussian {
  const into = (value: number, [least, most]: readonly [number, number]): number =>
    // Zero has no sign in an address.
    Number(Math.min(most, Math.max(least, value)).toFixed(3)) + 0;
  return {
    x: into(x, ranges.x),
    y: into(y, ranges.y),
    std: into(std, ranges.std),
    weight: into(weight, ranges.weight),
  };
}

/** One to twelve Gaussians: x, y, standard deviation and weight of each. */
export function gaussians(initial: readonly Gaussian[]): Field<readonly Gaussian[]> {
  return {
    initial,
    expected: `one to twelve Gaussians x,y,std,weight separated by semicolons`,
    read: (text) => {
      const rows = text.split(';').map((row) => row.split(','));
      if (rows.length > 12 || rows.some((row) => row.length !== 4)) return undefined;
      const read = rows.map(([x = '', y = '', std = '', weight = '']) => ({
        x: number(0, ranges.x).read(x),
        y: number(0, ranges.y).read(y),
        std: number(0, ranges.std).read(std),
        weight: number(0, ranges.weight).read(weight),
      }));
      const complete = (row: (typeof read)[number]): row is Gaussian =>
        Object.values(row).every((value) => value !== undefined);
      return read.every(complete) ? read : undefined;
    },
    write: (all) => all.map(({ x, y, std, weight }) => [x, y, std, weight].join(',')).join(';'),
  };
}

/** The most points that an address has, and the law of drawn points is made of. */
export const mostPoints = 256;

/** Points of the plane, x and y in turn, as bytes of base64: to 1/85 of the unit of the data. */
export function points(): Field<readonly number[]> {
  return {
    initial: [],
    expected: `up to ${mostPoints} points`,
    read: (text) => {
      if (!/^[\w-]*$/.test(text) || text.length > 3 * mostPoints) return undefined;
      let bytes: string;
      try {
        bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
      } catch {
        return undefined;
      }
      if (bytes.length % 2 !== 0 || bytes.length > 2 * mostPoints) return undefined;
      return Array.from(bytes, (byte) => placeOf(byte.charCodeAt(0)));
    },
    write: (values) =>
      btoa(values.map((value) => String.fromCharCode(byteOf(value))).join(''))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replaceAll('=', ''),
  };
}

const placeOf = (byte: number): number => (byte / 255) * 2 * reach - reach;
const byteOf = (value: number): number =>
  Math.round(((Math.min(reach, Math.max(-reach, value)) + reach) / (2 * reach)) * 255);

/** A point where the address would put it. */
export const rounded = (value: number): number => placeOf(byteOf(value));

function within(value: number, [least, most]: readonly [number, number]): number | undefined {
  return value >= least && value <= most ? value : undefined;
}
