/** @file What the demo prints: lines that stay, and one that is written over. */

/** Where the words of the demo go. */
export interface Printer {
  /** A line that stays. */
  line(text: string): void;
  /** The line that is written over, in a terminal; elsewhere a plain line, at most one every ten seconds. */
  progress(text: string): void;
  /** Ends the line that is written over. */
  done(): void;
}

/** Prints on stdout, with so many spaces before each line. */
export function printer(indent = 0): Printer {
  const { stdout } = process;
  const space = ' '.repeat(indent);
  let open = false;
  let last = -Infinity;
  const done = (): void => {
    if (open) stdout.write('\n');
    open = false;
  };
  return {
    done,
    line: (text) => {
      done();
      stdout.write(`${text.replace(/^(?=.)/gm, space)}\n`);
    },
    progress: (text) => {
      const now = performance.now();
      if (now - last < (stdout.isTTY ? 100 : 10_000)) return;
      last = now;
      stdout.write(
        stdout.isTTY ? `\r\x1b[2K${space}${text.slice(0, stdout.columns - indent - 1)}` : `${space}${text}\n`,
      );
      open = stdout.isTTY;
    },
  };
}

/** Seconds as people say them: 45 s, 3 min 20 s. */
export function duration(seconds: number): string {
  const s = Math.round(seconds);
  return s < 60 ? `${s} s` : `${Math.floor(s / 60)} min ${s % 60} s`;
}
