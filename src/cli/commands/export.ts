/** @file `scorefield export`: the score of a run as an ONNX file for other programs. */
import { join } from 'node:path';
import { checkOptions } from '../../base/check.ts';
import { argument, command, option } from '../shell/command.ts';
import { checkpointOption, jsonOption } from '../shell/options.ts';
import { path } from '../shell/parsers.ts';
import { terminal } from '../shell/terminal.ts';
import { requireWritable } from '../shell/writable.ts';

export const exportScore = command({
  name: 'export',
  summary: 'write the score of a run as an ONNX model or a PyTorch module',
  description:
    'Write the score of RUN as an ONNX model of standard operators, which every ONNX runtime can run without scorefield:\n' +
    'inputs x and t (and classes, and where a step ends), outputs score, denoised, alpha and sigma, for batches of any size.\n' +
    'With --torch, write it as a PyTorch module instead, which can be trained on: `scorefield import` has its parameters back.',
  arguments: { model: argument('<RUN>', 'folder of a run, or name of a model') },
  options: {
    out: option('--out <FILE>', 'file to write (.onnx) (default: RUN/score.onnx)', path),
    torch: option(
      '--torch <FOLDER>',
      'folder of a PyTorch module to write: model.py and weights.safetensors (default: none)',
      path,
    ),
    ...checkpointOption,
    ...jsonOption,
  },
  run: async ({ model: run }, { out: target, torch, checkpoint, json }) => {
    checkOptions([target === undefined || torch === undefined, 'out', 'is of the ONNX model, not of --torch']);
    const { exportRun } = await import('../../run/export.ts');
    const { loadRun } = await import('../../run/load.ts');
    const { writeAtomic } = await import('../../io/atomic.ts');
    const out = terminal({ json });
    if (torch !== undefined) {
      const { writeTorch } = await import('../work.ts');
      const { files, step, parameters } = writeTorch(run, torch, checkpoint);
      out.line(`${files.join(' and ')}: the score at step ${step}, ${parameters.toLocaleString('en')} parameters`);
      out.result({ files, run, step, parameters });
      return;
    }
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
