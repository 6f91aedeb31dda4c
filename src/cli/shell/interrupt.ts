/** @file Signals as requests that a loop reads between two steps, and the end of commands that have no such loop. */
import type { Terminal } from './terminal.ts';

/** Exit code of a command that was interrupted, as shells have it. */
export const interruptedExitCode = 130;

/** What the user has requested by signals so far. */
export interface Interrupt {
  /** To save and end: by Ctrl-C (SIGINT), SIGTERM, or SIGHUP of a terminal that closes or a connection that is lost. */
  requested(): boolean;
  /** To save and go on: by SIGUSR1. True once for each time. */
  saveRequested(): boolean;
  /** Ends the watch. */
  stop(): void;
}

const ending = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Watches for signals. The first one that ends asks the loop to save and end; Ctrl-C after it ends the process at once. Another
 * SIGHUP or SIGTERM does not: of a closing terminal both may come, and from several senders.
 */
export function watchInterrupt(out: Terminal): Interrupt {
  let requested = false;
  let saving = false;
  const onEnd = (signal: NodeJS.Signals): void => {
    if (requested && signal === 'SIGINT') process.exit(interruptedExitCode);
    if (requested) return;
    requested = true;
    out.line('saving after this step (press Ctrl-C again to stop without saving)');
  };
  const onSave = (): void => {
    saving = true;
  };
  for (const signal of ending) process.on(signal, onEnd);
  process.on('SIGUSR1', onSave);
  return {
    requested: () => requested,
    saveRequested: () => {
      const asked = saving;
      saving = false;
      return asked;
    },
    stop: () => {
      for (const signal of ending) process.off(signal, onEnd);
      process.off('SIGUSR1', onSave);
    },
  };
}

/** Of a terminal: to the beginning of the line, which is erased, so that a progress bar makes way. */
const fresh = '\r\x1b[2K';

/**
 * Ends the process at Ctrl-C with one sentence, unless a loop watches for it, which saves first. Files are written whole by calls that no signal divides,
 * so that each is as it was or finished; what else a process has to leave in order it does as it exits.
 */
export function endsAtInterrupt(): void {
  if (process.listenerCount('SIGINT') > 0) return;
  process.on('SIGINT', () => {
    if (process.listenerCount('SIGINT') > 1) return;
    for (const stream of [process.stdout, process.stderr]) if (stream.isTTY) stream.write(fresh);
    process.stderr.write('scorefield: stopped by Ctrl-C\n');
    process.exit(interruptedExitCode);
  });
}

/** Takes SIGUSR1 from Node, which opens the port of its debugger at that. */
export function keepDebuggerClosed(): void {
  if (process.listenerCount('SIGUSR1') === 0) process.on('SIGUSR1', () => undefined);
}
