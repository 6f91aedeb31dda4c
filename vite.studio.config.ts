/**
 * @file How Vite builds the studio, the page of `src/studio`, into `dist/studio`, or with `--mode site` as a site of its own into `site`;
 * `npm run studio:dev` serves it while it changes.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import temml from 'temml';
import { defineConfig, type Plugin } from 'vite';
import { studioSite } from './scripts/studio-site.ts';
import { filesBesidePage } from './src/node/studio-files.ts';
import { rankingOf } from './src/studio/calibration.ts';

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

/** The ranking of the posterior samplers as the page of their calibration has it, for what the studio says of each. */
function ranking(): Plugin {
  return {
    name: 'ranking',
    transform(code, id) {
      if (!id.endsWith('/studio/calibration.ts')) return null;
      const text = readFileSync(resolve(root, 'docs/calibration.md'), 'utf8');
      return code.replaceAll(/\bcalibrationOf``/g, JSON.stringify(rankingOf(text)));
    },
  };
}

/** The engine, the models and the pictures under the addresses at which the server of the studio has them. */
function besidePage(): Plugin {
  return {
    name: 'beside-page',
    configureServer({ middlewares }) {
      const files = filesBesidePage();
      middlewares.use((request, response, next) => {
        const file = files.get(request.url ?? '');
        if (file === undefined) next();
        else response.setHeader('content-type', file.type).end(file.body);
      });
    },
  };
}

export default defineConfig(({ command, mode }) => ({
  root: resolve(root, 'src/studio'),
  // Relative addresses, so that the page can lie in any folder of a server.
  base: './',
  plugins: [formulas(), ranking(), besidePage(), studioSite()],
  // ONNX Runtime without its WebAssembly, which the page loads from `ort/`.
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser'] },
  // Tests build the page that is shipped, whatever NODE_ENV they have.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: command === 'serve' } },
  define: { LOWERING_REVISION: '""', FROM_SOURCE: String(command === 'serve') },
  worker: { format: 'es' },
  build: {
    // The site is not a part of the package.
    outDir: resolve(root, mode === 'site' ? 'site' : 'dist/studio'),
    emptyOutDir: true,
    target: 'es2023',
    // The parts of the first screen are fetched at once, not when the first of them asks for the others; those of the tabs are few and small.
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_, parts, { hostType }) => (hostType === 'html' ? parts : []),
    },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
}));
