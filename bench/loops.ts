/**
 * @file What the loops around the engine cost, in a process of its own; prints one JSON line.
 *
 * Usage: loops.ts train [--net mlp|score-net] | sample [--net score-net|ddpmpp|mlp] [--batch 64] [--evaluations 1000] [--steps N] [--threads 2]
 *
 * `train` runs the training loop on real data and compares its steps with the bare program's runs within them. `sample` draws
 * a batch with so many evaluations in all, in --loops parts, and compares the wall time with as many bare runs of it, measured before and after.
 */
import { parseArgs } from 'node:util';
import { nodeBackend } from '../src/backend/ort-node.ts';
import { inputsOf, type Backend, type Program } from '../src/backend/program.ts';
import { sizeOf } from '../src/base/tensor.ts';
import { foldIn, key, split } from '../src/base/key.ts';
import { buildTraining } from '../src/catalog/build.ts';
import { resolveConfig } from '../src/catalog/config/resolve.ts';
import { openDataSet } from '../src/run/data-sets.ts';
import { sampleShape } from '../src/data/dataset.ts';
import { initialize } from '../src/nn/network.ts';
import { eulerMaruyama } from '../src/sample/steps/euler-maruyama.ts';
import { langevin } from '../src/sample/correctors/langevin.ts';
import { predictorCorrector } from '../src/sample/predictor-corrector.ts';
import { reverseDiffusion } from '../src/sample/steps/reverse-diffusion.ts';
import { finish } from '../src/sample/sampler.ts';
import { scoreGraph, scoreModel } from '../src/score/models/score-model.ts';
import { train } from '../src/train/train.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    net: { type: 'string', default: 'score-net' },
    batch: { type: 'string' },
    evaluations: { type: 'string', default: '1000' },
    sampler: { type: 'string', default: 'euler-maruyama' },
    steps: { type: 'string' },
    threads: { type: 'string', default: '2' },
    loops: { type: 'string' },
  },
});
const points = values.net === 'mlp';
const batch = Number(values.batch ?? (points ? 512 : 64));
const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1] ?? NaN;

/** A backend with the milliseconds of every run of its programs. */
function watched(backend: Backend): { backend: Backend; runs: number[] } {
  const runs: number[] = [];
  const watch = <K extends string, H extends string>(program: Program<K, H>): Program<K, H> => ({
    ...program,
    run: async (feeds) => {
      const start = performance.now();
      const results = await program.run(feeds);
      runs.push(performance.now() - start);
      return results;
    },
  });
  return {
    runs,
    backend: { name: backend.name, compile: async (outputs, kept) => watch(await backend.compile(outputs, kept)) },
  };
}

const threads = Number(values.threads);
const set = await openDataSet(points ? 'two-moons' : 'fashion-mnist');
const config = resolveConfig(set, { data: { ref: set.name }, net: { kind: values.net } });
const training = buildTraining(config, set);

async function timeTraining(): Promise<object> {
  const steps = Number(values.steps ?? (points ? 1000 : 40));
  const engine = watched(nodeBackend({ threads }));
  const ms: number[] = [];
  let last = performance.now();
  for await (const { step } of train({ ...training, backend: engine.backend, set, batch, key: key(0) })) {
    const now = performance.now();
    ms.push(now - last);
    last = now;
    if (step === steps) break;
  }
  // The first steps compile.
  const settled = Math.min(20, steps >> 2);
  const [all, bare] = [ms, engine.runs].map((times) => median(times.slice(settled))) as [number, number];
  return { stepMs: all, runMs: bare, ratio: all / bare };
}

async function timeSampling(): Promise<object> {
  const { net, process } = training;
  const evaluations = Number(values.evaluations);
  const params = initialize(net, key(0));
  // As `scorefield sample` does: threads side by side, with two loops for each.
  const backend = nodeBackend({ threads, workers: threads });
  const loops = Array.from({ length: Number(values.loops ?? 2 * threads) }, (_, i) => i);
  const own = Math.ceil(batch / loops.length);
  const model = scoreModel({ ...backend, workers: 1 }, net, { params, process, maxBatch: batch });
  const corrects = values.sampler === 'pc';
  const sampler = predictorCorrector({
    ...(corrects
      ? { predictor: reverseDiffusion(), corrector: langevin({ stepSize: 'norm' }) }
      : { predictor: eulerMaruyama() }),
    steps: corrects ? evaluations / 2 : evaluations,
    denoiseLast: false,
  });
  const keys = split(foldIn(key(0), 'samples'), batch);
  const draw = (some: typeof sampler): Promise<unknown> =>
    Promise.all(
      loops.map((i) => {
        const part = keys.slice(i * own, (i + 1) * own);
        return finish(some({ sde: process.sde, score: model.score, shape: sampleShape(set), keys: part }));
      }),
    );
  const part = Math.ceil(batch / threads);
  const outputs = { score: scoreGraph(net, params, part) };
  const program = await backend.compile(outputs);
  const feeds = Object.fromEntries(
    inputsOf(outputs).map(({ attrs: { name }, shape }) => [name, new Float32Array(sizeOf(shape)).fill(0.5)]),
  );
  /** Times of the network alone on the whole batch, a part in every thread. */
  const forwards = async (n: number): Promise<number[]> => {
    const times: number[] = [];
    for (let i = 0; i < n; i++) {
      const start = performance.now();
      await Promise.all(Array.from({ length: threads }, () => program.run(feeds)));
      times.push(performance.now() - start);
    }
    return times;
  };
  const some = Math.max(20, evaluations >> 3);
  await draw(predictorCorrector({ predictor: eulerMaruyama(), steps: 3, denoiseLast: false }));
  await forwards(3);
  const before = await forwards(some);
  const start = performance.now();
  await draw(sampler);
  const wall = performance.now() - start;
  const forward = median([...before, ...(await forwards(some))]);
  await program.dispose();
  await model.dispose();
  return { forwardMs: forward, evaluations, wallMs: wall, ratio: wall / (evaluations * forward) };
}

const result = positionals[0] === 'train' ? await timeTraining() : await timeSampling();
console.log(JSON.stringify({ what: positionals[0] ?? 'sample', net: values.net, batch, ...result }));
