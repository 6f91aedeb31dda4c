/** @file A run as a packed model, small enough to be shipped. */
import { bridgeTask } from '../catalog/tasks/bridge.ts';
import { checkOptions } from '../base/check.ts';
import { ConfigError, NumericalError } from '../base/errors.ts';
import { short, withArticle } from '../base/words.ts';
import { buildSampler, gridNames, type GridChoice } from '../catalog/samplers/build-sampler.ts';
import { readMetrics } from '../run/folder/metrics.ts';
import { ownTasks } from '../catalog/kinds.ts';
import { encodeSafetensors } from '../io/safetensors.ts';
import { largestChange, measureRounding } from '../model/evaluation/rounding.ts';
import { studentRules } from '../model/samples/sampler-choice.ts';
import { trainedOf } from '../model/trained.ts';
import { layout } from '../nn/network.ts';
import { averageOf } from '../run/average.ts';
import { trainCommandOf } from '../run/command.ts';
import { loadAnyRun, type LoadedRun } from '../run/load.ts';
import { toModelFile, type ModelRecord, type ModelSampling, type RoundingAt } from '../run/model-file.ts';
import { bitsName, type ParameterBits } from '../run/parameter-bits.ts';
import { nodeHost, type EngineOptions } from './host.ts';
import { openRunData } from './run-data.ts';

/** Options of `packModel`. */
export interface PackOptions extends EngineOptions {
  /** Step of the checkpoint; the latest by default. */
  readonly checkpoint?: number | undefined;
  /**
   * Width of the average of the parameters as a part of the steps of the training, above 0 and below 0.2887, of a run that stores averages (see `averageRun`).
   * By default that of the run.
   */
  readonly ema?: number | undefined;
  /** The sampler that the model is sampled with unless another is asked for, with `nfe`; the one that suits it by default. */
  readonly sampler?: string | undefined;
  /** Network evaluations of that sampler, which is not given without them. None by default. */
  readonly nfe?: number | undefined;
  /** Time grid of that sampler, a name or noise levels; its own by default. */
  readonly grid?: GridChoice | undefined;
  /**
   * Bits of a parameter in the file: 16 are half precision, 8 an integer with a scale for each block of 64. Default 16, or those of the
   * model that is packed anew.
   */
  readonly bits?: ParameterBits | undefined;
}

/** A packed model: the bytes of its file, and what they contain. */
export interface PackedModel {
  /** The content of `model.safetensors`. */
  readonly bytes: Uint8Array;
  /** Name of the network. */
  readonly network: string;
  /** How many parameters it has. */
  readonly parameters: number;
  readonly record: ModelRecord;
  /** The noise level at which the rounding changes the output most. */
  readonly largestChange: RoundingAt | undefined;
}

/**
 * A larger relative change of the output by the rounding may show in samples. Of 8 bits it is largest where noise is fainter than a gray level, on which samples
 * hardly depend.
 */
const mostRounding: Readonly<Record<ParameterBits, number>> = { 16: 0.02, 8: 0.5 };

/**
 * Packs a run: its averaged parameters in few bits, the configuration, and what is known of the training. What their rounding does
 * to the output is measured on the training data. A model is packed anew.
 * @param ref - folder of a run, or name or folder of a model
 * @throws NumericalError if half precision changes the output of the network by more than 2 % at some noise level, or 8 bits by more than 50 %.
 * @throws ConfigError if the sampler is unknown, or is given without `nfe`, or the run is not one of a score.
 */
export async function packModel(
  ref: string,
  { checkpoint, ema, sampler, nfe, grid, bits: asked, ...engine }: PackOptions = {},
): Promise<PackedModel> {
  const read = loadAnyRun(ref, checkpoint);
  checkOptions([
    !ownTasks.includes(read.task) && read.task !== bridgeTask.name,
    'model',
    `expected a run of a score or a classifier, ${ref} is ${withArticle(read.task)}; its folder can be copied as it is`,
  ]);
  const loaded = ema === undefined ? read : { ...read, average: averageOf(read, ema) };
  const trained = trainedOf(loaded, ref);
  const sampling = samplingOf(loaded, { sampler, nfe, grid }) ?? loaded.ownSampling;
  const before = loaded.model?.bits ?? (loaded.model && 16);
  const bits = asked ?? before ?? 16;
  const rounding =
    (bits === before ? loaded.model?.rounding : undefined) ??
    (await measureRounding(await nodeHost(engine).backend(1), trained, await openRunData(trained, 'train'), bits));
  const worst = largestChange(rounding);
  if (worst !== undefined && !(worst.relative <= mostRounding[bits]))
    throw new NumericalError(
      `rounding to ${bitsName[bits]} changes the output of the network by ${percent(worst.relative)} at noise ratio ${short(worst.noiseRatio)}, ` +
        `more than ${percent(mostRounding[bits])}; ${bits === 8 ? 'take 16 bits' : 'keep the run as it is'}`,
    );
  const record = recordOf(loaded, { rounding, sampling, ...(bits !== 16 && { bits }) });
  return {
    bytes: encodeSafetensors(toModelFile(record, trained.params)),
    network: loaded.net.kind,
    parameters: layout(loaded.net).trained,
    record,
    largestChange: worst,
  };
}

function percent(part: number): string {
  return `${(100 * part).toPrecision(2)} %`;
}

/** The sampler that is asked for as the model's own. */
function samplingOf(
  { config, sampling: own }: LoadedRun,
  { sampler, nfe, grid }: Pick<PackOptions, 'sampler' | 'nfe' | 'grid'>,
): ModelSampling | undefined {
  const given = [sampler, nfe, grid].some((value) => value !== undefined);
  checkOptions([!given || config.task === 'score', 'sampler', `this is of scores, not of a ${config.task}`]);
  if (!given) return undefined;
  if (sampler === undefined || nfe === undefined)
    throw new ConfigError([{ path: 'sampler', message: 'expected both sampler and nfe, got one of them' }]);
  // What is wrong with them is an error here and not at every use of the model.
  checkOptions(...studentRules(own, { sampler, nfe, grid }));
  buildSampler(sampler, { nfe, grid });
  const known = typeof grid === 'object' ? grid : gridNames.find((name) => name === grid);
  return { sampler, nfe, ...(known && { grid: known }) };
}

/** What a model says of itself: the configuration, what is known of the training, and what was measured of it. */
export function recordOf(
  loaded: LoadedRun,
  measured: Pick<ModelRecord, 'rounding' | 'sampling' | 'bits'>,
): ModelRecord {
  const { config, data, point, run, model } = loaded;
  const lines = readMetrics(run);
  const last = lines.findLast(({ step }) => step <= point.step);
  const seconds = typeof last?.['seconds'] === 'number' ? last['seconds'] : 0;
  const { smoothedLoss } = point;
  return {
    config,
    data,
    training: model?.training ?? {
      step: point.step,
      seconds,
      ...(Number.isFinite(smoothedLoss) ? { smoothedLoss } : {}),
      // A run that goes on repeats what one without an end would have done, so that its steps say all.
      command: trainCommandOf({ ...config, train: { ...config.train, minutes: undefined, steps: point.step } }, data),
      env: run.env,
    },
    ...measured,
  };
}
