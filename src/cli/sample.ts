/** @file `scorefield sample`: samples of a trained run. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { nodeBackend } from '../backend/ort-node.ts';
import { checkOptions } from '../base/check.ts';
import { concatRows, sizeOf, type Tensor } from '../base/tensor.ts';
import { key, split } from '../base/key.ts';
import { attempt } from '../base/system-problem.ts';
import { loadRun, type LoadedRun } from '../config/checkpoint.ts';
import { buildSampler } from '../config/samplers.ts';
import { samplesFolder } from '../io/run-folder.ts';
import type { SampleProgress, Sampler, SampleResult } from '../sample/sampler.ts';
import { scoreModel } from '../score/score-model.ts';
import { averaged } from '../train/train.ts';
import { choose, classScores, type ClassChoice, type ClassFlags } from './class-score.ts';
import { followed, type Guide } from './divergence.ts';
import { requireWritable, writeSamples } from './pictures.ts';
import { duration, plural, terminal, type Terminal } from './terminal.ts';

/** Options of `scorefield sample`. */
export interface SampleFlags extends ClassFlags {
  readonly n?: number;
  readonly sampler?: string;
  readonly steps?: number;
  readonly nfe?: number;
  readonly grid?: string;
  readonly eta?: number;
  readonly churn?: number;
  readonly stepSize?: number;
  readonly seed?: number;
  readonly out?: string;
  readonly checkpoint?: number;
  readonly snr?: number;
  readonly tolerance?: number;
  readonly temperature?: number;
  readonly denoise?: boolean;
  readonly batch?: number;
  readonly threads?: number;
  readonly json?: boolean;
}

/** Samples that are drawn where nobody says how many, and of each class where all are asked for. */
const defaultCount = 64;
const defaultCountOfEach = 8;

/** Numbers of all samples together, 1 GiB in float64. */
const mostNumbers = 2 ** 27;

/** Draws samples from a run and writes them to a file. */
export async function sampleCommand(folder: string, flags: SampleFlags): Promise<void> {
  const { seed = 0, batch = 64, denoise = true } = flags;
  const out = terminal(flags);
  const loaded = loadRun(folder, flags.checkpoint);
  const { sampling } = loaded;
  const choice = choose(loaded, flags);
  const each = flags.n ?? (flags.class === 'all' ? defaultCountOfEach : defaultCount);
  const classes = choice?.labels.flatMap((label) => new Array<number>(each).fill(label));
  const n = classes?.length ?? each;
  const name = flags.sampler ?? sampling.sampler;
  checkOptions([
    !sampling.oneLevel || name === sampling.sampler,
    '--sampler',
    `expected ${sampling.sampler}, as the run has learned the score at one noise level alone, got ${name}`,
  ]);
  const size = sizeOf(loaded.data.shape);
  const most = Math.floor(mostNumbers / size);
  checkOptions([n <= most, '-n', `expected at most ${most} samples of ${size} numbers, got ${n}`]);
  const sampler = buildSampler(name, {
    steps: flags.steps ?? (name === sampling.sampler && flags.nfe === undefined ? sampling.steps : undefined),
    nfe: flags.nfe && Math.floor(flags.nfe / (choice?.cost ?? 1)),
    grid: flags.grid ?? (name === sampling.sampler ? sampling.grid : undefined),
    eta: flags.eta,
    churn: flags.churn,
    stepSize: flags.stepSize,
    snr: flags.snr,
    tolerance: flags.tolerance,
    temperature: flags.temperature,
    denoiseLast: denoise && sampling.denoise,
    lowDimensional: loaded.data.kind === 'points',
  });
  const file = flags.out ?? ownFile(loaded, `${name}-seed${seed}-n${n}${choice ? suffixOf(choice) : ''}.png`);
  requireWritable(file);
  const started = performance.now();
  const { x, evals, status } = await draw(
    loaded,
    { sampler, n, choice, classes, seed, batch, threads: flags.threads ?? 2 },
    out,
  );
  const seconds = (performance.now() - started) / 1000;
  const columns = flags.class === 'all' ? each : undefined;
  const ofClass = choice?.labels.length === 1 ? ` of class ${choice.names.join()}` : '';
  const title = `${n} samples of ${loaded.config.data.ref}${ofClass}`;
  await writeSamples(file, loaded.data, x, { title, classes, columns });

  const mean = evals.reduce((sum, count) => sum + count, 0) / evals.length;
  const failed = status.filter((state) => state !== 'ok').length;
  out.line(
    `${plural(n, 'sample')} by ${name} in ${duration(seconds)}, ${mean.toFixed(0)} network evaluations each: ${file}`,
  );
  if (failed > 0) out.line(`${plural(failed, 'sample')} did not reach the tolerance; try a larger --tolerance`);
  out.result({
    file,
    run: folder,
    step: loaded.point.step,
    n,
    sampler: name,
    ...(choice && { classes: choice.names, guidance: choice.guidance, classifier: flags.classifier }),
    seed,
    seconds: Number(seconds.toFixed(3)),
    evaluations: { mean, min: evals.reduce((a, b) => Math.min(a, b)), max: evals.reduce((a, b) => Math.max(a, b)) },
    failed,
  });
}

