/** @file The loss on data that are not trained on. */
import type { Backend } from '../backend/program.ts';
import { foldIn } from '../base/key.ts';
import type { ParamVectors } from '../nn/network.ts';
import { compileLoss } from '../score/loss-value.ts';
import { denoising } from '../score/objectives/denoising.ts';
import { batchReader, hasMissing } from './batch-reader.ts';
import type { TrainOptions } from './train.ts';

/** Batches that a loss is averaged over at most. */
const mostBatches = 32;

/** Whether a loss has not fallen for as many measurements as `patience` says. */
export function hasSettled(losses: readonly number[], patience: number): boolean {
  return losses.length > 0 && losses.length - 1 - losses.indexOf(Math.min(...losses)) >= patience;
}

/** A compiled loss on data that are not trained on. */
export interface HeldOutLoss {
  /**
   * The mean over the batches, without dropout; noise and times are the same at every call.
   * @param n - step that the parameters were reached after, for a loss that changes as training goes on
   */
  of(params: ParamVectors, n: number): Promise<number>;
  dispose(): Promise<void>;
}

/**
 * Compiles the loss of a training on another data set.
 * @param options - those of the training, with the other set in the place of its own
 * @throws ConfigError as `train`.
 */
export async function heldOutLoss(
  backend: Backend,
  options: Omit<TrainOptions, 'backend' | 'from'>,
): Promise<HeldOutLoss> {
  const { net, set, batch, key, objective = denoising(options.process) } = options;
  const loss = await compileLoss(backend, net, { objective, batch, missing: hasMissing(set) });
  const read = batchReader(options);
  const batches = Math.min(mostBatches, Math.max(1, Math.floor(set.count / batch)));
  return {
    of: async (params, n) => {
      let total = 0;
      for (let k = 0; k < batches; k++) {
        const rows = Array.from({ length: batch }, (_, i) => (k * batch + i) % set.count);
        const { feeds } = await read(rows, foldIn(foldIn(key, 'not trained on'), k), n);
        total += await loss.of(params, feeds);
      }
      return total / batches;
    },
    dispose: () => loss.dispose(),
  };
}
