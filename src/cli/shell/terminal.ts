/** @file What commands print: a progress line, tables, and nothing on stdout but one object with `--json`. */
import { styleText } from 'node:util';
import { jsonText } from '../../base/json.ts';
import { printable } from '../../base/printable.ts';

export { duration, plural, short } from '../../base/words.ts';

/** Where a command's words go. */
export interface Terminal {
  /** A line that stays. */
  line(text: string): void;
  /** The line that is written over, in a terminal; elsewhere a plain line, at most one every ten seconds. */
  progress(text: string): void;
  /** Ends the line that is written over. */
  done(): void;
  /** The result, printed only with `--json`; numbers that are not finite are the texts of `jsonText`. */
  result(value: object): void;
}

const plainEveryMs = 10_000;
const terminalEveryMs = 100;

/**
 * The terminal of a command; with `--json`, words go to stderr. Text may come from files: of what terminals act on, only line
 * breaks and the styles of `styleText` pass.
 */
export function terminal({ json = false }: { readonly json?: boolean | undefined } = {}): Terminal {
  const stream = json ? process.stderr : process.stdout;
  let open = false;
  let last = -Infinity;
  const done = (): void => {
    if (open) stream.write('\n');
    open = false;
  };
  return {
    done,
    line: (text) => {
      done();
      stream.write(`${safe(text)}\n`);
    },
    progress: (words) => {
      const text = printable(words);
      const now = performance.now();
      if (now - last < (stream.isTTY ? terminalEveryMs : plainEveryMs)) return;
      last = now;
      // Some terminals do not know how wide they are.
      const width = stream.columns > 0 ? stream.columns : 80;
      stream.write(stream.isTTY ? `\r\x1b[2K${text.slice(0, width - 1)}` : `${text}\n`);
      open = stream.isTTY;
    },
    result: (value) => {
      done();
      // JSON leaves some control characters as they are; written as escapes, they have the same value.
      if (json) process.stdout.write(`${printable(jsonText(value))}\n`);
    },
  };
}

/** Text with its line breaks and the styles that commands use, bold and dim, and everything else that a terminal would act on as an escape. */
function safe(text: string): string {
  return text.replace(/(\n|\x1b\[(?:1|2|22)m)|[^\n\x1b]+|\x1b/g, (part, kept?: string) => kept ?? printable(part));
}

/** Names and values in two columns. */
export function table(rows: Readonly<Record<string, string | number | undefined>>): string {
  const shown = Object.entries(rows).filter(([, value]) => value !== undefined);
  const width = Math.max(...shown.map(([name]) => printable(name).length));
  return shown
    .map(([name, value]) => `${styleText('dim', printable(name).padEnd(width))}  ${printable(String(value))}`)
    .join('\n');
}
