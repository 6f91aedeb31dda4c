/** @file The value of a loss on batches, at parameters that change from call to call. */
import type { Arrays, Backend } from '../backend/program.ts';
import type { Network, ParamVectors } from '../nn/network.ts';
import { compileOfLoss } from './compiled-loss.ts';
import type { LossRequest } from './train-step.ts';

/** A compiled loss. */
export interface LossValue {
  /**
   * The loss of a batch, without dropout.
   * @param feeds - what the objective drew, and the rows of classes or texts where the network or the loss reads some
   */
  of(params: ParamVectors, feeds: Arrays): Promise<number>;
  dispose(): Promise<void>;
}

/** Compiles the loss of a network on batches of one size. */
export async function compileLoss(backend: Backend, net: Network, options: LossRequest): Promise<LossValue> {
  const compiled = await compileOfLoss(backend, net, options, ({ loss }) => ({ loss }));
  return {
    of: async (params, feeds) => (await compiled.run(params, feeds)).loss[0] ?? NaN,
    dispose: () => compiled.dispose(),
  };
}
