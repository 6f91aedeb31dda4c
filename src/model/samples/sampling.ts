/** @file Drawing samples of a model: batches side by side, whose steps are seen as they come. */
import { checkOptions } from '../../base/check.ts';
import { key, split } from '../../base/key.ts';
import { isOfLatents } from '../../nn/autoencoder.ts';
import { shardRows, type Shard, type ShardRows } from '../../base/shard.ts';
import { concatRows, sizeOf } from '../../base/tensor.ts';
import type { SampleProgress, SampleResult } from '../../sample/sampler.ts';
import { noiseBefore } from '../../sample/start.ts';
import type { Sde } from '../../sde/sde.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { GuidedScores } from '../../catalog/guidances/guidance.ts';
import { ofEach, type Condition } from '../condition.ts';
import { requireBounded, type Guide } from './divergence.ts';
import { drawnClasses } from './drawn-classes.ts';
import { evaluationCounter } from '../evaluation-counter.ts';
import { compiledGuide, guidedScores, type ChosenGuidance } from '../guidance.ts';
import type { Host } from '../host.ts';
import { sideBySide } from '../running.ts';
import { chooseSampler, choiceUnder, type ChosenSampler, type SamplerChoice } from './sampler-choice.ts';
import { samplesOf, type Samples } from './samples.ts';
import { startFor, type StartChoice, type StartOf } from './starting.ts';
import { previewed, type ScorePrograms } from '../score-programs.ts';
import type { TrainedModel } from '../trained.ts';

/** How samples are drawn. */
export interface SampleOptions extends SamplerChoice {
  /**
   * How many samples. Default: the length of the list of classes or texts where the model is given one, else 16.
   */
  readonly count?: number | undefined;
  /** Seed of everything random; sample i depends on the seed and i alone. Default 0. */
  readonly seed?: number | undefined;
  /** Samples that are computed together at most; memory grows with it. Default 64. */
  readonly batch?: number | undefined;
  /** Where samples begin: data or a rough law of them, noised to a level. Pure noise by default. */
  readonly start?: StartChoice | undefined;
  /**
   * Whether the samples keep the noise that each comes from, as pairs to train a straighter flow on (`loss.coupling=stored`). Of samplers without noise alone.
   * Default false.
   */
  readonly pairs?: boolean | undefined;
  /**
   * Part of the pairs, 0 to below 1, that are drawn without their class or text, as a training leaves it out: evenly among the others. Default 0.
   */
  readonly hidden?: number | undefined;
  /** The part of the samples that is drawn: whole batches, the same as if all were drawn. Default all. */
  readonly shard?: Shard | undefined;
}

/** One step of one batch of samples. */
export interface SamplingStep {
  /** The part of all work that is done, 0 to 1. */
  readonly fraction: number;
  /** Samples in all. */
  readonly count: number;
  /** Index of the first sample of the batch that took the step. */
  readonly first: number;
  /** Steps that the batch has taken. */
  readonly step: number;
  /** Steps that it takes in all; undefined where each sample takes as many as it needs. */
  readonly steps: number | undefined;
  /** Time that the batch has reached. */
  readonly t: number;
  /** The batch as it is now, noisy until the end; of a model of latents as it was at the last of about eight moments. */
  readonly samples: Samples;
}

/** Samples and how they were drawn. */
export interface SamplingResult {
  readonly samples: Samples;
  /** Name of the sampler. */
  readonly sampler: string;
  /** Which of all samples these are, [from, to), and how many a program computes at a time, on which the last bits may depend. */
  readonly rows: ShardRows & { readonly together: number };
  readonly seed: number;
  readonly seconds: number;
}

/** What draws samples. */
export interface Source {
  readonly host: Host;
  readonly trained: TrainedModel;
  readonly programs: ScorePrograms;
  readonly condition: Condition | undefined;
  /** Has the samplers that can be asked for by name; those of scorefield by default. */
  readonly catalog?: Catalog | undefined;
}

/** Numbers of all samples together at most, 1 GiB in float64. */
export const mostNumbers = 2 ** 27;

const defaultCount = 16;

/**
 * Draws samples, yielding the steps of every batch.
 * @throws ConfigError if the sampler or an option of it is unknown, or there are too many samples for memory.
 * @throws NumericalError if a sample is not finite.
 */
