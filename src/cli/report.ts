/** @file How commands end: one sentence and exit code 2 for what the user can mend, a stack and 1 for what is ours. */
import { CommanderError } from 'commander';
import { systemCode, systemProblem } from '../base/system-problem.ts';
import { ConfigError, FileError, NumericalError, ShapeError, UnsupportedError } from '../base/errors.ts';

const exitCodes = { ok: 0, failed: 1, userMistake: 2 } as const;

function sentence(error: Error): string {
  if (error instanceof ConfigError && error.issues.length > 1)
    return [`${error.issues.length} problems`, ...error.issues.map(({ path, message }) => `${path}: ${message}`)].join(
      '\n  ',
    );
  return error.message;
}

/** A reader that has seen enough, as in `| head`, must not end a training; any other trouble with the output is told. */
export function survivesClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error) => {
      if (systemCode(error) === 'EPIPE') return;
      process.stderr.write(`scorefield: the output cannot be written: ${systemProblem(error)}\n`);
      process.exit(exitCodes.userMistake);
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
    if (error instanceof NumericalError) {
      process.stderr.write(`scorefield: ${error.message}\n`);
      return exitCodes.failed;
    }
    const mendable = [ConfigError, FileError, ShapeError, UnsupportedError].some((kind) => error instanceof kind);
    if (mendable) {
      process.stderr.write(`scorefield: ${sentence(error as Error)}\n`);
      return exitCodes.userMistake;
    }
    process.stderr.write(`scorefield: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return exitCodes.failed;
  }
}
