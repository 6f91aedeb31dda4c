/** @file Programs that the studio writes, run in this process with entries of the library by their names. */

/** Runs a program and returns what it prints. */
export async function printed(
  program: string,
  entries: Readonly<Record<string, object>>,
): Promise<readonly (readonly unknown[])[]> {
  const names: string[] = [];
  const values: unknown[] = [];
  const body = program.replaceAll(/^import \{ (.*) \} from '(.*)';$/gm, (_, list: string, from: string) => {
    for (const name of list.split(', ')) {
      const value = (entries[from] as Readonly<Record<string, unknown>> | undefined)?.[name];
      if (value === undefined) throw new Error(`${from} has no ${name}`);
      names.push(name);
      values.push(value);
    }
    return '';
  });
  const lines: (readonly unknown[])[] = [];
  const log = { log: (...words: readonly unknown[]) => lines.push(words) };
  const AsyncFunction = (async () => {
    await Promise.resolve();
  }).constructor as new (...parts: string[]) => (...values: unknown[]) => Promise<void>;
  await new AsyncFunction('console', ...names, body)(log, ...values);
  return lines;
}
