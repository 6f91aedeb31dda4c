/** @file A report of a model: its samples, metrics, errors by noise level, bits, calibration and copies, as one page. */
import { ConfigError, ShapeError, UnsupportedError } from '../base/errors.ts';
import { plural, shellCommand } from '../base/words.ts';
import { dataKindOf } from '../catalog/data-kinds/find.ts';
import { metricsNamed } from '../catalog/metrics/index.ts';
import { kindOf, type DataSet } from '../data/dataset.ts';
import { estimateText } from '../evaluate/estimate.ts';
import { modelInputs } from '../model/density/likelihood-estimates.ts';
import { randomRows } from '../model/data-input.ts';
import { denoisingCalibration, type DenoisingCalibration } from '../model/evaluation/denoising-calibration.ts';
import type { Diagnosis } from '../model/evaluation/diagnosis.ts';
import { haveClasses, type Features } from '../model/evaluation/feature-extractor.ts';
import { leastCopies, type Memorization } from '../model/evaluation/memorization.ts';
import type { Model } from '../model/model.ts';
import type { ModelEvaluation } from '../model/model-evaluation.ts';
import { running, type RunOptions, type Running } from '../model/running.ts';
import { scorePrograms } from '../model/score-programs.ts';
import { key } from '../base/key.ts';
import { openFeatures } from './extractors/features.ts';
import { openDiagnosisData } from './diagnosis-data.ts';
import { nodeHost, type EngineOptions } from './host.ts';
import { findCopies, openTrainingData } from './memorization.ts';
import { openRealParts } from './real-parts.ts';
import { reportPage, type ReportSection } from './report-page.ts';
import { calibrationSection, copiesSection, factsOf, levelsSection, metricsSection, samplesSection } from './report-sections.ts'; // prettier-ignore

/** Options of `reportModel`. */
export interface ReportOptions extends EngineOptions, RunOptions<ReportStep> {
  /** Samples that are drawn and compared, at least 40. Default 1000, or as many as there are real ones. */
  readonly count?: number | undefined;
  /** Held-out samples whose bits, errors and calibration are computed. Default 128. */
  readonly heldOut?: number | undefined;
  /** Features by which samples are compared, see `compareSamples`. Default those of `openFeatures`. */
  readonly features?: Features | undefined;
  /** Seed of everything random. Default 0. */
  readonly seed?: number | undefined;
  /** The command that makes the report, for its last section. By default that of `scorefield report`. */
  readonly command?: string | undefined;
}

/** A step of a report. */
export interface ReportStep {
  /** The part of all work that is done, 0 to 1, roughly. */
  readonly fraction: number;
  readonly stage: string;
}

/** A report. */
export interface Report {
  /** The page. */
  readonly html: string;
  readonly evaluation: ModelEvaluation;
  readonly diagnosis: Diagnosis | undefined;
  readonly bitsPerDim: { readonly value: number; readonly standardError: number; readonly n: number } | undefined;
  readonly calibration: readonly DenoisingCalibration[] | undefined;
  readonly memorization: Memorization | undefined;
  /** What was left out, and why. */
  readonly leftOut: Readonly<Record<string, string>>;
}

/**
 * Measures a model in every way that it can be, and writes one page of it. What the model has no part in, such as likelihoods of students, is left out and the page
 * says why.
 * @throws ConfigError if the model is a classifier, or there are too few data.
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { openModel, reportModel } from 'scorefield/node';
 *
 * const { html, evaluation } = await reportModel(await openModel('fashion-mnist'), { count: 200 });
 * await writeFile('report.html', html);
 * console.log(evaluation.frechet);
 * ```
 */
export function reportModel(
  model: Model,
  { signal, onProgress, ...options }: ReportOptions = {},
): Running<ReportStep, Report> {
  return running(() => reported(model, options), { signal, onProgress });
}

