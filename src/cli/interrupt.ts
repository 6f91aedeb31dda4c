/** @file Ctrl-C as a wish that a loop can ask for. */
import type { Terminal } from './terminal.ts';

/** Exit code of a command that was interrupted, as shells have it. */
export const interruptedExitCode = 130;

/** The first Ctrl-C asks the loop to save and end; a second one ends the process at once. */
export function watchInterrupt(out: Terminal): { requested(): boolean; stop(): void } {
  let requested = false;
  const onSignal = (): void => {
    if (requested) process.exit(interruptedExitCode);
    requested = true;
    out.line('saving after this step (press Ctrl-C again to stop without saving)');
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    requested: () => requested,
    stop: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
