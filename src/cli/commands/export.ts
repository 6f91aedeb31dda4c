/** @file `scorefield export`: the score of a run as an ONNX file for other programs. */
import { join } from 'node:path';
import { argument, command, option } from '../shell/command.ts';
import { checkpointOption, jsonOption } from '../shell/options.ts';
import { path } from '../shell/parsers.ts';
import { terminal } from '../shell/terminal.ts';
import { requireWritable } from '../shell/writable.ts';

export const exportScore = command({
  name: 'export',
  summary: 'write the score of a run as an ONNX model',
  description:
    'Write the score of RUN as an ONNX model of standard operators, which every ONNX runtime can run without scorefield:\n' +
    'inputs x and t (and classes, and where a step ends), outputs score, denoised, alpha and sigma, for batches of any size.',
  arguments: { model: argument('<RUN>', 'folder of a run, or name of a model') },
  options: {
    out: option('--out <FILE>', 'file to write (.onnx) (default: RUN/score.onnx)', path),
    ...checkpointOption,
    ...jsonOption,
  },
  run: async ({ model: run }, { out: target, checkpoint, json }) => {
    const { exportRun } = await import('../../run/export.ts');
    const { loadRun } = await import('../../run/load.ts');
    const { writeAtomic } = await import('../../io/atomic.ts');
    const out = terminal({ json });
    const loaded = loadRun(run, checkpoint);
    const file = target ?? join(run, 'score.onnx');
    requireWritable(file, ['.onnx']);
    const bytes = exportRun(loaded);
    writeAtomic(file, bytes);
    const { step } = loaded.point;
    const classes = loaded.net.classes === 0 ? '' : `, classes [N, ${loaded.net.classes}]`;
    const ends = loaded.net.ends === undefined ? '' : `, end [N, ${loaded.net.ends}]`;
    const shape = ['N', ...loaded.data.shape].join(', ');
    out.line(
      `${file}: ${(bytes.length / 1e6).toPrecision(2)} MB, the score at step ${step} of x [${shape}], t [N]${classes}${ends}`,
    );
    out.result({ file, run, step, bytes: bytes.length });
  },
});
