/** @file What the studio needs as a site of its own: its policy, the files beside the page, and the service worker that keeps them. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { rolldown } from 'rolldown';
import type { Plugin } from 'vite';
import { pagePolicy } from '../src/node/file-server.ts';
import { filesBesidePage } from '../src/node/studio-files.ts';

const source = resolve(import.meta.dirname, '../src/studio/site/service-worker.ts');
const script = 'service-worker.js';

/** Files that a visit may never need: models, pictures, and engines for a graphics processor. */
const onUse = /^(models|emoji)\/|^ort\/.*\.(jspi|asyncify)\./;

/** The plugin of `vite build --mode site`. */
export function studioSite(): Plugin {
  let site = false;
  return {
    name: 'studio-site',
    configResolved({ mode }) {
      site = mode === 'site';
    },
    transformIndexHtml() {
      // Servers of files send no policy. What the local server's has beyond it no element may say.
      const attrs = { 'http-equiv': 'content-security-policy', content: pagePolicy };
      return site ? [{ tag: 'meta', attrs, injectTo: 'head-prepend' as const }] : [];
    },
    generateBundle() {
      if (!site) return;
      for (const [address, { body }] of filesBesidePage())
        this.emitFile({ type: 'asset', fileName: address.slice(1), source: body });
    },
    async writeBundle({ dir }) {
      if (site && dir !== undefined) await writeServiceWorker(dir);
    },
  };
}

/** Writes the service worker of a folder for the files that lie in it. */
export async function writeServiceWorker(folder: string): Promise<void> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((name) => name !== script && !name.split('/').some((part) => part.startsWith('.')))
    .sort();
  const digest = (name: string): string => {
    const hash = createHash('sha256').update(readFileSync(join(folder, name)));
    return `sha256-${hash.digest('base64')}`;
  };
  const digests = names.map((name): readonly [string, string] => [name, digest(name)]);
  const version = createHash('sha256').update(JSON.stringify(digests)).digest('base64url').slice(0, 16);
  const files = {
    version,
    kept: Object.fromEntries(digests.filter(([name]) => !onUse.test(name))),
    keptOnUse: names.filter((name) => onUse.test(name)),
  };
  const made = await rolldown({ input: source });
  const { output } = await made.generate({ format: 'iife', minify: true });
  writeFileSync(join(folder, script), `const siteFiles = ${JSON.stringify(files)};\n${output[0].code}`);
}