export async function* drawSamples(
  source: Source,
  options: SampleOptions,
): AsyncGenerator<SamplingStep, SamplingResult> {
  const { trained, condition: asked, catalog } = source;
  const listed = asked?.perSample === true ? asked.given : undefined;
  const {
    count = listed?.length ?? defaultCount,
    seed = 0,
    batch = 64,
    start,
    pairs = false,
    hidden = 0,
    shard,
    ...choice
  } = options;
  const size = Math.max(sizeOf(trained.data.shape), sizeOf(trained.net.sampleShape));
  const most = Math.floor(mostNumbers / size);
  checkOptions(
    [Number.isInteger(count) && count >= 1, 'count', `expected a whole number of at least 1, got ${count}`],
    [count <= most, 'count', `expected at most ${most} samples of ${size} numbers, got ${count}`],
    [
      listed === undefined || listed.length === count,
      'count',
      `expected a ${asked?.texts ? 'text' : 'class'} for each of ${count} samples, got ${listed?.length ?? 0}`,
    ],
  );
  checkOptions([
    trained.net.ofSample !== true || asked !== undefined,
    'like',
    `expected sounds whose spectrograms the waves are to have, such as --like FILE.wav, as ${trained.name} makes waves of spectrograms`,
  ]);
  // Data to begin with have a class already, which is unknown; the data of the training have a law for each.
  const free = start === undefined || (typeof start.from === 'string' && start.data === undefined);
  const whole = asked ?? (free ? drawnClasses(trained, { count, seed }, catalog) : undefined);
  const given = hidden > 0 && whole ? shownOf(count, hidden) : undefined;
  const condition = whole && given ? hiding(whole, given) : whole;
  const { record, cost } = condition?.guidance ?? {};
  const own = record === undefined ? choice : choiceUnder({ method: record.name, samplers: record.samplers }, choice);
  const chosen = chooseSampler(trained, own, cost, catalog);
  checkOptions(
    [!pairs || !chosen.noisy, 'pairs', `expected a sampler of the probability flow, without noise, got ${chosen.name}`],
    [hidden === 0 || pairs, 'hidden', 'is of pairs'],
    [hidden >= 0 && hidden < 1, 'hidden', `expected a part of 0 to below 1, got ${hidden}`],
    [
      !pairs || !isOfLatents(trained.net),
      'pairs',
      `expected a model of the data themselves, ${trained.name} is of latents`,
    ],
    [!pairs || start === undefined, 'pairs', 'expected samples that begin with noise, got a start'],
    [!pairs || (choice.temperature ?? 1) === 1, 'pairs', `expected a temperature of 1, got ${choice.temperature}`],
  );
  const started = performance.now();
  const startOf = start && (await startFor({ ...source, condition: whole }, start, { count, seed }));
  const result = yield* drawBatches(
    { ...source, condition },
    { chosen, count, seed, batch, startOf, pairs, shown: given, shard },
  );
  const seconds = (performance.now() - started) / 1000;
  return { ...result, sampler: chosen.name, seed, seconds };
}

interface Draw {
  readonly chosen: ChosenSampler;
  readonly count: number;
  readonly seed: number;
  readonly batch: number;
  readonly startOf: StartOf | undefined;
  readonly pairs: boolean;
  readonly shown: Uint8Array | undefined;
  readonly shard: Shard | undefined;
}

/** Ones, with zeros evenly among them. */
function shownOf(count: number, hidden: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => 1 - (Math.floor((i + 1) * hidden) - Math.floor(i * hidden)));
}

/** A condition of which some samples are not given theirs. */
function hiding(condition: Condition, shown: Uint8Array): Condition {
  const given = ofEach(condition, condition.given, shown.length);
  return {
    ...condition,
    perSample: true,
    labels: ofEach(condition, condition.labels, shown.length),
    texts: ofEach(condition, condition.texts, shown.length),
    given: given?.map((own, i) => (shown[i] === 1 ? own : undefined)),
  };
}

