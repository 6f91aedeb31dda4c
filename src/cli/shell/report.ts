/** @file How commands end: one sentence and exit code 2 for what the user can mend, a stack and 1 for what is ours. */
import { CommanderError } from 'commander';
import { ConfigError, FileError, GroupError, NumericalError, ShapeError, UnsupportedError } from '../../base/errors.ts';
import { printable, printableLines } from '../../base/printable.ts';
import { systemCode, systemProblem } from '../../base/system-problem.ts';

const exitCodes = { ok: 0, failed: 1, userMistake: 2 } as const;

/** What is wrong, on one line or one for each problem; names and texts from files are in it. */
function sentence(error: Error): string {
  if (error instanceof ConfigError && error.issues.length > 1)
    return [
      `${error.issues.length} problems`,
      ...error.issues.map(({ path, message }) => printable(`${path}: ${message}`)),
    ].join('\n  ');
  return printable(error.message);
}

/**
 * Lets a command go on when its output cannot be written, as the work may be worth hours: a reader that has seen enough, as in
 * `| head`, or a terminal that was closed is passed over; any other trouble, such as a full disk, is reported once on the other
 * stream, and the command ends with exit code 2.
 */
export function survivesClosedOutputs(): void {
  const { stdout, stderr } = process;
  const reported = new Set<NodeJS.WriteStream>();
  for (const [stream, other] of [
    [stdout, stderr],
    [stderr, stdout],
  ] as const)
    stream.on('error', (error) => {
      const code = systemCode(error);
      if (code === 'EPIPE' || (code === 'EIO' && stream.isTTY)) return;
      if (Number(process.exitCode ?? exitCodes.ok) === exitCodes.ok) process.exitCode = exitCodes.userMistake;
      if (reported.has(stream)) return;
      reported.add(stream);
      other.write(`scorefield: the output cannot be written: ${systemProblem(error)}\n`);
    });
}

/**
 * Runs a command and prints how it failed, if it did.
 * @returns the exit code
 */
export async function report(command: () => Promise<unknown>): Promise<number> {
  try {
    await command();
    return Number(process.exitCode ?? exitCodes.ok);
  } catch (error) {
    // Commander has printed its own message by now; help and version end this way with code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.userMistake;
    if (error instanceof NumericalError || error instanceof GroupError) {
      process.stderr.write(`scorefield: ${sentence(error)}\n`);
      return exitCodes.failed;
    }
    const mendable = [ConfigError, FileError, ShapeError, UnsupportedError].some((kind) => error instanceof kind);
    if (mendable) {
      process.stderr.write(`scorefield: ${sentence(error as Error)}\n`);
      return exitCodes.userMistake;
    }
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`scorefield: ${printableLines(stack)}\n`);
    return exitCodes.failed;
  }
}
