/** @file The fields of the documents on pages of one's own: plain HTML with an import map, built by Vite, and as a component of Preact and of React. */
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { beforeAll, describe, expect, it } from 'vitest';
import { chromium, telling, visit, type Site, type Told } from './chromium.ts';
import { blocksOf, project, root } from './project.ts';

const htmls = blocksOf('docs/browser.md', 'html');
const elements = htmls.find((block) => block.includes('<score-field')) ?? '';
const map = (htmls.find((block) => block.includes('importmap')) ?? '').replace(
  '"imports": {',
  '"imports": { "scorefield/studio": "/node_modules/scorefield/dist/lib/studio.js",',
);
const [component = ''] = blocksOf('docs/browser.md', 'jsx');

/** Tells how many colors the pictures of a page have once their particles are computed, and how many pixels are theirs. */
const looking = `
const colorsOf = (canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const found = new Set();
  let red = 0;
  for (let i = 0; i < data.length; i += 4) {
    found.add(data[i] * 65536 + data[i + 1] * 256 + data[i + 2]);
    if (data[i] > 150 && data[i] - data[i + 2] > 80) red++;
  }
  return { colors: found.size, red };
};
const frames = async (count) => { for (let i = 0; i < count; i++) await new Promise(requestAnimationFrame); };`;
const elementsTell = `
await customElements.whenDefined('score-field');
const fields = [...document.querySelectorAll('score-field')];
await Promise.all(fields.map((field) => field.view.ready));
fields[0].view.seek(1);
await new Promise((resolve) => setTimeout(resolve, 200));
await frames(3);
tell({ value: fields.map((field) => ({ place: field.view.place, ...colorsOf(field.shadowRoot.querySelector('canvas')) })) });`;

const page = (body: string, before = ''): string =>
  `<!doctype html><meta charset="utf-8" />${before}${telling}<body>${body}`;
const script = (code: string): string => `<script type="module">${looking}${code}</script>`;

/** A page with the component of the documents in a framework. */
const componentOf = (
  framework: string,
  code: string,
  { imports, show }: { readonly imports: string; readonly show: string },
): Readonly<Record<string, string>> => ({
  [`${framework}.html`]: page(`<div id="app"></div><script type="module" src="./${framework}-app.jsx"></script>`),
  [`${framework}-field.jsx`]: `/** @jsxImportSource ${framework} */\n${code}`,
  [`${framework}-app.jsx`]: `/** @jsxImportSource ${framework} */
${imports}
import { Field } from './${framework}-field.jsx';
${looking}
const app = document.querySelector('#app');
${show}
const drawn = () => app.querySelector('canvas');
for (let i = 0; i < 400 && (i < 5 || drawn() === null || colorsOf(drawn()).red < 100); i++) await frames(5);
tell({ value: [colorsOf(drawn())] });`,
});

interface Seen {
  readonly place?: number;
  readonly colors: number;
  readonly red: number;
}

describe.skipIf(chromium === undefined)('fields on a page (with Chromium, such as /usr/bin/chromium)', () => {
  let told: Readonly<Record<string, Told<readonly Seen[]>>> = {};
  beforeAll(async () => {
    const source = project({
      'elements.html': page(elements + script(elementsTell)),
      ...componentOf('preact', component, {
        imports: `import { render } from 'preact';`,
        show: `render(<Field weights={[0.2, 0.8]} />, app);`,
      }),
      ...componentOf('react', component.replace(`'preact/hooks'`, `'react'`), {
        imports: `import { StrictMode } from 'react';\nimport { createRoot } from 'react-dom/client';`,
        // Which runs each effect twice.
        show: `createRoot(app).render(<StrictMode><Field weights={[0.2, 0.8]} /></StrictMode>);`,
      }),
    });
    for (const name of ['preact', 'react', 'react-dom', 'scheduler', 'loose-envify', 'js-tokens'])
      symlinkSync(join(root, 'node_modules', name), join(source, 'node_modules', name), 'junction');
    const built = join(source, 'site');
    await build({
      root: source,
      logLevel: 'error',
      configFile: false,
      build: {
        outDir: built,
        target: 'es2023',
        rolldownOptions: { input: ['elements', 'preact', 'react'].map((name) => join(source, `${name}.html`)) },
      },
    });
    const sites: readonly Site[] = [
      { at: '/', folder: source, made: { 'plain.html': page(elements + script(elementsTell), map) } },
      { at: '/node_modules/', folder: join(root, 'node_modules') },
      { at: '/node_modules/scorefield/', folder: root },
      { at: '/built/', folder: built },
      { at: '/assets/', folder: join(built, 'assets') },
    ];
    // One after the other: pages that are not seen draw no frames.
    for (const at of ['/plain.html', '/built/elements.html', '/built/preact.html', '/built/react.html'])
      told = { ...told, ...(await visit<readonly Seen[]>(sites, [at])) };
  }, 120_000);

  it.each(['/plain.html', '/built/elements.html'])(
    '%s draws both elements with their densities and particles',
    (at) => {
      const { value = [], error } = told[at] ?? {};
      expect(error).toBeUndefined();
      expect(value.map(({ place }) => place)).toEqual([1, 0.7]);
      for (const { colors, red } of value) {
        // A density has many shades; a particle some pixels.
        expect(colors).toBeGreaterThan(100);
        expect(red).toBeGreaterThan(300);
      }
    },
  );

  it.each(['/built/preact.html', '/built/react.html'])('%s draws a score of its own', (at) => {
    const { value: [seen] = [], error } = told[at] ?? {};
    expect(error).toBeUndefined();
    expect(seen?.colors).toBeGreaterThan(100);
    expect(seen?.red).toBeGreaterThan(100);
  });
});
