/** @file `scorefield studio`: the page where a score model is trained, watched and used, served to this machine. */
import { command, optionWithDefault, severalArguments } from '../shell/command.ts';
import { jsonOption } from '../shell/options.ts';
import { port } from '../shell/parsers.ts';
import { terminal } from '../shell/terminal.ts';

export const studio = command({
  name: 'studio',
  summary: 'open the page where a score is seen, learned and sampled',
  description:
    'Serve the page where a score is seen, learned and sampled. It is served to this machine alone, until Ctrl-C; everything is computed\n' +
    'in the browser, in which training needs the package onnxruntime-web. Of a RUN it shows losses, samples and configuration, and writes\n' +
    'nothing.',
  arguments: { runs: severalArguments('[RUN...]', 'folders of runs whose trainings are shown as they go') },
  options: {
    port: optionWithDefault('--port <P>', 'port, or 0 for one that is free', { parse: port, value: 0 }),
    ...jsonOption,
  },
  run: async ({ runs }, { port: asked, json }) => {
    const { serveFiles } = await import('../../node/file-server.ts');
    const { studioFiles } = await import('../../node/studio-files.ts');
    const { firstOf, runFiles } = await import('../../node/studio-runs.ts');
    const out = terminal({ json });
    const shown = runFiles(runs);
    const { files, hasEngine } = studioFiles();
    const { address: root } = await serveFiles(firstOf(shown, files), { port: asked });
    const address = runs.length === 0 ? root : `${root}#tab=runs`;
    if (!hasEngine)
      out.line('training needs onnxruntime-web, which is not installed; `npm install onnxruntime-web@1.30.0` adds it');
    out.line(`the studio is at ${address} until Ctrl-C`);
    out.result({ address, training: hasEngine });
  },
});
