/** @file The examples of the documents for browsers, built by Vite and esbuild and by nobody, as they run in Chromium. */
import { copyFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build as esbuild } from 'esbuild';
import { build as vite } from 'vite';
import { beforeAll, describe, expect, it } from 'vitest';
import { chromium, visit, type Site, type Told } from './chromium.ts';
import { blocksOf, examples, pageOf, project, root } from './project.ts';

const isolated = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
};
const wasm = 'ort-wasm-simd-threaded.wasm';
const { moons, page, worker, threads } = examples();
const [importMap = ''] = blocksOf('docs/browser.md', 'html');

/** A worker with threads of its own, which has a handler of messages as workers have. */
const threadsWorker = `${threads}
import { graph } from 'scorefield';
onmessage = () => postMessage('a message');
const x = graph.input(graph.empty(), 'x', [2]);
backend
  .compile({ y: graph.mul(x, 2) })
  .then((program) => program.run({ x: Float32Array.of(1, 2) }))
  .then(({ y }) => postMessage([...y].join() + ' points'));`;
const threadsPage = `const worker = new Worker(new URL('./threads-worker.js', import.meta.url), { type: 'module' });
worker.onmessage = ({ data }) => console.log(data);`;
const nodePage = `import { nodeBackend } from 'scorefield/node'; nodeBackend();`;
const plainThreads = `import { graph } from 'scorefield';
import { webBackend } from 'scorefield/web';
const program = await webBackend({ threads: 2 }).compile({ y: graph.mul(graph.input(graph.empty(), 'x', [2]), 2) });
console.log([...(await program.run({ x: Float32Array.of(1, 2) })).y].join(), 'points');`;

/** The handle: a model of this package from its address, and one that is trained in the page. */
const modelPage = `import { toys, key } from 'scorefield';
import { openModel, trainModel } from 'scorefield/web';
const model = await openModel('/node_modules/scorefield/models/fashion-mnist/model.safetensors');
const { samples } = await model.sample({ count: 1, seed: 1 });
const moons = await trainModel(toys['two-moons'].draw(key(0), 500), { steps: 20, conditional: true });
const stop = new AbortController();
const drawing = moons.given({ class: 1, guidance: 2 }).sample({ count: 3, sampler: 'ancestral', steps: 100, signal: stop.signal });
let last = 0;
try {
  for await (const { step } of drawing) if ((last = step) === 5) stop.abort();
} catch ({ name }) {
  console.log(samples.toPng().slice(1, 4).join(), name, 'after step', last, 'points');
}`;

/**
 * A program on a graphics processor, with an output that stays there, and the score of a network there and on the processor; the older
 * build where WebAssembly cannot wait for promises.
 */
