/** @file Samples of a run or a model, drawn batch by batch. */
import type { Backend } from '../backend/program.ts';
import { checkOptions } from '../base/check.ts';
import { key, split } from '../base/key.ts';
import { concatRows, type Tensor } from '../base/tensor.ts';
import type { LoadedRun } from '../run/load.ts';
import { buildSampler, isLowDimensional, type GridName, type SamplerOptions } from '../catalog/samplers.ts';
import type { SampleProgress, Sampler, SampleResult } from '../sample/sampler.ts';
import { scoreModel } from '../score/score-model.ts';
import { averaged } from '../train/train.ts';
import { classScores, type ClassChoice } from './class-score.ts';
import { followed, type Guide } from './divergence.ts';
import type { Terminal } from './shell/terminal.ts';

/** How samples are asked for: what is not said is as suits the run. */
export interface SamplerChoice extends Omit<SamplerOptions, 'denoiseLast' | 'lowDimensional'> {
  readonly sampler?: string | undefined;
  readonly denoise?: boolean | undefined;
}

/** A sampler with its name. */
export interface ChosenSampler {
  readonly name: string;
  readonly sampler: Sampler;
}

/** Evaluations below which predictor-corrector sampling, whose noise must settle, leaves noise on the samples: docs/samplers.md. */
const fewEvaluations = 200;

/**
 * The sampler that is asked for, or one of few evaluations for a small budget, or that of the run, with its number of steps or
 * evaluations where no other is asked for.
 * @throws ConfigError as `buildSampler`, and if the run has learned the score at one noise level alone and another sampler is asked for.
 */
export function chooseSampler({ sampling, data }: LoadedRun, choice: SamplerChoice): ChosenSampler {
  const { nfe = Infinity, snr } = choice;
  const hurried = sampling.sampler === 'pc' && snr === undefined && nfe < fewEvaluations;
  const suited = hurried ? 'dpm-solver-2m' : sampling.sampler;
  const { sampler: name = suited, denoise = true, ...asked } = choice;
  const own = name === sampling.sampler;
  checkOptions([
    !sampling.oneLevel || own,
    '--sampler',
    `expected ${sampling.sampler}, as the run has learned the score at one noise level alone, got ${name}`,
  ]);
  const unlimited = own && asked.steps === undefined && asked.nfe === undefined;
  const grid: GridName | undefined = own ? sampling.grid : undefined;
  const options = {
    ...asked,
    steps: asked.steps ?? (unlimited ? sampling.steps : undefined),
    nfe: asked.nfe ?? (unlimited ? sampling.nfe : undefined),
    grid: asked.grid ?? grid,
    denoiseLast: denoise && sampling.denoise,
    lowDimensional: isLowDimensional(data),
  };
  return { name, sampler: buildSampler(name, options) };
}

/** What to draw, and on what. */
export interface DrawRequest {
  readonly sampler: Sampler;
  readonly n: number;
  readonly choice?: ClassChoice | undefined;
  /** Of each sample. */
  readonly classes?: readonly number[] | undefined;
  readonly seed: number;
  readonly batch: number;
  readonly backend: Backend;
}

/** Draws samples in the range of the model; sample i depends on the seed and i alone. */
export async function drawSamples(
  run: LoadedRun,
  request: DrawRequest,
  out: Pick<Terminal, 'progress' | 'done'>,
): Promise<SampleResult> {
  const { net, process, data, point } = run;
  const { sampler, n, choice, classes = [], seed, batch, backend } = request;
  const { workers = 1 } = backend;
  // Two loops run for each worker: it computes for one while the host updates the other; and no
  // loop waits for two workers.
  const loops = Math.min(workers === 1 ? 1 : 2 * workers, batch, n);
  // Programs are of powers of two.
  const most = 2 ** Math.min(Math.floor(Math.log2(batch / loops)), Math.ceil(Math.log2(n / loops)));
  const uncut = { ...backend, workers: 1 };
  const model = scoreModel(uncut, net, { params: averaged(point.state), process, maxBatch: most });
  const ofClasses = choice && (await classScores(uncut, { model, run, choice }, { maxBatch: most }));
  const keys = split(key(seed), n);
  const begins = Array.from({ length: Math.ceil(n / most) }, (_, k) => k * most);
  const drawPart = async (begin: number): Promise<SampleResult> => {
    const ofClass = ofClasses?.of(classes.slice(begin, begin + most));
    const { score, reverseVariance = run.reverseVariance } = ofClass ?? model;
    const shown = keys.slice(begin, begin + most);
    const drawing = sampler({ sde: process.sde, score, reverseVariance, shape: data.shape, keys: shown });
    const show = ({ step, steps, t }: SampleProgress): void => {
      out.progress(
        `samples ${begin + 1} to ${begin + shown.length}: ${steps === undefined ? `t = ${t.toFixed(4)}` : `step ${step} of ${steps}`}`,
      );
    };
    const result = await followed(drawing, { sde: process.sde, guide: choice && guideOf(choice) }, show);
    return { ...result, evals: ofClass?.evals() ?? result.evals };
  };
  let parts: readonly SampleResult[];
  try {
    parts = await sideBySide(begins, loops, drawPart);
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

/**
 * Results of a task for each subject, so many at a time.
 * @throws what the first failing task throws, once the others that have begun are over.
 */
async function sideBySide<S, R>(
  subjects: readonly S[],
  loops: number,
  task: (subject: S) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const loop = async (): Promise<void> => {
    while (next < subjects.length && failures.length === 0) {
      const own = next++;
      await task(subjects[own] as S).then(
        (result) => (results[own] = result),
        (error: unknown) => failures.push(error),
      );
    }
  };
  await Promise.all(Array.from({ length: loops }, loop));
  if (failures.length > 0) throw failures[0];
  return results;
}
