/** @file Dates and times of cells. */

/** How the dates of a column are written. */
export interface DateFormat {
  /** Between year, month and day. */
  readonly between: '-' | '/';
  /** The finest unit. */
  readonly unit: 'day' | 'minute' | 'second' | 'millisecond';
  /** Between date and time. */
  readonly before: 'T' | ' ';
  /** Whether a Z says that times are of UTC. */
  readonly utc: boolean;
}

const pattern =
  /^(\d{4})([-/])(\d{2})\2(\d{2})(?:([T ])(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

const unitMs = { day: 86_400_000, minute: 60_000, second: 1000, millisecond: 1 } as const;

/** A date or a time as ISO 8601 writes it, in milliseconds since 1970, with its format; undefined of other texts and of days that no month has. */
export function parseDate(text: string): { readonly ms: number; readonly format: DateFormat } | undefined {
  const code = text.charCodeAt(4);
  if (code !== dash && code !== slash) return undefined;
  const day = days.get(text);
  if (day !== undefined) return day;
  const date = dateOf(text);
  // The days of a table are few, and its rows many.
  if (date?.format.unit === 'day' && days.size < mostDays) days.set(text, date);
  return date;
}

const [dash, slash, mostDays] = [45, 47, 50_000];
const days = new Map<string, { readonly ms: number; readonly format: DateFormat }>();

function dateOf(text: string): { readonly ms: number; readonly format: DateFormat } | undefined {
  const found = pattern.exec(text);
  if (found === null) return undefined;
  const [, year, between, month, day, before, hour, minute, second, fraction, zone] = found;
  const [y, m, d, h, min, s] = [year, month, day, hour, minute, second].map((part) => Number(part ?? 0)) as [
    ...[number, number, number, number, number, number],
  ];
  const start = Date.UTC(y, m - 1, d);
  const date = new Date(start);
  if (date.getUTCDate() !== d || date.getUTCMonth() !== m - 1 || h > 23 || min > 59 || s > 59) return undefined;
  const offset = zone === undefined ? null : /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  const shift = offset === null ? 0 : (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3]));
  const ms = Math.round(1000 * Number(`0.${fraction ?? 0}`));
  return {
    ms: start + h * 3_600_000 + (min - shift) * 60_000 + s * 1000 + ms,
    format: {
      between: between === '/' ? '/' : '-',
      unit:
        hour === undefined
          ? 'day'
          : second === undefined
            ? 'minute'
            : fraction === undefined
              ? 'second'
              : 'millisecond',
      before: before === ' ' ? ' ' : 'T',
      utc: zone !== undefined,
    },
  };
}

/** The milliseconds between neighboring dates of a format. */
export function dateStep({ unit }: DateFormat): number {
  return unitMs[unit];
}

/** A date as a column writes its dates. */
export function formatDate(ms: number, { between, unit, before, utc }: DateFormat): string {
  const step = unitMs[unit];
  const iso = new Date(step * Math.round(ms / step)).toISOString();
  const date = iso.slice(0, 10).replaceAll('-', between);
  if (unit === 'day') return date;
  const end = { minute: 16, second: 19, millisecond: 23 }[unit];
  return `${date}${before}${iso.slice(11, end)}${utc ? 'Z' : ''}`;
}