async function* reported(
  model: Model,
  {
    count = 1000,
    heldOut: few = 128,
    seed = 0,
    features: asked,
    command,
    threads,
    device,
  }: Omit<ReportOptions, keyof RunOptions<ReportStep>>,
): AsyncGenerator<ReportStep, Report> {
  const { trained, info } = model;
  const engine = { threads, device };
  const { ref } = trained.config.data;
  const leftOut: Record<string, string> = {};

  const parts = await openRealParts(ref, { shape: info.shape, model: trained });
  const features = asked ?? (await openFeatures(ref, info.shape, { ...engine, kind: kindOf(parts.reference.set) }));
  const metrics = metricsNamed(['all'], { classifier: haveClasses(features) });
  const most = Math.min(count, parts.real.rows.length);
  const evaluation = yield* stage('metrics', [0, 0.5], model.evaluate(parts, { features, metrics, count: most, seed }));
  const { drawn } = evaluation;

  const attempt = async function* <T>(
    name: string,
    steps: () => AsyncGenerator<ReportStep, T>,
  ): AsyncGenerator<ReportStep, T | undefined> {
    try {
      return yield* steps();
    } catch (error) {
      if (!(error instanceof ConfigError || error instanceof UnsupportedError || error instanceof ShapeError))
        throw error;
      leftOut[name] = error.message;
      return undefined;
    }
  };
  const data = await openDiagnosisData(trained);
  const fresh: DataSet = data.heldOut ?? data.training;
  const rows = randomRows(fresh, few, seed);
  const diagnosis = yield* attempt('errors by noise level', () =>
    stage('errors by noise level', [0.5, 0.65], model.diagnose(data, { count: few, seed })),
  );
  const likelihood = yield* attempt('bits per dimension', () =>
    stage('bits per dimension', [0.65, 0.75], model.logLikelihood(fresh, { rows, seed, tolerance: 1e-3 })),
  );
  const calibration = yield* attempt('calibration', async function* () {
    const programs = scorePrograms(nodeHost(engine), trained);
    try {
      if (trained.sampling.student !== undefined || trained.sampling.oneLevel)
        throw new UnsupportedError('expected a model that has learned the score at all noise levels');
      const { scoreJvp } = await programs.of({ samples: rows.length, maxBatch: 64 });
      const steps = denoisingCalibration({ sde: model.sde, scoreJvp }, modelInputs(trained, fresh, rows, key(seed)), {
        seed,
      });
      for (;;) {
        const next = await steps.next();
        if (next.done === true) return next.value;
        yield { fraction: 0.75 + 0.05 * next.value, stage: 'calibration' };
      }
    } finally {
      await programs.dispose();
    }
  });
  const memorization = yield* attempt('copies', async function* () {
    if (drawn === undefined || drawn.samples.count < leastCopies)
      throw new ConfigError([
        { path: 'count', message: `expected at least ${leastCopies} samples to look for copies` },
      ]);
    const known = await openTrainingData(trained);
    const search = findCopies({ samples: drawn.samples.toDataSet(), ...known }, { ...engine, features, seed });
    return yield* stage('copies', [0.8, 1], search);
  });

  const bits = likelihood && { ...likelihood.mean, n: rows.length };
  const sections: readonly ReportSection[] = [
    ...(drawn === undefined ? [] : [samplesSection(trained.name, dataKindOf(trained.data, trained.catalog), drawn)]),
    metricsSection(evaluation),
    ...(diagnosis === undefined ? [] : [levelsSection(diagnosis, trained.name)]),
    ...(bits === undefined
      ? []
      : [
          {
            title: 'Likelihood',
            text: [
              `${estimateText(bits)} bits/dim over ${plural(bits.n, data.heldOut ? 'held-out sample' : 'training sample')}, by the probability flow with tolerance 0.001.`,
            ],
          },
        ]),
    ...(calibration === undefined ? [] : [calibrationSection(calibration, rows.length)]),
    ...(memorization === undefined ? [] : [copiesSection(memorization, trained.name)]),
    ...(Object.keys(leftOut).length === 0
      ? []
      : [{ title: 'Left out', text: Object.entries(leftOut).map(([what, why]) => `${what}: ${why}`) }]),
    {
      title: 'Again',
      text: ['Equal seeds give equal numbers. The report is made by'],
      code:
        command ??
        shellCommand('npx', 'scorefield', 'report', trained.name, '-n', String(count), '--seed', String(seed)),
    },
  ];
  const html = reportPage({ title: `Report of ${trained.name}`, facts: factsOf(model), sections });
  return { html, evaluation, diagnosis, bitsPerDim: bits, calibration, memorization, leftOut };
}

/** The steps of a computation as a part of the whole. */
async function* stage<P extends { readonly fraction: number }, R>(
  name: string,
  [from, to]: readonly [from: number, to: number],
  computation: Running<P, R>,
): AsyncGenerator<ReportStep, R> {
  for await (const { fraction } of computation) yield { fraction: from + (to - from) * fraction, stage: name };
  return computation;
}
