/**
 * @file What rounds of local steps cost in quality: the loss on data that are not trained on, of two members that average after H steps, beside one process that takes the same number of
 * steps with the batches of both (data parallel), and one that has no other member. All read the same samples of the data; repetitions differ in their seed.
 *
 * Usage: local-steps.ts [--data two-moons] [--steps 1024] [--batch 64] [--repeat 3] [--local 1,8,64] [--learning-rate R] [--members 2] [--outer plain,parameters,diloco,half]
 */
import { parseArgs } from 'node:util';
import { nodeBackend } from '../src/backend/ort-node.ts';
import { key } from '../src/base/key.ts';
import { buildTraining } from '../src/catalog/build.ts';
import { resolveConfig } from '../src/catalog/config/resolve.ts';
import { openDataSet } from '../src/run/data-sets.ts';
import { layout } from '../src/nn/network.ts';
import { heldOutLoss } from '../src/train/held-out.ts';
import { averageOf, type Round } from '../src/train/rounds.ts';
import { averaged, startPoint, train, type TrainPoint } from '../src/train/train.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: 'two-moons' },
    steps: { type: 'string', default: '1024' },
    batch: { type: 'string', default: '64' },
    repeat: { type: 'string', default: '3' },
    local: { type: 'string', default: '1,8,64' },
    width: { type: 'string', default: '64' },
    'learning-rate': { type: 'string' },
    members: { type: 'string', default: '2' },
    outer: { type: 'string', default: 'plain,diloco' },
  },
});
const [steps, batch, repeat, members] = [values.steps, values.batch, values.repeat, values.members].map(Number) as [
  number,
  number,
  number,
  number,
];
/** Digits are divided, since they have no part of their own for tests. */
async function opened() {
  if (values.data === 'two-moons' || values.data === 'spirals')
    return Promise.all([1, 2].map((seed) => openDataSet(values.data, { count: 20_000, seed })));
  const whole = await openDataSet(values.data, {});
  if (whole.kind !== 'images') throw new Error(`expected images, got ${String(whole.kind)}`);
  const { labels, pixels, ...about } = whole;
  const size = pixels.length / whole.count;
  const cut = Math.floor(0.8 * whole.count);
  return [
    [0, cut],
    [cut, whole.count],
  ].map(([from = 0, to = 0]) => ({
    ...about,
    count: to - from,
    pixels: pixels.subarray(from * size, to * size),
    ...(labels && { labels: labels.subarray(from, to) }),
  }));
}
const [set, other] = await opened();
if (set === undefined || other === undefined) throw new Error('no data');
const rate = values['learning-rate'];
const config = resolveConfig(set, {
  data: { ref: values.data },
  net: { width: Number(values.width) },
  train: { batch, ...(rate !== undefined && { learningRate: Number(rate) }) },
});
const training = buildTraining(config, set);
const backend = nodeBackend({ threads: 2 });
console.log(
  `${values.data}: ${config.net.kind} with ${layout(training.net).trained} parameters, batch ${batch} of each member, ${steps} steps, ${members} members, learning rate ${config.train.learningRate}`,
);

/** How members go on after a round: where each begins, given where all are. */
type Outer = () => (points: readonly [TrainPoint, ...TrainPoint[]], from: TrainPoint) => readonly TrainPoint[];

/** Plain averaging of all that the optimizer keeps. */
const plain: Outer = () => (points) => points.map(() => averageOf(points));

/** Averages parameters and the averages of parameters; the moments stay with their members. */
const ownMoments: Outer = () => (points) => {
  const mean = averageOf(points);
  return points.map(({ state: { m, v } }) => ({ ...mean, state: { ...mean.state, m, v } }));
};

/** DiLoCo (Douillard et al. 2023, algorithm 1): the mean difference is the gradient of an outer step by Nesterov momentum, and moments stay with their members. */
const diloco =
  (outerRate: number, momentum: number, keep = true): Outer =>
  () => {
    let velocity: Float32Array | undefined;
    return (points, from) => {
      const mean = averageOf(points);
      const delta = from.state.params.map((p, i) => p - (mean.state.params[i] ?? NaN));
      velocity = velocity === undefined ? delta.slice() : velocity.map((u, i) => momentum * u + (delta[i] ?? NaN));
      const u = velocity;
      const params = from.state.params.map((p, i) => p - outerRate * ((delta[i] ?? NaN) + momentum * (u[i] ?? NaN)));
      return points.map(({ state: { m, v } }) => ({
        ...mean,
        state: { ...mean.state, params, ...(keep && { m, v }) },
      }));
    };
  };

