/** @file `scorefield dequantise`: trains the flow that makes bytes continuous for the likelihoods of a run. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkOptions, type Rule } from '../base/check.ts';
import { ConfigError } from '../base/errors.ts';
import { advise } from '../base/system-problem.ts';
import { key } from '../base/key.ts';
import { shellCommand } from '../base/words.ts';
import type { LoadedRun } from '../run/load.ts';
import {
  fromDequantizerFile,
  resumedDequantizer,
  toDequantizerFile,
  type TrainedDequantizer,
} from '../run/dequantizer.ts';
import { isOfBytes } from '../data/float-images.ts';
import { commonFactor } from '../data/scaler.ts';
import { readBytes, writeAtomic } from '../io/atomic.ts';
import { decodeParameters, encodeSafetensors, type Safetensors } from '../io/safetensors.ts';
import { dequantizer } from '../nn/dequantizer.ts';
import { layout } from '../nn/network.ts';
import { dequantization } from '../score/dequantization.ts';
import { averaged, train, type TrainPoint } from '../train/train.ts';
import { engine, type EngineFlags } from './engine.ts';
import { watchInterrupt } from './shell/interrupt.ts';
import { loadWholeRun, openRunData } from './run-data.ts';
import { duration, terminal } from './shell/terminal.ts';

/** Options of `scorefield dequantise`. */
export interface DequantiseFlags extends EngineFlags {
  readonly steps?: number;
  readonly minutes?: number;
  readonly batch?: number;
  readonly layers?: number;
  readonly width?: number;
  readonly learningRate?: number;
  readonly seed?: number;
  readonly resume?: boolean;
  readonly checkpoint?: number;
  readonly json?: boolean;
}

/** Steps over which the average of the losses that is told begins. */
const smoothing = 100;

/** Trains a dequantiser for a run of images and keeps it beside the run's checkpoints. */
export async function dequantiseCommand(folder: string, flags: DequantiseFlags): Promise<void> {
  const { minutes = Infinity } = flags;
  const steps = flags.steps ?? (flags.minutes === undefined ? 2000 : Infinity);
  const out = terminal(flags);
  const loaded = loadWholeRun(folder, flags.checkpoint);
  checkOptions([loaded.model === undefined, 'RUN', 'expected the folder of a run, which keeps it; found a model']);
  if (!isOfBytes(loaded.data.scaler))
    throw new ConfigError([
      {
        path: 'RUN',
        message: `expected a run of images of bytes, found one of ${loaded.data.kind === 'points' ? 'points' : 'floats'}, which are no bytes`,
      },
    ]);
  const { net, process, point, data } = loaded;
  const { scaler } = data;
  const file = fileOf(loaded);
  const stored = flags.resume === true ? resumed(loaded, flags, steps) : undefined;
  const { options: size, training } = stored ?? {
    options: { layers: flags.layers ?? 4, width: flags.width ?? 32 },
    training: { batch: flags.batch ?? 32, learningRate: flags.learningRate ?? 1e-3, seed: flags.seed ?? 0 },
  };
  const flow = dequantizer(data.shape, size);
  const objective = dequantization({ net, params: averaged(point.state), process }, flow, {
    factor: commonFactor(scaler),
    shift: scaler.shift[0] ?? 0,
  });
  const set = await openRunData(loaded, 'train');
  out.line(`dequantiser with ${layout(flow.net).trained.toLocaleString('en')} parameters for step ${point.step}`);
  const interrupt = watchInterrupt(out);
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const options = {
    ...{ backend: await engine(flags), set, scaler, net: flow.net, process, objective },
    batch: training.batch,
    key: key(training.seed),
    optimizer: { learningRate: training.learningRate, warmup: smoothing },
    ...(stored && { from: stored.from }),
  };
  const begun = stored?.from.step ?? 0;
  let last: TrainPoint | undefined;
  let first = NaN;
  try {
    for await (const progress of train(options)) {
      if (progress.step <= begun + smoothing) first = progress.smoothedLoss;
      out.progress(`step ${progress.step}  at most ${progress.smoothedLoss.toFixed(4)} bits/dim`);
      if (progress.step >= steps || seconds() >= minutes * 60 || interrupt.requested()) {
        last = await progress.point();
        break;
      }
    }
  } finally {
    out.done();
    interrupt.stop();
  }
  if (last === undefined) return;
  writeAtomic(file, encodeSafetensors(toDequantizerFile(last, { options: size, training, step: point.step })));
  const early = `steps ${begun + 1} to ${Math.min(last.step, begun + smoothing)}`;
  out.line(
    `bound ${first.toFixed(4)} bits/dim over ${early}, ` +
      `${last.smoothedLoss.toFixed(4)} at step ${last.step}, ${duration(seconds())}: ${file}`,
  );
  out.line(`use it with: ${shellCommand('scorefield', 'likelihood', folder, '--dequantisation', 'variational')}`);
  out.result({
    ...{ run: folder, step: point.step, file, steps: last.step, firstLoss: first, smoothedLoss: last.smoothedLoss },
    seconds: Number(seconds().toFixed(3)),
  });
}

/**
 * The training of a run's dequantiser that goes on.
 * @throws ConfigError if there is none, it has the steps already, or the score or an option that is asked for is another.
 */
function resumed(loaded: LoadedRun, flags: DequantiseFlags, steps: number): ReturnType<typeof resumedDequantizer> {
  const file = fileOf(loaded);
  const { step } = loaded.point;
  const missing = `this run has no dequantiser to go on with; leave --resume away`;
  checkOptions([existsSync(file), '--resume', missing]);
  const stored = resumedDequantizer(read(file), loaded.data.shape, file);
  const { options, training, from } = stored;
  const kept = { ...options, ...training };
  const names = {
    layers: '--layers',
    width: '--width',
    batch: '--batch',
    learningRate: '--learning-rate',
    seed: '--seed',
  };
  checkOptions(
    [
      stored.step === step,
      '--resume',
      `this dequantiser was trained with the score of step ${stored.step}, the latest is of step ${step}; give --checkpoint, or train it anew`,
    ],
    [steps > from.step, '--steps', `expected more than the ${from.step} that this dequantiser has, got ${steps}`],
    ...(Object.keys(names) as (keyof typeof names)[]).map((name): Rule => {
      const [asked, own] = [flags[name], kept[name]];
      return [asked === undefined || asked === own, names[name], `this dequantiser has ${own}, got ${asked ?? own}`];
    }),
  );
  return stored;
}

/**
 * The dequantiser of a run.
 * @throws ConfigError if the run has none.
 * @throws FileError if it is damaged, or not of this run.
 */
export function readDequantizer(loaded: LoadedRun): TrainedDequantizer {
  const file = fileOf(loaded);
  if (!existsSync(file))
    throw new ConfigError([
      {
        path: '--dequantisation',
        message: `this run has no dequantiser; train one with ${shellCommand('scorefield', 'dequantise', loaded.run.folder)}`,
      },
    ]);
  return fromDequantizerFile(read(file), loaded.data.shape, file);
}

function read(file: string): Safetensors {
  return advise(
    file,
    () => 'make it anew with scorefield dequantise',
    () => decodeParameters(readBytes(file), file),
  );
}

function fileOf({ run }: LoadedRun): string {
  return join(run.folder, 'dequantiser.safetensors');
}
