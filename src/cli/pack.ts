/** @file `scorefield pack`: a run as a model, small enough to be shipped. */
import { mkdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { nodeBackend } from '../backend/ort-node.ts';
import { checkOptions } from '../base/check.ts';
import { ConfigError, NumericalError } from '../base/errors.ts';
import { attempt } from '../base/system-problem.ts';
import { loadAnyRun, type LoadedRun } from '../run/load.ts';
import { trainCommandOf } from '../run/command.ts';
import { toModelFile, type ModelRecord, type ModelSampling, type RoundingAt } from '../run/model-file.ts';
import { buildSampler, gridNames } from '../catalog/samplers.ts';
import { writeAtomic } from '../io/atomic.ts';
import { modelFileName } from '../io/model-box.ts';
import { readMetrics } from '../io/metrics.ts';
import { encodeSafetensors } from '../io/safetensors.ts';
import { layout } from '../nn/network.ts';
import { averaged } from '../train/train.ts';
import { largestChange, measureRounding } from './rounding.ts';
import { openRunData } from './run-data.ts';
import { duration, plural, short, terminal } from './shell/terminal.ts';

/** Options of `scorefield pack`. */
export interface PackFlags {
  readonly out?: string;
  readonly checkpoint?: number;
  readonly sampler?: string;
  readonly nfe?: number;
  readonly grid?: string;
  readonly maxMegabytes?: number;
  readonly threads?: number;
  readonly json?: boolean;
}

/** A change of the output by more than this part of it is told apart from noise by samplers. */
const mostRounding = 0.02;

/** Writes a run, or a model anew, as a model: FOLDER/model.safetensors. */
export async function packCommand(ref: string, flags: PackFlags): Promise<void> {
  const out = terminal(flags);
  const { out: folder = join('models', basename(resolve(ref))), maxMegabytes = 5, threads = 2 } = flags;
  const loaded = loadAnyRun(ref, flags.checkpoint);
  const sampling = samplingOf(loaded, flags) ?? loaded.model?.sampling;
  const params = averaged(loaded.point.state);
  const rounding = loaded.model?.rounding ?? (await roundingOf(loaded, threads));
  const worst = largestChange(rounding);
  if (worst !== undefined && !(worst.relative <= mostRounding))
    throw new NumericalError(
      `half precision changes the output of the network by ${percent(worst.relative)} at noise ratio ${short(worst.noiseRatio)}, ` +
        `more than ${percent(mostRounding)}; keep the run as it is`,
    );
  const record = recordOf(loaded, { rounding, sampling });
  const bytes = encodeSafetensors(toModelFile(record, params));
  const megabytes = bytes.length / 1e6;
  checkOptions([
    megabytes <= maxMegabytes,
    '--max-megabytes',
    `expected a model of at most ${maxMegabytes} MB, this one has ${megabytes.toFixed(2)}; train a smaller network, or allow more`,
  ]);
  attempt(folder, 'cannot be created', () => mkdirSync(folder, { recursive: true }));
  const file = join(folder, modelFileName);
  writeAtomic(file, bytes);
  const { trained } = layout(loaded.net);
  out.line(
    `${loaded.net.kind} with ${trained.toLocaleString('en')} parameters after ${plural(record.training.step, 'step')}: ` +
      `${file}, ${megabytes.toFixed(2)} MB`,
  );
  if (worst !== undefined)
    out.line(
      `half precision changes the output by at most ${percent(worst.relative)}, at noise ratio ${short(worst.noiseRatio)}`,
    );
  out.line(`trained for ${duration(record.training.seconds)} by: ${record.training.command}`);
  out.result({ file, bytes: statSync(file).size, parameters: trained, ...record });
}

function percent(part: number): string {
  return `${(100 * part).toPrecision(2)} %`;
}

/** The sampler that is asked for as the model's own. */
function samplingOf({ config }: LoadedRun, { sampler, nfe, grid }: PackFlags): ModelSampling | undefined {
  const given = [sampler, nfe, grid].some((value) => value !== undefined);
  checkOptions([!given || config.task === 'score', '--sampler', `this is of scores, not of a ${config.task}`]);
  if (!given) return undefined;
  if (sampler === undefined || nfe === undefined)
    throw new ConfigError([{ path: '--sampler', message: 'expected both --sampler and --nfe, got one of them' }]);
  // Whatever is wrong with them is told here and not by every sample.
  buildSampler(sampler, { nfe, grid });
  const known = gridNames.find((name) => name === grid);
  return { sampler, nfe, ...(known && { grid: known }) };
}

async function roundingOf(loaded: LoadedRun, threads: number): Promise<readonly RoundingAt[]> {
  const set = await openRunData(loaded, 'train');
  return measureRounding(nodeBackend({ threads }), loaded, set);
}

function recordOf(loaded: LoadedRun, measured: Pick<ModelRecord, 'rounding' | 'sampling'>): ModelRecord {
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
