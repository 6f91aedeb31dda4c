/** @file The gradient noise scale of a training: how large a batch is worth its samples. */
import { loadBatch } from '../data/batch.ts';
import { foldIn } from '../base/key.ts';
import { permutation } from '../base/random.ts';
import { gradientNoise, type GradientNoise, type GradientNorms } from '../evaluate/gradient-noise.ts';
import { compileGradient } from '../score/loss-gradient.ts';
import { denoising } from '../score/objectives/denoising.ts';
import type { ParamVectors } from '../nn/network.ts';
import type { TrainOptions } from './train.ts';

/** What a noise scale is measured of. */
export interface NoiseScaleRequest extends Pick<
  TrainOptions,
  'backend' | 'set' | 'scaler' | 'net' | 'process' | 'objective' | 'batch' | 'key'
> {
  /** Parameters at which gradients are taken. */
  readonly params: ParamVectors;
  /** Pairs of gradients of half a batch each. Default 16. */
  readonly pairs?: number;
}

/**
 * B_simple = tr(Sigma) / |G|^2, from gradients of half batches: a batch far below it wastes no samples, one far above it hardly makes a step better. Of a
 * network with classes or texts it is that of the loss without them; there is no dropout.
 * @throws ConfigError unless there are two pairs or more, and two samples in a batch.
 * @see McCandlish et al. 2018, "An empirical model of large-batch training", section 2.2
 */
export async function gradientNoiseScale({
  backend,
  set,
  scaler,
  net,
  process,
  objective = denoising(process),
  params,
  batch,
  key,
  pairs = 16,
}: NoiseScaleRequest): Promise<GradientNoise> {
  const half = Math.max(1, Math.floor(batch / 2));
  const program = await compileGradient(backend, net, { params, objective, batch: half });
  const gradientAt = async (name: string, i: number): Promise<Float32Array> => {
    const own = foldIn(foldIn(key, name), i);
    const rows = Array.from(permutation(foldIn(own, 'rows'), set.count)).slice(0, half);
    while (rows.length < half) rows.push(rows[rows.length % set.count] ?? 0);
    const x0 = loadBatch(set, scaler, rows, foldIn(own, 'data'));
    return program.of(await objective.draw(x0, half, own, 1));
  };
  try {
    const norms: GradientNorms[] = [];
    for (let i = 0; i < pairs; i++) {
      const [a, b] = [await gradientAt('first', i), await gradientAt('second', i)];
      const square = (of: (j: number) => number): number => a.reduce((sum, _, j) => sum + of(j) ** 2, 0);
      norms.push({
        halves: [square((j) => a[j] ?? 0), square((j) => b[j] ?? 0)],
        whole: square((j) => ((a[j] ?? 0) + (b[j] ?? 0)) / 2),
      });
    }
    return gradientNoise(norms, 2 * half);
  } finally {
    await program.dispose();
  }
}
