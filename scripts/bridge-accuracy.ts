/**
 * @file How near trained bridges come to exact ones: `npx tsx scripts/bridge-accuracy.ts light|gaussian [--name=value ...]` trains one and prints the moments of
 * both directions beside those of its exact plan, with their errors in standard errors of so many pairs. Numbers of docs/bridges.md are its.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foldIn, key, split } from '../src/base/key.ts';
import { normal as standardNormal } from '../src/base/random.ts';
import { batchOf, sampleSize, type Tensor } from '../src/base/tensor.ts';
import { drawEnds, type LightPotential } from '../src/bridge/light-bridge.ts';
import { formatNpy } from '../src/data/arrays/npy.ts';
import type { DataSet } from '../src/data/dataset.ts';
import { commonFactor, scaled, unscaled } from '../src/data/scaler.ts';
import { meanEstimate } from '../src/evaluate/estimate.ts';
import { bridgeEnds } from '../src/model/bridge/shared-scaler.ts';
import { bridgeRun } from '../src/node/bridges/bridge-run.ts';
import { openBridge } from '../src/node/bridges/open-bridge.ts';
import type { OpenSet } from '../src/node/training/prepared.ts';
import { openDataSet } from '../src/run/data-sets.ts';
import { directionFolder, directions } from '../src/run/folder/bridge.ts';

const defaults = {
  ...{
    method: 'dsbm',
    first: '',
    d: 2,
    rounds: 3,
    steps: 2000,
    batch: 256,
    pairs: 20_000,
    width: 128,
    depth: 2,
    rate: 1e-3,
  },
  ...{ seed: 0, data: 50_000, n: 20_000, path: 20, chain: 20, ema: 0.999, settings: '' },
};
const [problem = 'light', ...given] = process.argv.slice(2);
const options = { ...defaults };
for (const [name = '', value = ''] of given.map((one) => one.replace(/^--/, '').split('=')))
  Object.assign(options, { [name]: typeof options[name as keyof typeof options] === 'number' ? Number(value) : value });
const { d, seed, data: size, n } = options;

const light: LightPotential = {
  ...{ dimension: 2, epsilon: 0.4 },
  logWeights: Float64Array.of(0.2, -0.3, 0.1),
  centers: Float64Array.of(1, 0.5, -1, 0.2, 0.3, -1.2),
  scales: Float64Array.of(0.5, 0.2, 0.9, 0.1, 0.3, 0.6),
};
const normal = (name: string, count: number, shift = 0): Tensor => {
  const dims = problem === 'light' ? 2 : d;
  const data = standardNormal(foldIn(key(seed + 100), name), count * dims);
  return { shape: [count, dims], data: data.map((value) => value + shift) };
};
const gaussian = problem === 'gaussian';
const epsilon = gaussian ? 1 : light.epsilon;
/** Exact pairs of the plan; of Gaussians with covariance (sqrt 5 - 1) / 2. */
const exactPairs = (name: string, count: number): readonly [x: Tensor, y: Tensor] => {
  const x = normal(`${name} x`, count, gaussian ? -0.1 : 0);
  if (!gaussian) return [x, drawEnds(light, x, split(foldIn(key(seed + 200), name), count))];
  const c = (Math.sqrt(5) - 1) / 2;
  const z = normal(`${name} z`, count);
  return [x, { shape: x.shape, data: x.data.map((v, i) => c * (v + 0.1) + Math.sqrt(1 - c * c) * z.data[i]! + 0.1) }];
};

