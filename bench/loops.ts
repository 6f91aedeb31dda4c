/**
 * @file What the loops around the engine cost, in a process of its own; prints one JSON line.
 *
 * Usage: loops.ts train [--net mlp|score-net] | sample [--net score-net|ddpmpp|mlp] [--batch 64] [--evaluations 1000] [--steps N] [--threads 2]
 *
 * `train` runs the training loop on real data and compares its steps with the bare program's runs within them. `sample` draws
 * a batch with so many evaluations in all and compares the wall time with as many bare runs, measured before and after.
 */
import { parseArgs } from 'node:util';
import { nodeBackend } from '../src/backend/ort-node.ts';
import type { Backend, Program } from '../src/backend/program.ts';
import { foldIn, key, split } from '../src/base/key.ts';
import { buildTraining } from '../src/config/build.ts';
import { resolveConfig } from '../src/config/resolve.ts';
import { openDataSet } from '../src/data/open.ts';
import { sampleShape } from '../src/data/dataset.ts';
import { initialize } from '../src/nn/network.ts';
import { eulerMaruyama } from '../src/sample/euler-maruyama.ts';
import { langevin } from '../src/sample/langevin.ts';
import { predictorCorrector } from '../src/sample/predictor-corrector.ts';
import { reverseDiffusion } from '../src/sample/reverse-diffusion.ts';
import { finish } from '../src/sample/sampler.ts';
import { scoreModel } from '../src/score/score-model.ts';
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
  },
});
const points = values.net === 'mlp';
const batch = Number(values.batch ?? (points ? 512 : 64));
const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1] ?? NaN;

/** Milliseconds of every run of a backend's programs, and the last program with what it was fed. */
function watched(backend: Backend): { backend: Backend; runs: number[]; again: () => Promise<unknown> } {
  const runs: number[] = [];
  let last: (() => Promise<unknown>) | undefined;
  const watch = <K extends string, H extends string>(program: Program<K, H>): Program<K, H> => ({
    ...program,
    run: async (feeds) => {
      const start = performance.now();
      const results = await program.run(feeds);
      runs.push(performance.now() - start);
      last = () => program.run(feeds);
      return results;
    },
  });
  return {
    runs,
    backend: { name: backend.name, compile: async (outputs, kept) => watch(await backend.compile(outputs, kept)) },
    again: () => last?.() ?? Promise.resolve(),
  };
}

const engine = watched(nodeBackend({ threads: Number(values.threads) }));
const set = await openDataSet(points ? 'two-moons' : 'fashion-mnist');
const config = resolveConfig(set, { data: { ref: set.name }, net: { kind: values.net } });
const training = buildTraining(config, set);

async function timeTraining(): Promise<object> {
  const steps = Number(values.steps ?? (points ? 1000 : 40));
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
  const model = scoreModel(engine.backend, net, { params, process, maxBatch: batch });
  const corrects = values.sampler === 'pc';
  const sampler = predictorCorrector({
    ...(corrects ? { predictor: reverseDiffusion(), corrector: langevin() } : { predictor: eulerMaruyama() }),
    steps: corrects ? evaluations / 2 : evaluations,
    denoiseLast: false,
  });
  const keys = split(foldIn(key(0), 'samples'), batch);
  const draw = (some: typeof sampler): Promise<unknown> =>
    finish(some({ sde: process.sde, score: model.score, shape: sampleShape(set), keys }));
  await draw(predictorCorrector({ predictor: eulerMaruyama(), steps: 3, denoiseLast: false }));
  const bareRuns = async (n: number): Promise<number[]> => {
    const times: number[] = [];
    for (let i = 0; i < n; i++) {
      const start = performance.now();
      await engine.again();
      times.push(performance.now() - start);
    }
    return times;
  };
  const some = Math.max(20, evaluations >> 3);
  const before = await bareRuns(some);
  engine.runs.length = 0;
  const start = performance.now();
  await draw(sampler);
  const wall = performance.now() - start;
  const within = engine.runs.reduce((sum, ms) => sum + ms, 0);
  const count = engine.runs.length;
  const forward = median([...before, ...(await bareRuns(some))]);
  await model.dispose();
  return {
    forwardMs: forward,
    evaluations: count,
    wallMs: wall,
    ratio: wall / (count * forward),
    ofRuns: wall / within,
  };
}

const result = positionals[0] === 'train' ? await timeTraining() : await timeSampling();
console.log(JSON.stringify({ what: positionals[0] ?? 'sample', net: values.net, batch, ...result }));