/** What tells the file of a class from others. */
function suffixOf({ labels, guidance, classifier }: ClassChoice): string {
  const which = labels.length === 1 ? labels.join() : 's';
  return `-class${which}-${classifier ? 'classifier' : 'guidance'}${guidance}`;
}

/** A file among the samples of a run; copies of runs may have lost the folder. */
function ownFile({ run, point }: LoadedRun, name: string): string {
  const folder = samplesFolder(run);
  attempt(folder, 'cannot be created', () => mkdirSync(folder, { recursive: true }));
  return join(folder, `step${point.step}-${name}`);
}

async function draw(
  run: LoadedRun,
  options: {
    sampler: Sampler;
    n: number;
    choice: ClassChoice | undefined;
    /** Of each sample. */
    classes: readonly number[] | undefined;
    seed: number;
    batch: number;
    threads: number;
  },
  out: Terminal,
): Promise<SampleResult> {
  const { net, process, data, point } = run;
  const { sampler, n, choice, classes = [], seed, batch, threads } = options;
  const backend = nodeBackend({ threads });
  const model = scoreModel(backend, net, { params: averaged(point.state), process, maxBatch: batch });
  const ofClasses = choice && (await classScores(backend, { model, run, choice }, { maxBatch: batch }));
  const keys = split(key(seed), n);
  const parts: SampleResult[] = [];
  try {
    for (let begin = 0; begin < n; begin += batch) {
      const ofClass = ofClasses?.of(classes.slice(begin, begin + batch));
      const { score, reverseVariance = run.reverseVariance } = ofClass ?? model;
      const shown = keys.slice(begin, begin + batch);
      const drawing = sampler({ sde: process.sde, score, reverseVariance, shape: data.shape, keys: shown });
      const show = ({ step, steps, t }: SampleProgress): void => {
        out.progress(
          `samples ${begin + 1} to ${begin + shown.length}: ${steps === undefined ? `t = ${t.toFixed(4)}` : `step ${step} of ${steps}`}`,
        );
      };
      const result = await followed(drawing, { sde: process.sde, guide: choice && guideOf(choice) }, show);
      parts.push({ ...result, evals: ofClass?.evals() ?? result.evals });
    }
  } finally {
    out.done();
    await ofClasses?.dispose();
    await model.dispose();
  }
  const x: Tensor = concatRows(parts.map((part) => part.x));
  return { x, evals: parts.flatMap(({ evals }) => evals), status: parts.flatMap(({ status }) => status) };
}

/** Nothing where the score of a network is taken as it is. */
function guideOf({ guidance, classifier, cost }: ClassChoice): Guide | undefined {
  if (cost === 1) return undefined;
  const name = classifier === undefined ? 'guidance' : 'the guidance of the classifier';
  const tries = ['a smaller --guidance', 'more --steps', 'or another --sampler'];
  return { option: '--guidance', name, scale: `--guidance ${guidance}`, tries };
}