async function* drawBatches(
  { host, trained, programs, condition }: Source,
  { chosen, count, seed, batch, startOf, pairs, shown, shard }: Draw,
): AsyncGenerator<SamplingStep, Pick<SamplingResult, 'samples' | 'rows'>> {
  const { process, data, net, name, catalog } = trained;
  const { workers = 1 } = await host.backend(count);
  // Two loops for each thread, so that it computes for one while the host adds up the other; and never more than one loop that
  // waits for two threads.
  const loops = Math.min(workers === 1 ? 1 : 2 * workers, batch, count);
  // Programs are compiled for powers of two.
  const maxBatch = 2 ** Math.min(Math.floor(Math.log2(batch / loops)), Math.ceil(Math.log2(count / loops)));
  const model = await programs.of({ samples: count, maxBatch, whole: true });
  const guide =
    condition && (await compiledGuide(host, trained, condition.guidance, { samples: count, maxBatch, whole: true }));
  const given = condition && ofEach(condition, condition.given, count);
  const labels = condition && ofEach(condition, condition.labels, count);
  const texts = condition && ofEach(condition, condition.texts, count);
  const keys = split(key(seed), count);
  const what = `batches of ${maxBatch}; draw more, or give a smaller batch`;
  const { from, to } = shardRows(shard, { total: count, group: maxBatch, what });
  const here = to - from;
  const begins = Array.from({ length: Math.ceil(here / maxBatch) }, (_, k) => from + k * maxBatch);
  const done = new Map<number, number>();
  const fractionOf = (first: number, samples: number, part: number): number => {
    done.set(first, samples * part);
    return [...done.values()].reduce((sum, value) => sum + value, 0) / here;
  };
  const units = { host, data, name, catalog };
  const drawBatch = async function* (first: number): AsyncGenerator<SamplingStep, SampleResult> {
    const own = keys.slice(first, first + maxBatch);
    const end = first + maxBatch;
    const about = { labels: labels?.slice(first, end), texts: texts?.slice(first, end), classNames: condition?.names };
    const counter = evaluationCounter(own.length);
    const conditional: Omit<GuidedScores, 'scoreVjp' | 'reverseVariance'> & Partial<GuidedScores> =
      condition !== undefined
        ? guidedScores(condition.guidance, { trained, model, guide }, given?.slice(first, end), counter)
        : counter.scores(model);
    const { score, reverseVariance = trained.reverseVariance, unguided, logDensity } = conditional;
    const start = startOf?.(first, own.length);
    const laws = { score, reverseVariance, unguided, logDensity };
    const request = { sde: process.sde, ...laws, shape: net.sampleShape, keys: own, start };
    const drawing = chosen.sampler(request);
    const bounded = requireBounded(drawing, process.sde, condition && guidedBy(condition.guidance));
    const shown = previewed(programs);
    for (;;) {
      const next = await bounded.next();
      if (next.done === true) {
        fractionOf(first, own.length, 1);
        return { ...next.value, evals: counter.counts() };
      }
      const { step, steps, t } = next.value;
      yield {
        ...{ fraction: fractionOf(first, own.length, partDone(process.sde, next.value)), count, first, step, steps, t },
        samples: samplesOf(units, {
          ...{ x: await shown(next.value), ...about, evaluations: counter.counts() },
          status: own.map(() => 'ok' as const),
        }),
      };
    }
  };
  try {
    const parts = yield* sideBySide(
      begins.map((first) => () => drawBatch(first)),
      loops,
    );
    const samples = samplesOf(units, {
      x: await programs.toData(concatRows(parts.map((part) => part.x))),
      ...{ labels: labels?.slice(from, to), texts: texts?.slice(from, to), classNames: condition?.names },
      ...(pairs && { noise: noiseBefore(keys.slice(from, to), data.shape), given: shown?.slice(from, to) }),
      evaluations: parts.flatMap(({ evals }) => evals),
      status: parts.flatMap(({ status }) => status),
    });
    return { samples, rows: { from, to, total: count, together: maxBatch } };
  } finally {
    await guide?.dispose();
  }
}

/** How far a batch has come: by its steps, or by the logarithm of the noise level where their number is not known. */
function partDone(sde: Sde, { step, steps, t }: SampleProgress): number {
  if (steps !== undefined) return step / steps;
  const level = (u: number): number => Math.log(sde.sigma(u) / sde.alpha(u));
  const [from, to] = [level(sde.tMax), level(sde.tEnd)];
  return Math.min(1, Math.max(0, (level(t) - from) / (to - from)));
}

/** Undefined where the score of one network is taken as it is. */
function guidedBy({ record, guide, scale, cost }: ChosenGuidance): Guide | undefined {
  if (cost === 1) return undefined;
  const name = guide === undefined ? 'guidance' : `guidance (${record.name})`;
  const tries = ['a smaller guidance', 'more steps', 'or another sampler'];
  return { option: 'guidance', name, scale: `guidance = ${scale}`, tries };
}
