/** @file `scorefield import`: a model of the parameters that a module of PyTorch has learned. */
import { join } from 'node:path';
import { argument, command, option } from '../shell/command.ts';
import { jsonOption } from '../shell/options.ts';
import { path } from '../shell/parsers.ts';
import { terminal } from '../shell/terminal.ts';
import { makeFolder } from '../../io/folders.ts';

export const importTorch = command({
  name: 'import',
  summary: 'make a model of the parameters of a PyTorch module',
  description:
    'Write a model of the parameters that the module of `scorefield export RUN --torch FOLDER` has, such as after it was trained\n' +
    'on in PyTorch. The model takes the place of a run wherever samples are drawn.',
  arguments: { weights: argument('<WEIGHTS>', 'file that `Score.save` has written, or folder of the module') },
  options: {
    out: option('--out <FOLDER>', 'folder of the model, which gives it its name (default: models/imported)', path),
    ...jsonOption,
  },
  run: async ({ weights }, { out: folder = join('models', 'imported'), json }) => {
    const { modelFileName, readTorch, writeAtomic } = await import('../work.ts');
    const out = terminal({ json });
    const { bytes, network, parameters, file: source } = readTorch(weights);
    makeFolder(folder);
    const file = join(folder, modelFileName);
    writeAtomic(file, bytes);
    out.line(`${network} with ${parameters.toLocaleString('en')} parameters of ${source}: ${file}`);
    out.result({ file, weights: source, network, parameters, bytes: bytes.length });
  },
});
