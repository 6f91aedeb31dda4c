/** @file `scorefield export`: the score of a run as an ONNX file for other programs. */
import { join } from 'node:path';
import { loadRun } from '../run/load.ts';
import { exportRun } from '../run/export.ts';
import { writeAtomic } from '../io/atomic.ts';
import { requireWritable } from './shell/writable.ts';
import { terminal } from './shell/terminal.ts';

/** Options of `scorefield export`. */
export interface ExportFlags {
  readonly out?: string;
  readonly checkpoint?: number;
  readonly json?: boolean;
}

/** Writes the score of a run as an ONNX model. */
export function exportCommand(folder: string, flags: ExportFlags): void {
  const out = terminal(flags);
  const loaded = loadRun(folder, flags.checkpoint);
  const file = flags.out ?? join(folder, 'score.onnx');
  requireWritable(file, ['.onnx']);
  const bytes = exportRun(loaded);
  writeAtomic(file, bytes);
  const { step } = loaded.point;
  const told = loaded.net.classes === 0 ? '' : `, classes [N, ${loaded.net.classes}]`;
  const shape = ['N', ...loaded.data.shape].join(', ');
  out.line(
    `${file}: ${(bytes.length / 1e6).toPrecision(2)} MB, the score at step ${step} of x [${shape}], t [N]${told}`,
  );
  out.result({ file, run: folder, step, bytes: bytes.length });
}
