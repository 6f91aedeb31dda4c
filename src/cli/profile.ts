/** @file `scorefield profile`: where the time of training and sampling goes. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Device } from '../backend/device.ts';
import { nodeBackend, requireDevice, type NodeOptions } from '../backend/ort-node.ts';
import { typicalRun } from '../backend/ort-profile.ts';
import { passNames, type Pass } from '../backend/passes.ts';
import type { Backend, DeviceArray } from '../backend/program.ts';
import { checkOptions } from '../base/check.ts';
import { ConfigError, InternalError } from '../base/errors.ts';
import { foldIn, key } from '../base/key.ts';
import { normal } from '../base/random.ts';
import { sizeOf, tensor, type Shape } from '../base/tensor.ts';
import { attempt } from '../base/system-problem.ts';
import { buildTraining, type Training } from '../catalog/build.ts';
import { find } from '../catalog/named.ts';
import { networks } from '../catalog/networks/index.ts';
import { loadAnyRun } from '../run/load.ts';
import { classCount, netKinds } from '../catalog/kinds.ts';
import { resolveConfig } from '../catalog/resolve.ts';
import type { DataSet } from '../data/dataset.ts';
import { isRun } from '../io/run-folder.ts';
import { layout } from '../nn/network.ts';
import { oneHot } from '../score/one-hot.ts';
import { scoreModel } from '../score/score-model.ts';
import { compileTrainStep, disposeState, type TrainState } from '../score/train-step.ts';
import { averaged, startPoint, type TrainPoint } from '../train/train.ts';
import { profileTables, type Task, type TaskProfile } from './profile-table.ts';
import { terminal } from './shell/terminal.ts';

/** Options of `scorefield profile`. */
export interface ProfileFlags {
  readonly train?: boolean;
  readonly sample?: boolean;
  readonly size?: number;
  readonly batch?: number;
  readonly repeats?: number;
  readonly threads?: number;
  readonly device?: Device;
  readonly without?: readonly string[];
  readonly json?: boolean;
}

interface Subject {
  readonly title: string;
  readonly training: Training;
  readonly point: TrainPoint;
  readonly batch: number;
  /** One-hot classes that the task reads, by name. */
  readonly classes: Readonly<Record<string, Float32Array>>;
}

/** Profiles the training step and the score of a run or of a network as it is by default. */
export async function profileCommand(ref: string, flags: ProfileFlags): Promise<void> {
  const out = terminal(flags);
  const { threads = 2, repeats, device = 'cpu' } = flags;
  const without = (flags.without ?? []).map(passOf);
  await requireDevice(device);
  const subject = subjectOf(ref, flags);
  const { training, batch } = subject;
  const other = training.task !== 'score';
  const both = flags.train === flags.sample;
  const wanted: readonly (readonly [Task, boolean])[] = [
    ['training step', both || flags.train === true],
    ['score', !other && (both || flags.sample === true)],
  ];
  checkOptions([wanted.some(([, is]) => is), '--sample', `expected a run of a score, ${ref} is a ${training.task}`]);
  const tasks: TaskProfile[] = [];
  for (const [task] of wanted.filter(([, is]) => is)) {
    out.progress(`${task}: compiling and running`);
    tasks.push(await profile(task, subject, { engine: { threads, device, without }, repeats }));
    out.done();
  }
  const { trained } = layout(training.net);
  const title = `${subject.title}: ${trained.toLocaleString('en')} parameters, samples [${training.net.sampleShape}], batch ${batch}, ${[device, `${threads} threads`, ...without.map((pass) => `without ${pass}`)].join(', ')}`;
  if (!flags.json) out.line([title, ...tasks.map(profileTables)].join('\n\n'));
  out.result({ subject: ref, parameters: trained, batch, threads, device, without, tasks });
}

function passOf(name: string): Pass {
  const found = passNames.find((pass) => pass === name);
  if (found === undefined)
    throw new ConfigError([{ path: '--without', message: `expected one of ${passNames.join(', ')}, got ${name}` }]);
  return found;
}

