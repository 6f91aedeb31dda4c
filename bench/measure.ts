/**
 * @file One measurement in a process of its own, printed as one JSON line; `bench.ts` runs it. With workers, a batch is computed in as
 * many parts side by side.
 *
 * Usage: measure.ts forward|step|memory|mlp [--net score-net|ddpmpp] [--batch 64] [--size 28] [--width 32] [--repeats 10] [--threads 2] [--workers 1] [--profile PREFIX] [--cache FOLDER]
 */
import { parseArgs } from 'node:util';
import { nodeBackend } from '../src/backend/ort-node.ts';
import type { Arrays, Program } from '../src/backend/program.ts';
import { key } from '../src/base/key.ts';
import { normal } from '../src/base/random.ts';
import { sizeOf } from '../src/base/tensor.ts';
import { isKind, topological, type Node } from '../src/graph/node.ts';
import { ddpmpp } from '../src/nn/unet/ddpmpp.ts';
import { mlp } from '../src/nn/mlp.ts';
import { initialize, layout, type Network } from '../src/nn/network.ts';
import { scoreNet } from '../src/nn/score-net.ts';
import { denoising } from '../src/score/objectives/denoising.ts';
import { scoreGraph } from '../src/score/models/score-model.ts';
import { defaultOptimizer, trainStepGraph } from '../src/score/train-step.ts';
import { epsilon } from '../src/sde/learning/parametrization.ts';
import { vp } from '../src/sde/processes/vp.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    net: { type: 'string', default: 'ddpmpp' },
    batch: { type: 'string', default: '64' },
    repeats: { type: 'string', default: '10' },
    threads: { type: 'string', default: '2' },
    workers: { type: 'string', default: '1' },
    size: { type: 'string', default: '28' },
    width: { type: 'string', default: '32' },
    profile: { type: 'string' },
    cache: { type: 'string' },
  },
});
const what = positionals[0] ?? 'forward';
const workers = Number(values.workers);
const batch = Math.ceil(Number(values.batch) / workers);
const repeats = Number(values.repeats);
const image = [1, Number(values.size), Number(values.size)];
const nets: Readonly<Record<string, () => Network>> = {
  'score-net': () => scoreNet(image),
  ddpmpp: () => ddpmpp(image, { width: Number(values.width) }),
  mlp: () => mlp(2, { width: 128, depth: 3 }),
};
const net = nets[values.net]?.();
if (net === undefined) throw new Error(`unknown network ${values.net}`);

const sde = vp();
const params = initialize(net, key(0));
const begin = performance.now();
const objective = denoising({ sde, parametrization: epsilon()(sde) });
const {
  outputs,
  kept,
}: Record<'outputs' | 'kept', Readonly<Record<string, Node>>> = what === 'forward'
  ? { outputs: { score: scoreGraph(net, params, batch) }, kept: {} }
  : trainStepGraph(net, { batch, objective }, defaultOptimizer);
const built = performance.now();
const backend = nodeBackend({
  threads: Number(values.threads),
  workers,
  cache: values.cache,
  ...(values.profile === undefined ? {} : { profilePrefix: values.profile }),
});
const program = await backend.compile({ ...outputs, ...kept });
const compiled = performance.now();

/** Every input filled with small noise; parameters and moments as they are at the start. */
const state: Arrays = {
  params: params.trained,
  ema: params.trained,
  m: new Float32Array(params.trained.length),
  v: new Float32Array(params.trained.length),
  fixed: params.fixed,
  numbers: Float32Array.of(1e-4, 10, 1000, 0.9),
  weight: new Float32Array(batch).fill(1 / batch),
};
const feeds = Object.fromEntries(
  topological(Object.values({ ...outputs, ...kept }))
    .filter((node) => isKind(node, 'input'))
    .map(({ attrs: { name }, shape }) => [
      name,
      state[name] ?? Float32Array.from(normal(key(1), sizeOf(shape)), Math.abs),
    ]),
);

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1]!;
async function time(run: Program): Promise<number> {
  const once = (): Promise<unknown> => Promise.all(Array.from({ length: workers }, () => run.run(feeds)));
  for (let i = 0; i < 2; i++) await once();
  const times: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    await once();
    times.push(performance.now() - start);
  }
  return median(times);
}

const ms = await time(program);
await program.dispose();
console.log(
  JSON.stringify({
    what,
    net: values.net,
    batch: batch * workers,
    params: layout(net).trained,
    ms: Number(ms.toFixed(2)),
    buildMs: Math.round(built - begin),
    compileMs: Math.round(compiled - built),
    peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);
