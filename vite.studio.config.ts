/** @file How Vite builds the studio, the page of `src/studio`, into `dist/studio`; `npm run studio:dev` serves it while it changes. */
import { createReadStream } from 'node:fs';
import { basename, resolve } from 'node:path';
import temml from 'temml';
import { defineConfig, type Plugin } from 'vite';

const root = import.meta.dirname;

/** Formulas are written in TeX and built into the page as MathML, which browsers draw and screen readers read. */
function formulas(): Plugin {
  return {
    name: 'formulas',
    transform(code, id) {
      if (!id.endsWith('/studio/formulas.ts')) return null;
      const mathml = (tex: string): string =>
        temml.renderToString(tex, { throwOnError: true }).replaceAll(/ style="[^"]*"/g, '');
      return code.replaceAll(/\btex`([^`]*)`/g, (_, tex: string) => JSON.stringify(mathml(tex)));
    },
  };
}

/** The engine's files under the address that the page loads them from, as the server of the studio serves them. */
function engineFiles(): Plugin {
  return {
    name: 'engine-files',
    configureServer({ middlewares }) {
      middlewares.use('/ort', (request, response) => {
        const name = basename(request.url ?? '');
        response.setHeader('content-type', name.endsWith('.wasm') ? 'application/wasm' : 'text/javascript');
        createReadStream(resolve(root, 'node_modules/onnxruntime-web/dist', name)).pipe(response);
      });
    },
  };
}

export default defineConfig({
  root: resolve(root, 'src/studio'),
  // Relative addresses, so that the page can lie in any folder of a server.
  base: './',
  plugins: [formulas(), engineFiles()],
  // ONNX Runtime without its WebAssembly, which the page loads from `ort/`.
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser'] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  define: { LOWERING_REVISION: '""' },
  worker: { format: 'es' },
  build: {
    outDir: resolve(root, 'dist/studio'),
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});
