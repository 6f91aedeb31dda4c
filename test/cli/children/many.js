/** @file Runs the command line once for each list of arguments, all in one process, and prints what each call did. */

/** @type {(text: string) => string[][]} */
const parse = JSON.parse;
const calls = parse(process.argv[2] ?? '[]');
const print = process.stdout.write.bind(process.stdout);
// Each call listens for closed pipes anew.
for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(0);

const exitCode = () => Number(process.exitCode ?? 0);
/** @type {import('../scorefield.ts').Ended[]} */
const ended = [];
for (const [i, args] of calls.entries()) {
  const printed = { out: '', err: '' };
  /** @param {'out' | 'err'} name */
  const into = (name) => (/** @type {string | Uint8Array} */ text) => {
    printed[name] += String(text);
    return true;
  };
  process.stdout.write = into('out');
  process.stderr.write = into('err');
  process.argv = [process.execPath, 'scorefield', ...args];
  process.exitCode = undefined;
  // A name of its own makes the module run again; what it imports is there already.
  await import(`../../../dist/cli/main.js?call=${i}`);
  ended.push({ code: exitCode(), signal: null, ...printed });
}
process.exitCode = 0;
print(JSON.stringify(ended));