function subjectOf(ref: string, flags: ProfileFlags): Subject {
  const isNet = netKinds.some((kind) => kind === ref);
  const found = isRun(ref);
  checkOptions(
    [isNet || found, 'RUN|NET', `expected the folder of a run or one of ${netKinds.join(', ')}, got ${ref}`],
    [!found || flags.size === undefined, '--size', `is of networks, ${ref} is a run`],
  );
  if (found) {
    const { config, data, point } = loadAnyRun(ref);
    const training = buildTraining(config, standIn(data.shape, classCount(config.net)));
    return subject({ title: ref, training, point, batch: flags.batch ?? config.train.batch });
  }
  const points = !find(networks, ref, 'RUN|NET').data.includes('images');
  checkOptions([!points || flags.size === undefined, '--size', `is of networks for images, ${ref} is for points`]);
  const { size = 28 } = flags;
  const set = standIn(points ? [2] : [1, size, size], 0);
  const config = resolveConfig(set, { data: { ref: points ? 'two-moons' : 'fashion-mnist' }, net: { kind: ref } });
  const training = buildTraining(config, set);
  const point = startPoint(training.net, key(0));
  return subject({ title: ref, training, point, batch: flags.batch ?? config.train.batch });
}

function subject(parts: Omit<Subject, 'classes'>): Subject {
  const { training, batch } = parts;
  const count = training.objective.classes ?? training.net.classes;
  return { ...parts, classes: count === 0 ? {} : { classes: oneHot(new Array<number>(batch).fill(0), count) } };
}

/** Data of a shape, of which two samples say all that a configuration asks: the time does not depend on their values. */
function standIn(shape: Shape, classes: number): DataSet {
  const labels = classes === 0 ? {} : { labels: Uint8Array.of(0, 1) };
  const [channels = 1, height = 1, width = 1] = shape;
  const size = sizeOf(shape);
  const same = { name: 'a stand-in', count: 2, ...labels };
  return shape.length === 1
    ? { ...same, kind: 'points', dimension: size, values: normal(key(0), 2 * size) }
    : { ...same, kind: 'images', channels, height, width, pixels: new Uint8Array(2 * size), flips: false };
}

interface Runner {
  /** Does the task once. */
  readonly once: () => Promise<void>;
  readonly dispose: () => Promise<void>;
}

async function runnerOf(task: Task, backend: Backend, { training, point, batch, classes }: Subject): Promise<Runner> {
  const { net, process, objective, optimizer } = training;
  const base = foldIn(key(0), 'profile');
  const x = tensor(normal(base, batch * sizeOf(net.sampleShape)), [batch, ...net.sampleShape]);
  if (task === 'score') {
    const model = scoreModel(backend, net, { params: averaged(point.state), process, maxBatch: batch });
    const middle = (process.sde.tMin + process.sde.tMax) / 2;
    return {
      once: async () => {
        await model.score(x, middle);
      },
      dispose: () => model.dispose(),
    };
  }
  const step = await compileTrainStep(backend, net, { batch, objective, optimizer });
  const { feeds } = objective.draw(Float32Array.from(x.data), batch, base);
  let state: TrainState<Float32Array | DeviceArray> = point.state;
  let n = point.step;
  return {
    once: async () => {
      n += 1;
      const before = state;
      ({ state } = await step.run(before, { feeds: { ...feeds, ...classes }, key: foldIn(base, n) }, n));
      await disposeState(before);
    },
    dispose: async () => {
      await disposeState(state);
      await step.dispose();
    },
  };
}

const warmups = 2;
const fewest = 5;
const most = 200;
/** Of the runs that are timed, where nobody says how many. */
const budgetMs = 2000;

async function profile(
  task: Task,
  subject: Subject,
  { engine, repeats }: { readonly engine: NodeOptions; readonly repeats: number | undefined },
): Promise<TaskProfile> {
  const times = await timesOf(await runnerOf(task, nodeBackend(engine), subject), repeats);
  const folder = attempt(tmpdir(), 'cannot be written', () => mkdtempSync(join(tmpdir(), 'scorefield-profile-')));
  try {
    const backend = nodeBackend({ ...engine, profilePrefix: join(folder, 'profile') });
    const { length } = await timesOf(await runnerOf(task, backend, subject), times.length);
    // Every session writes a file; those that only probe the machine ran once.
    const [run] = readdirSync(folder).flatMap(
      (file) => typicalRun(readFileSync(join(folder, file), 'utf8'), length) ?? [],
    );
    if (run === undefined) throw new InternalError('ONNX Runtime wrote no profile of the program');
    return { task, wallMs: times.toSorted((a, b) => a - b)[times.length >> 1] ?? NaN, ...run };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timesOf({ once, dispose }: Runner, repeats: number | undefined): Promise<number[]> {
  const times: number[] = [];
  try {
    let n = warmups + (repeats ?? fewest);
    while (times.length < n) {
      const start = performance.now();
      await once();
      times.push(performance.now() - start);
      if (repeats === undefined && times.length === warmups)
        n = warmups + Math.min(most, Math.max(fewest, Math.round(budgetMs / (times.at(-1) ?? budgetMs))));
    }
  } finally {
    await dispose();
  }
  return times.slice(warmups);
}