const gpuPage = (
  before: string,
): string => `import { averaged, epsilon, graph, key, mlp, normalBatch, scoreModel, split, startPoint, vp } from 'scorefield';
import { webBackend, webgpuBackend } from 'scorefield/web';
${before}
if ((await navigator.gpu?.requestAdapter()) == null) console.log('no graphics processor', 'points');
const backend = webgpuBackend({ wasm: '/node_modules/onnxruntime-web/dist' });
const x = graph.input(graph.empty(), 'x', [2]);
const program = await backend.compile({ y: graph.mul(x, 2) }, { kept: graph.mul(x, 3) });
const { kept } = await program.run({ x: Float32Array.of(1, 2) });
const { y } = await program.run({ x: kept });
const net = mlp(2, { width: 8 });
const process = { sde: vp(), parametrization: epsilon()(vp()) };
const params = averaged(startPoint(net, key(0)).state);
const at = normalBatch(split(key(1), 16), [2]);
const scores = [];
for (const own of [backend, webBackend()]) scores.push((await scoreModel(own, net, { params, process }).score(at, 0.5)).data);
const apart = Math.hypot(...scores[0].map((value, i) => value - scores[1][i])) / Math.hypot(...scores[1]);
console.log(kept.array, [...(await kept.read())].join(), [...y].join(), apart < 2e-6 ? 'the same score' : apart, 'points');`;
const softwareGpu = [
  ...['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
  ...['--enable-features=Vulkan', '--use-vulkan=swiftshader'],
];

/** Bytes of the scripts in a folder. */
function scriptBytes(folder: string, name: RegExp): number {
  const scripts = readdirSync(folder).filter((file) => name.test(file) && file.endsWith('.js'));
  return scripts.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
}

describe.skipIf(chromium === undefined)('the examples in a browser (with Chromium, such as /usr/bin/chromium)', () => {
  const names = ['moons', 'workers', 'threads', 'node'] as const;
  let told: Readonly<Record<string, Told<readonly string[]>>> = {};
  let viteFolder = '';
  let esbuildFolder = '';

  beforeAll(async () => {
    const source = project({
      'moons.js': moons,
      'workers.js': page,
      'worker.js': worker,
      'threads.js': threadsPage,
      'threads-worker.js': threadsWorker,
      'node.js': nodePage,
      'plain-threads.js': plainThreads,
      'model.js': modelPage,
      'gpu.js': gpuPage(''),
      'old-gpu.js': gpuPage('delete WebAssembly.Suspending;'),
      ...Object.fromEntries(names.map((name) => [`${name}.html`, pageOf(`./${name}.js`)])),
    });
    viteFolder = join(source, 'vite');
    esbuildFolder = join(source, 'esbuild');
    const input = Object.fromEntries(names.map((name) => [name, join(source, `${name}.html`)]));
    await vite({
      root: source,
      logLevel: 'error',
      configFile: false,
      build: { outDir: viteFolder, rolldownOptions: { input } },
    });
    const entryPoints = ['moons', 'workers', 'worker', 'node', 'model', 'gpu', 'old-gpu'].map((name) =>
      join(source, `${name}.js`),
    );
    await esbuild({ entryPoints, bundle: true, format: 'esm', minify: true, outdir: esbuildFolder, logLevel: 'error' });
    const bare = join(source, 'bare');
    await esbuild({ entryPoints, bundle: true, format: 'esm', minify: true, outdir: bare, logLevel: 'error' });
    copyFileSync(join(root, 'node_modules/onnxruntime-web/dist', wasm), join(esbuildFolder, wasm));
    const made = Object.fromEntries(
      [...names, 'model', 'gpu', 'old-gpu'].map((name) => [`${name}.html`, pageOf(`./${name}.js`)]),
    );
    const plain = (name: string): string => pageOf(`/${name}.js`, importMap);
    const sites: readonly Site[] = [
      {
        at: '/',
        folder: source,
        made: { 'plain.html': plain('moons'), 'two.html': plain('plain-threads'), 'handle.html': plain('model') },
        headers: isolated,
      },
      { at: '/node_modules/', folder: join(root, 'node_modules'), headers: isolated },
      { at: '/node_modules/scorefield/', folder: root, headers: isolated },
      { at: '/vite/', folder: viteFolder, headers: isolated },
      { at: '/vite/assets/', folder: join(viteFolder, 'assets'), headers: isolated },
      { at: '/assets/', folder: join(viteFolder, 'assets'), headers: isolated },
      { at: '/esbuild/', folder: esbuildFolder, made },
      { at: '/bare/', folder: bare, made },
      {
        at: '/strict/',
        folder: esbuildFolder,
        made: { 'moons.html': pageOf('./moons.js') },
        headers: { 'content-security-policy': "script-src 'self' 'unsafe-inline'" },
      },
    ];
    told = await visit(
      sites,
      [
        ...['/plain.html', '/two.html', '/handle.html'],
        ...names.map((name) => `/vite/${name}.html`),
        ...['moons', 'workers', 'node', 'model', 'gpu', 'old-gpu'].map((name) => `/esbuild/${name}.html`),
        ...['/bare/moons.html', '/strict/moons.html'],
      ],
      softwareGpu,
    );
  }, 200_000);

  it.each(['/plain.html', '/vite/moons.html', '/esbuild/moons.html'])('%s trains and samples', (address) => {
    const { value, error } = told[address] ?? {};
    expect(error).toBeUndefined();
    expect(value?.at(-1)).toMatch(/^256 points, the first one at -?\d\.\d+,-?\d\.\d+$/);
  });

  it.each(['/vite/workers.html', '/esbuild/workers.html'])(
    '%s trains in a worker, which hears that it is to stop',
    (address) => {
      const { value = [], error } = told[address] ?? {};
      expect(error).toBeUndefined();
      expect(value[0]).toMatch(/^step 10: loss \d\.\d{3}$/);
      expect(value.at(-1)).toBe('stopped');
      expect(value.length).toBeLessThan(200);
    },
  );

  it.each(['/handle.html', '/esbuild/model.html'])(
    '%s opens a model from its address, trains another one, and stops the samples of a class after a step',
    (address) => {
      // The letters PNG.
      expect(told[address]).toEqual({ value: ['80,78,71 AbortError after step 5 points'] });
    },
  );

  it.each(['/two.html', '/vite/threads.html'])('%s computes with two threads', (address) => {
    expect(told[address]).toEqual({ value: ['2,4 points'] });
  });

  it.for(['/esbuild/gpu.html', '/esbuild/old-gpu.html'])(
    '%s computes by WebGPU and keeps values there',
    (address, { skip }) => {
      const { value, error } = told[address] ?? {};
      skip(value?.[0]?.startsWith('no graphics') === true, 'without a software driver of WebGPU in Chromium');
      expect(error).toBeUndefined();
      // What is kept has no array here. A score is a few sums of eight products, each rounded to 6e-8, in another order.
      expect(value).toEqual(['undefined 3,6 6,12 the same score points']);
    },
  );

  it.each(['/vite/node.html', '/esbuild/node.html'])('%s says that scorefield/node is not for browsers', (address) => {
    expect(told[address]?.error).toMatch(
      /scorefield\/node needs Node.* import from 'scorefield' and 'scorefield\/web'/,
    );
  });

  it('a bundle without its WebAssembly says what to copy, and a policy that forbids it what to allow', () => {
    expect(told['/bare/moons.html']?.error).toMatch(/expected ort-wasm-simd-threaded\.wasm beside the script; copy it/);
    expect(told['/strict/moons.html']?.error).toMatch(
      /Content-Security-Policy of the page must allow 'wasm-unsafe-eval'/,
    );
  });

  it('bundles of the example are as small as they were', () => {
    // Of which ONNX Runtime is 72 kB; sets of points come with what can be done with those of images, as a set names its kind.
    expect(scriptBytes(esbuildFolder, /^moons/)).toBeLessThan(170_000);
    // Every sampler, network and task by name with what is said of its options, and all that the handle computes: likelihoods, restored
    // images, evaluation, diagnosis, copies, tuned grids, starts, students, models of steps, texts, tables, tokens, series, shapes, sounds, latents,
    // bridges, log densities of energies, vocoders, U-Nets of series, features of Inception.
    expect(scriptBytes(esbuildFolder, /^model/)).toBeLessThan(662_000);
  });
});
