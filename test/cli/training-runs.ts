/** @file Folders of runs that processes write. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { decodeSafetensors } from '../../src/io/safetensors.ts';

type Tensors = ReturnType<typeof decodeSafetensors>['tensors'];

/** The complete lines of the metrics of a run so far. */
export function linesOf(cwd: string, run: string): Record<string, number>[] {
  const file = join(cwd, run, 'metrics.jsonl');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return text.split('\n').flatMap((line) => (line.endsWith('}') ? [JSON.parse(line) as Record<string, number>] : []));
}

/** Waits until a run has taken a step, for a minute at most. */
export async function untilStep(cwd: string, run: string, step: number): Promise<void> {
  const end = Date.now() + 60_000;
  for (let last = 0; last < step; last = linesOf(cwd, run).at(-1)?.['step'] ?? 0) {
    if (Date.now() > end) throw new Error(`${run} has taken ${last} steps in a minute, expected ${step}`);
    await pause(20);
  }
}

/** The tensors of a checkpoint. */
export function checkpointOf(cwd: string, run: string, step: number): Tensors {
  const file = join(cwd, run, 'checkpoints', `${String(step).padStart(8, '0')}.safetensors`);
  return decodeSafetensors(new Uint8Array(readFileSync(file)), file).tensors;
}
