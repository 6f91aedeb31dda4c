/** @file `scorefield studio`: the page where a score model is trained, watched and used, served to this machine. */
import { command, optionWithDefault } from '../shell/command.ts';
import { jsonOption } from '../shell/options.ts';
import { port } from '../shell/parsers.ts';
import { terminal } from '../shell/terminal.ts';

export const studio = command({
  name: 'studio',
  summary: 'open the page where a score is seen, learned and sampled',
  description:
    'Serve the page where a score is seen, learned and sampled. It is served to this machine alone, until Ctrl-C; everything is computed\n' +
    'in the browser, in which training needs the package onnxruntime-web.',
  arguments: {},
  options: {
    port: optionWithDefault('--port <P>', 'port, or 0 for one that is free', { parse: port, value: 0 }),
    ...jsonOption,
  },
  run: async (_, { port: asked, json }) => {
    const { serveFiles } = await import('../../node/file-server.ts');
    const { studioFiles } = await import('../../node/studio-files.ts');
    const out = terminal({ json });
    const { files, hasEngine } = studioFiles();
    const { address } = await serveFiles(files, { port: asked });
    if (!hasEngine)
      out.line('training needs onnxruntime-web, which is not installed; `npm install onnxruntime-web@1.30.0` adds it');
    out.line(`the studio is at ${address} until Ctrl-C`);
    out.result({ address, training: hasEngine });
  },
});