const folder = mkdtempSync(join(tmpdir(), 'bridge-accuracy-'));
try {
  const files = exactPairs('data', size).map((x, i) => {
    const file = join(folder, `${'ab'[i]}.npy`);
    writeFileSync(file, formatNpy({ shape: x.shape, data: Float32Array.from(x.data) }));
    return file;
  });
  const out = join(folder, 'bridge');
  const { rounds, steps, batch, pairs, width, depth, method, first, chain } = options;
  // Both coordinates have one scale, in whose units epsilon is given.
  const open: OpenSet = async (ref, how) => ({ ...(await openDataSet(ref, how)), oneSpace: true }) as DataSet;
  const { scaler } = bridgeEnds(await open(files[0]!, {}), await open(files[1]!, {}));
  const started = performance.now();
  const extra = options.settings === '' ? {} : (JSON.parse(options.settings) as object);
  const run = bridgeRun(files[0]!, files[1], {
    ...{ out, method, rounds, steps: 2 * rounds * steps, batch, pairs, seed, threads: 1, open },
    epsilon: epsilon * commonFactor(scaler) ** 2,
    ...(first !== '' && { first }),
    ...(method === 'dsb' && { chain }),
    settings: {
      net: { kind: 'mlp', width, depth },
      train: { learningRate: options.rate, emaDecay: options.ema },
      ...extra,
    },
  });
  await run;
  console.log(
    JSON.stringify({ problem, ...options, minutes: Number(((performance.now() - started) / 60_000).toFixed(2)) }),
  );
  const reference = exactPairs('reference', 5 * n);
  const test = exactPairs('test', n);
  for (const direction of directions) {
    const own = await openBridge(directionFolder(out, direction), { threads: 1 });
    const { scaler } = own.data;
    const from = direction === 'forward' ? test[0] : test[1];
    const { x } = await own.carry(scaled(scaler, from), {
      seed: seed + 1,
      ...(method !== 'dsb' && { steps: options.path }),
    });
    await own[Symbol.asyncDispose]();
    const end = unscaled(scaler, x);
    report(direction, direction === 'forward' ? [from, end] : [end, from], reference);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function report(direction: string, found: readonly [Tensor, Tensor], exact: readonly [Tensor, Tensor]): void {
  const dims = sampleSize(found[0]);
  const each = (pair: readonly [Tensor, Tensor], f: (x: ArrayLike<number>, y: ArrayLike<number>) => number) =>
    meanEstimate(
      Float64Array.from({ length: batchOf(pair[0]) }, (_, i) =>
        f(...(pair.map(({ data }) => data.subarray(i * dims, (i + 1) * dims)) as [Float64Array, Float64Array])),
      ),
    );
  const free = direction === 'forward' ? 1 : 0;
  const axes = gaussian ? [0] : [0, 1];
  const mean = (x: ArrayLike<number>): number => Array.from(x).reduce((sum, v) => sum + v, 0) / dims;
  const moments: [string, (x: ArrayLike<number>, y: ArrayLike<number>) => number][] = gaussian
    ? [
        ['covariance', (x, y) => mean(Array.from(x, (v, i) => (v + 0.1) * (y[i]! - 0.1)))],
        ['variance', (...pair) => mean(Array.from(pair[free], (v) => (v - 0.2 * free + 0.1) ** 2))],
        ['mean', (...pair) => mean(pair[free])],
      ]
    : [
        ...axes.flatMap((i) => axes.map((j) => [`x${i} y${j}`, (x, y) => x[i]! * y[j]!] as (typeof moments)[number])),
        ...axes.map((i) => [`square ${i}`, (...pair) => pair[free][i]! ** 2] as (typeof moments)[number]),
        ...axes.map((i) => [`mean ${i}`, (...pair) => pair[free][i]!] as (typeof moments)[number]),
        ['way', (x, y) => (x[0]! - y[0]!) ** 2 + (x[1]! - y[1]!) ** 2],
      ];
  const lines = moments.map(([name, f]) => {
    const [a, b] = [each(found, f), each(exact, f)];
    return `${name} ${a.value.toFixed(4)} (${b.value.toFixed(4)}, ${((a.value - b.value) / Math.hypot(a.standardError, b.standardError)).toFixed(1)})`;
  });
  console.log(`${direction}: ${lines.join('; ')}`);
}
