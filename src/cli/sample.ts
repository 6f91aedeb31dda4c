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
import type { Sampler, SampleResult } from '../sample/sampler.ts';
import { scoreModel } from '../score/score-model.ts';
import { averaged } from '../train/train.ts';
import { classesAsked, classScore, costOf, type ClassFlags } from './class-score.ts';
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
  const { guidance = 1, seed = 0, batch = 64, denoise = true } = flags;
  const out = terminal(flags);
  const loaded = loadRun(folder, flags.checkpoint);
  const { sampling } = loaded;
  const asked = classesAsked(loaded, flags);
  const each = flags.n ?? (flags.class === 'all' ? defaultCountOfEach : defaultCount);
  const classes = asked?.flatMap((label) => new Array<number>(each).fill(label));
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
    nfe: flags.nfe && (asked ? Math.floor(flags.nfe / costOf(guidance)) : flags.nfe),
    grid: flags.grid ?? (name === sampling.sampler ? sampling.grid : undefined),
    eta: flags.eta,
    churn: flags.churn,
    snr: flags.snr,
    tolerance: flags.tolerance,
    temperature: flags.temperature,
    denoiseLast: denoise && sampling.denoise,
    lowDimensional: loaded.data.kind === 'points',
  });
  const kind = asked === undefined ? '' : `-class${asked.length === 1 ? asked[0] : 's'}-guidance${guidance}`;
  const file = flags.out ?? ownFile(loaded, `${name}-seed${seed}-n${n}${kind}.png`);
  requireWritable(file);
  const started = performance.now();
  const { x, evals, status } = await draw(
    loaded,
    { sampler, n, classes, guidance, seed, batch, threads: flags.threads ?? 2 },
    out,
  );
  const seconds = (performance.now() - started) / 1000;
  const columns = flags.class === 'all' ? each : undefined;
  const className = asked?.length === 1 ? `, class ${loaded.data.classes?.names[asked[0] ?? 0] ?? ''}` : '';
  const title = `${n} samples of ${loaded.config.data.ref}${className}`;
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
    ...(asked && { classes: asked.map((label) => loaded.data.classes?.names[label]), guidance }),
    seed,
    seconds: Number(seconds.toFixed(3)),
    evaluations: { mean, min: evals.reduce((a, b) => Math.min(a, b)), max: evals.reduce((a, b) => Math.max(a, b)) },
    failed,
  });
}

/** A file among the samples of a run; copies of runs may have lost the folder. */
function ownFile({ run, point }: LoadedRun, name: string): string {
  const folder = samplesFolder(run);
  attempt(folder, 'cannot be created', () => mkdirSync(folder, { recursive: true }));
  return join(folder, `step${point.step}-${name}`);
}

async function draw(
  { net, process, reverseVariance, data, point }: LoadedRun,
  options: {
    sampler: Sampler;
    n: number;
    /** Of each sample. */
    classes: readonly number[] | undefined;
    guidance: number;
    seed: number;
    batch: number;
    threads: number;
  },
  out: Terminal,
): Promise<SampleResult> {
  const { sampler, n, classes, guidance, seed, batch, threads } = options;
  const params = averaged(point.state);
  const model = scoreModel(nodeBackend({ threads }), net, { params, process, maxBatch: batch });
  const keys = split(key(seed), n);
  const parts: SampleResult[] = [];
  try {
    for (let begin = 0; begin < n; begin += batch) {
      const ofClass = classes && classScore(model, classes.slice(begin, begin + batch), guidance);
      const { score, reverseVariance: learned } = ofClass ?? model;
      const request = {
        sde: process.sde,
        score,
        reverseVariance: learned ?? reverseVariance,
        shape: data.shape,
        keys: keys.slice(begin, begin + batch),
      };
      const drawing = sampler(request);
      for (;;) {
        const next = await drawing.next();
        if (next.done === true) {
          parts.push({ ...next.value, evals: ofClass?.evals() ?? next.value.evals });
          break;
        }
        const { step, steps, t } = next.value;
        out.progress(
          `samples ${begin + 1} to ${begin + request.keys.length}: ${steps === undefined ? `t = ${t.toFixed(4)}` : `step ${step} of ${steps}`}`,
        );
      }
    }
  } finally {
    out.done();
    await model.dispose();
  }
  const x: Tensor = concatRows(parts.map((part) => part.x));
  return { x, evals: parts.flatMap(({ evals }) => evals), status: parts.flatMap(({ status }) => status) };
}
