/** @file Where the time of a training step and of a score goes, measured by ONNX Runtime. */
import { teacherOf } from './training/teacher.ts';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBackend, requireDevice, type NodeOptions } from '../backend/ort-node.ts';
import { typicalRun, type ProfiledRun } from '../backend/ort-profile.ts';
import type { Pass } from '../backend/passes.ts';
import type { Backend, DeviceArray } from '../backend/program.ts';
import { checkOptions } from '../base/check.ts';
import { InternalError } from '../base/errors.ts';
import { foldIn, key } from '../base/key.ts';
import { normal } from '../base/random.ts';
import { didYouMean } from '../base/suggest.ts';
import { attempt } from '../base/system-problem.ts';
import { sizeOf, tensor, type Shape } from '../base/tensor.ts';
import { buildTraining, type Training } from '../catalog/build.ts';
import { builtIn } from '../catalog/catalog.ts';
import { classCount, netKinds } from '../catalog/kinds.ts';
import { find } from '../catalog/named.ts';
import { networks } from '../catalog/networks/index.ts';
import { resolveConfig } from '../catalog/config/resolve.ts';
import { kindOf, type DataSet } from '../data/dataset.ts';
import { isRun } from '../run/folder/run-folder.ts';
import { running, type Running, type RunOptions } from '../model/running.ts';
import { layout } from '../nn/network.ts';
import { loadAnyRun } from '../run/load.ts';
import { codingOf } from '../run/summarize.ts';
import { conditionRows } from '../score/models/condition-rows.ts';
import { scoreModel } from '../score/models/score-model.ts';
import { compileTrainStep, disposeState, type TrainState } from '../score/train-step.ts';
import { averaged, startPoint, type TrainPoint } from '../train/train.ts';
import type { EngineOptions } from './host.ts';

/** One thing that a network does again and again. */
export type Task = 'training step' | 'score';

/** Where the time of one task goes. */
export interface TaskProfile extends ProfiledRun {
  readonly task: Task;
  /** Median milliseconds of the task as a program sees it, without profiling. */
  readonly wallMs: number;
}

/** Options of `profile`. */
export interface ProfileOptions extends EngineOptions {
  /** Profile the training step alone; both tasks by default. */
  readonly train?: boolean | undefined;
  /** Profile the score alone; both tasks by default. */
  readonly sample?: boolean | undefined;
  /** Side of the images of a network, in pixels. Default 28. */
  readonly size?: number | undefined;
  /** Samples of a step. Default that of the run, or 64 images or 512 points. */
  readonly batch?: number | undefined;
  /** Number of runs of which the median is taken. Default as many as take 2 seconds, 5 to 200. */
  readonly repeats?: number | undefined;
  /** Passes of the compiler that are switched off. None by default. */
  readonly without?: readonly Pass[] | undefined;
}

/** Where the time goes. */
export interface Profile {
  readonly parameters: number;
  readonly sampleShape: Shape;
  readonly batch: number;
  readonly tasks: readonly TaskProfile[];
}

/** A task that begins. */
export interface ProfileStep {
  readonly task: Task;
  /** The part of the tasks that is done, 0 to 1. */
  readonly fraction: number;
}

interface Subject {
  readonly training: Training;
  readonly point: TrainPoint;
  readonly batch: number;
  /** One-hot classes that the task reads, by name. */
  readonly classes: Readonly<Record<string, Float32Array>>;
}

/**
 * Profiles the training step and the score of a run, or of a network with its default options.
 * @param subject - folder of a run, or name of a network
 * @throws ConfigError if it is neither, or an option does not fit it.
 * @throws UnsupportedError if the device cannot be used.
 */
export function profile(
  subject: string,
  options: ProfileOptions & RunOptions<ProfileStep> = {},
): Running<ProfileStep, Profile> {
  return running(() => profiling(subject, options), options);
}

async function* profiling(ref: string, options: ProfileOptions): AsyncGenerator<ProfileStep, Profile> {
  const { threads = 2, device = 'cpu', without = [], repeats } = options;
  await requireDevice(device);
  const subject = subjectOf(ref, options);
  const { training, batch } = subject;
  const other = training.task !== 'score';
  const both = options.train === options.sample;
  const wanted: readonly (readonly [Task, boolean])[] = [
    ['training step', both || options.train === true],
    ['score', !other && (both || options.sample === true)],
  ];
  checkOptions([wanted.some(([, is]) => is), 'sample', `expected a run of a score, ${ref} is a ${training.task}`]);
  const chosen = wanted.flatMap(([task, is]) => (is ? [task] : []));
  const tasks: TaskProfile[] = [];
  for (const [i, task] of chosen.entries()) {
    yield { task, fraction: i / chosen.length };
    tasks.push(await profileTask(task, subject, { engine: { threads, device, without }, repeats }));
  }
  return { parameters: layout(training.net).trained, sampleShape: training.net.sampleShape, batch, tasks };
}

function subjectOf(ref: string, options: ProfileOptions): Subject {
  const isNet = netKinds.some((kind) => kind === ref);
  const found = isRun(ref);
  checkOptions(
    [
      isNet || found,
      'subject',
      `expected the folder of a run or one of ${netKinds.join(', ')}, got ${ref}${didYouMean(ref, netKinds)}`,
    ],
    [!found || options.size === undefined, 'size', `is of networks, ${ref} is a run`],
  );
  if (found) {
    const { config, data, point } = loadAnyRun(ref);
    const training = buildTraining(config, standIn(data.shape, classCount(config.net), data.kind), undefined, {
      coding: codingOf(data),
      teacher: teacherOf(config.loss)?.score,
    });
    return subject({ training, point, batch: options.batch ?? config.train.batch });
  }
  const { axes } = find(networks, ref, 'subject');
  const { size = 28 } = options;
  const shape = axes.includes(3) ? [1, size, size] : axes.map(() => 2);
  const set = standIn(shape, 0);
  const sized = kindOf(set).pictures !== undefined || options.size === undefined;
  checkOptions([sized, 'size', `is of networks for images, ${ref} is for ${kindOf(set).name}`]);
  const config = resolveConfig(set, { data: { ref: set.name }, net: { kind: ref } });
  const training = buildTraining(config, set);
  const point = startPoint(training.net, key(0));
  return subject({ training, point, batch: options.batch ?? config.train.batch });
}

function subject(parts: Omit<Subject, 'classes'>): Subject {
  const { training, batch } = parts;
  const count = training.objective.classes ?? training.net.classes;
  return { ...parts, classes: count === 0 ? {} : { classes: conditionRows(new Array<number>(batch).fill(0), count) } };
}

/**
 * Data of a shape with classes and texts: times do not depend on values, and two samples are enough for a configuration.
 * @param known - name of the kind; the first that has the shape by default
 */
function standIn(shape: Shape, classes: number, known?: string): DataSet {
  const labels = classes === 0 ? {} : { labels: Uint8Array.of(0, 1), texts: [['one'], ['other']] };
  const kind = builtIn.dataKinds.find((one) => (known === undefined || one.name === known) && one.shapeOk(shape));
  if (kind === undefined) throw new InternalError(`expected a shape of samples, got [${shape.join()}]`);
  return { ...kind.standIn(shape), ...labels };
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
  const { feeds } = await objective.draw(Float32Array.from(x.data), batch, base, 1);
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
/** Time that the runs take together unless their number is given. */
const budgetMs = 2000;

async function profileTask(
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
