/** @file Runs the command line once for each list of arguments, all in one process, and prints what each call did. */
import type { Ended } from '../scorefield.ts';

const main = new URL('../../../src/cli/main.ts', import.meta.url);
const calls = JSON.parse(process.argv[2]!) as string[][];
const print = process.stdout.write.bind(process.stdout);
// Each call listens for closed pipes anew.
for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(0);

const exitCode = (): number => Number(process.exitCode ?? 0);
const ended: Ended[] = [];
for (const [i, args] of calls.entries()) {
  const printed = { out: '', err: '' };
  const into = (name: 'out' | 'err') => (text: string) => {
    printed[name] += text;
    return true;
  };
  process.stdout.write = into('out');
  process.stderr.write = into('err');
  process.argv = [process.execPath, 'scorefield', ...args];
  process.exitCode = undefined;
  // A name of its own makes the module run again; what it imports is there already.
  await import(`${main.href}?call=${i}`);
  ended.push({ code: exitCode(), signal: null, ...printed });
}
process.exitCode = 0;
print(JSON.stringify(ended));
