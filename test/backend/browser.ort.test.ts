/**
 * @file The library as it is built, in a browser without a window, against Node. It needs Chromium, such as that of Debian's
 * package `chromium`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import typescript from 'typescript';
import { describe, expect, it } from 'vitest';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import * as rootNames from '../../src/index.ts';
import * as networks from '../../src/nn.ts';
import * as training from '../../src/train.ts';
import { chromium, telling, visit } from '../browser/chromium.ts';
import { blocksOf, root } from '../browser/project.ts';
import { numbers } from './children/in-browser.ts';

type Numbers = Awaited<ReturnType<typeof numbers>>;

const page = `<!doctype html>${blocksOf('docs/browser.md', 'html').join('')}${telling}
<script type="module">
  const [{ webBackend }, { InferenceSession, Tensor }, { numbers }, ...parts] = await Promise.all(
    ['scorefield/web', 'onnxruntime-web/wasm', '/in-browser.js', 'scorefield', '/dist/lib/nn.js', '/dist/lib/train.js'].map((name) => import(name)),
  );
  const lib = Object.assign({}, ...parts);
  const runModel = async (model, { x, t }) => {
    const session = await InferenceSession.create(model, { executionProviders: ['wasm'] });
    const feeds = { x: new Tensor('float32', x, [t.length, 1, 8, 8]), t: new Tensor('float32', t, [t.length]) };
    return (await session.run(feeds)).score.data;
  };
  await tell({ value: await numbers(lib, webBackend(), runModel) });
</script>`;

/** What the page computes. */
async function inBrowser(): Promise<Numbers> {
  const source = readFileSync(join(import.meta.dirname, 'children/in-browser.ts'), 'utf8');
  const script = typescript.transpile(source, {
    module: typescript.ModuleKind.ESNext,
    target: typescript.ScriptTarget.ES2023,
  });
  const sites = [
    { at: '/', folder: root, made: { 'page.html': page, 'in-browser.js': script } },
    { at: '/node_modules/scorefield/', folder: root },
  ];
  const { value, error } = (await visit<Numbers>(sites, ['/page.html']))['/page.html'] ?? {};
  if (value === undefined) throw new Error(error);
  return value;
}

/** Distance relative to the size. */
const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.hypot(...b.map((value, i) => value - (a[i] ?? NaN))) / Math.hypot(...b);

describe.skipIf(chromium === undefined)('the library in a browser (with Chromium, such as /usr/bin/chromium)', () => {
  it('trains, samples and computes scores as in Node', { timeout: 120_000 }, async () => {
    const runModel = async (
      model: Uint8Array,
      { x, t }: { x: Float32Array; t: Float32Array },
    ): Promise<Float32Array> => {
      const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
      const feeds = { x: new Tensor('float32', x, [t.length, 1, 8, 8]), t: new Tensor('float32', t, [t.length]) };
      const { score } = await session.run(feeds);
      await session.release();
      return score!.data as Float32Array;
    };
    const lib = { ...rootNames, ...networks, ...training };
    const expected = await numbers(lib, nodeBackend({ threads: 1 }), runModel);
    const found = await inBrowser();
    // One evaluation: a few float32 roundings of 6e-8.
    expect(distance(found.score, expected.score)).toBeLessThan(2e-6);
    expect(distance(found.exported, found.score)).toBeLessThan(2e-6);
    expect(distance(found.exported, expected.exported)).toBeLessThan(2e-6);
    // Twenty steps and twenty evaluations, each of which carries the roundings of those before it.
    expect(distance(found.losses, expected.losses)).toBeLessThan(1e-5);
    expect(distance(found.params, expected.params)).toBeLessThan(1e-4);
    expect(distance(found.samples, expected.samples)).toBeLessThan(1e-4);
  });
});