/** The ways to go on after a round, by their names in `--outer`. */
const outers: Readonly<Record<string, readonly [title: string, outer: Outer]>> = {
  plain: ['the average', plain],
  parameters: ['the average of the parameters alone', ownMoments],
  diloco: ['DiLoCo, rate .7, momentum .9', diloco(0.7, 0.9)],
  half: ['outer rate 1, momentum .5, moments averaged', diloco(1, 0.5, false)],
};

async function trained(seed: number, local: number, outer: Outer, size: number): Promise<TrainPoint> {
  const start = startPoint(training.net, key(seed));
  const combine = outer();
  let from = start;
  let here: { points: TrainPoint[]; resolve: (() => void)[]; next: readonly TrainPoint[] } = {
    points: [],
    resolve: [],
    next: [],
  };
  const meet =
    (rank: number) =>
    async (step: number, point: () => Promise<TrainPoint>): Promise<Round | undefined> => {
      if (step % local !== 0) return undefined;
      const meeting = here;
      meeting.points[rank] = await point();
      if (Object.keys(meeting.points).length === size) {
        const [first, ...rest] = meeting.points;
        if (first === undefined) throw new Error('nobody');
        meeting.next = combine([first, ...rest], from);
        from = meeting.next[0] ?? from;
        here = { points: [], resolve: [], next: [] };
        for (const resolve of meeting.resolve) resolve();
      } else await new Promise<void>((resolve) => meeting.resolve.push(resolve));
      const next = meeting.next[rank];
      return next && { from: next, rank, size };
    };
  const ends = await Promise.all(
    Array.from({ length: size }, async (_, rank) => {
      const options = { ...training, backend, set: set!, batch, key: key(seed) };
      for await (const { step, point } of train({ ...options, round: { from: start, rank, size }, meet: meet(rank) }))
        if (step === steps) return point();
      throw new Error('ended');
    }),
  );
  return ends[0]!;
}

async function alone(seed: number, size: number, count: number): Promise<TrainPoint> {
  for await (const { step, point } of train({ ...training, backend, set: set!, batch: size, key: key(seed) }))
    if (step === count) return point();
  throw new Error('ended');
}

const loss = await heldOutLoss(backend, { ...training, set: other, batch: 256, key: key(99) });
const ways: readonly (readonly [string, (seed: number) => Promise<TrainPoint>])[] = [
  [`one process, batch ${batch * members}, ${steps} steps`, (seed) => alone(seed, batch * members, steps)],
  [`one process, batch ${batch}, ${steps * members} steps`, (seed) => alone(seed, batch, steps * members)],
  [`one process, batch ${batch}, ${steps} steps`, (seed) => alone(seed, batch, steps)],
  ...values.local.split(',').flatMap((text) => {
    const local = Number(text);
    const of = (name: string, outer: Outer) =>
      [`${members} members, H = ${local}, ${name}`, (seed: number) => trained(seed, local, outer, members)] as const;
    return Object.entries(outers)
      .filter(([name]) => values.outer.split(',').includes(name))
      .map(([, [title, outer]]) => of(title, outer));
  }),
];
for (const [name, way] of ways) {
  const results: [number, number][] = [];
  for (let seed = 0; seed < repeat; seed++) {
    const { state } = await way(seed);
    results.push([await loss.of(averaged(state), 1), await loss.of({ trained: state.params, fixed: state.fixed }, 1)]);
  }
  const show = (of: 0 | 1): string => {
    const all = results.map((result) => result[of]);
    const mean = all.reduce((a, b) => a + b, 0) / all.length;
    const spread = Math.sqrt(all.reduce((a, b) => a + (b - mean) ** 2, 0) / Math.max(1, all.length - 1) / all.length);
    return `${mean.toFixed(4)} ± ${spread.toFixed(4)}`;
  };
  console.log(`${name}: averaged parameters ${show(0)}, last parameters ${show(1)}`);
}
await loss.dispose();
