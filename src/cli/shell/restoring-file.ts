/** @file Files of data other than images that `restore` completes. */
import type { Model } from '../../model/model.ts';
import type { CompletingOptions } from './completing.ts';
import type { RestoringSoundOptions } from './restoring-sound.ts';
import type { Terminal } from './terminal.ts';

/** Completes a sound, or else a table. */
export async function restoreFile(
  model: Model,
  out: Terminal,
  options: CompletingOptions & RestoringSoundOptions,
): Promise<void> {
  if (options.sound !== undefined) {
    const { restoreSound } = await import('./restoring-sound.ts');
    await restoreSound(model, out, options);
    return;
  }
  const { completeTable } = await import('./completing.ts');
  await completeTable(model, out, options);
}
