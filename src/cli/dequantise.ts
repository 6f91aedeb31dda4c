/** @file `scorefield dequantise`: trains the flow that makes bytes continuous for the likelihoods of a run. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../base/errors.ts';
import { key } from '../base/key.ts';
import type { LoadedRun } from '../config/checkpoint.ts';
import { fromDequantizerFile, toDequantizerFile, type TrainedDequantizer } from '../config/dequantizer.ts';
import { readBytes, writeAtomic } from '../io/atomic.ts';
import { decodeSafetensors, encodeSafetensors } from '../io/safetensors.ts';
import { dequantizer } from '../nn/dequantizer.ts';
import { layout } from '../nn/network.ts';
import { dequantization } from '../score/dequantization.ts';
import { averaged, train, type TrainProgress } from '../train/train.ts';
import { engine, type EngineFlags } from './engine.ts';
import { watchInterrupt } from './interrupt.ts';
import { loadWholeRun, openRunData } from './run-data.ts';
import { duration, terminal } from './terminal.ts';

/** Options of `scorefield dequantise`. */
export interface DequantiseFlags extends EngineFlags {
  readonly steps?: number;
  readonly minutes?: number;
  readonly batch?: number;
  readonly layers?: number;
  readonly width?: number;
  readonly learningRate?: number;
  readonly seed?: number;
  readonly checkpoint?: number;
  readonly json?: boolean;
}

/** Steps over which the average of the losses that is told begins. */
const smoothing = 100;

/** Trains a dequantiser for a run of images and keeps it beside the run's checkpoints. */
export async function dequantiseCommand(folder: string, flags: DequantiseFlags): Promise<void> {
  const { batch = 32, layers = 4, width = 32, learningRate = 1e-3, seed = 0, minutes = Infinity } = flags;
  const steps = flags.steps ?? (flags.minutes === undefined ? 2000 : Infinity);
  const out = terminal(flags);
  const loaded = loadWholeRun(folder, flags.checkpoint);
  if (loaded.data.kind === 'points')
    throw new ConfigError([
      { path: 'RUN', message: 'expected a run of images, found one of points, which are no bytes' },
    ]);
  const { net, process, point, data } = loaded;
  const { scaler } = data;
  const flow = dequantizer(data.shape, { layers, width });
  const objective = dequantization({ net, params: averaged(point.state), process }, flow, {
    factor: scaler.factor,
    shift: scaler.shift[0] ?? 0,
  });
  const set = await openRunData(loaded, 'train');
  const file = fileOf(loaded);
  out.line(`dequantiser with ${layout(flow.net).trained.toLocaleString('en')} parameters for step ${point.step}`);
  const interrupt = watchInterrupt(out);
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const options = {
    ...{ backend: await engine(flags), set, scaler, net: flow.net, process, objective, batch },
    key: key(seed),
    optimizer: { learningRate, warmup: smoothing },
  };
  let last: TrainProgress | undefined;
  let first = NaN;
  try {
    for await (const progress of train(options)) {
      last = progress;
      if (progress.step <= smoothing) first = progress.smoothedLoss;
      out.progress(`step ${progress.step}  at most ${progress.smoothedLoss.toFixed(4)} bits/dim`);
      if (progress.step >= steps || seconds() >= minutes * 60 || interrupt.requested()) break;
    }
  } finally {
    out.done();
    interrupt.stop();
  }
  if (last === undefined) return;
  const stored = toDequantizerFile(averaged(last.state), { options: { layers, width }, step: point.step });
  writeAtomic(file, encodeSafetensors(stored));
  out.line(
    `bound ${first.toFixed(4)} bits/dim over the first ${Math.min(last.step, smoothing)} steps, ` +
      `${last.smoothedLoss.toFixed(4)} at step ${last.step}, ${duration(seconds())}: ${file}`,
  );
  out.line(`use it with: scorefield likelihood ${folder} --dequantisation variational`);
  out.result({
    ...{ run: folder, step: point.step, file, steps: last.step, firstLoss: first, smoothedLoss: last.smoothedLoss },
    seconds: Number(seconds().toFixed(3)),
  });
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
        message: `this run has no dequantiser; train one with scorefield dequantise ${loaded.run.folder}`,
      },
    ]);
  return fromDequantizerFile(decodeSafetensors(readBytes(file), file), loaded.data.shape, file);
}

function fileOf({ run }: LoadedRun): string {
  return join(run.folder, 'dequantiser.safetensors');
}
