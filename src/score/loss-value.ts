/** @file The value of a loss on batches, at parameters that change from call to call. */
import type { Arrays, Backend } from '../backend/program.ts';
import { sizeOf } from '../base/tensor.ts';
import { input } from '../graph/build.ts';
import { enterLayer, graph } from '../graph/node.ts';
import { layout, type Network, type ParamVectors } from '../nn/network.ts';
import { lossScopes } from './loss-scopes.ts';
import type { Objective } from './objectives/objective.ts';

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
export async function compileLoss(
  backend: Backend,
  net: Network,
  { objective, batch }: { readonly objective: Objective; readonly batch: number },
): Promise<LossValue> {
  const g = graph();
  enterLayer(g, 'parameters');
  const { trained, fixed } = layout(net);
  const bound = lossScopes(net, {
    trained: input(g, 'params', [trained]),
    fixed: fixed === 0 ? undefined : input(g, 'fixed', [fixed]),
  });
  const { classes = net.classes } = objective;
  const given = classes === 0 ? {} : { classes: input(g, 'classes', [batch, classes]) };
  enterLayer(g, 'loss');
  const program = await backend.compile({ loss: objective.write(g, net, { ...bound.scopes, batch, ...given }).loss });
  const masks = bound.masks.map(({ name, shape }) => [name, new Float32Array(sizeOf(shape)).fill(1)] as const);
  return {
    of: async (params, feeds) => {
      const own = { params: params.trained, fixed: params.fixed, ...feeds, ...Object.fromEntries(masks) };
      const { loss } = await program.run(own);
      return loss[0] ?? NaN;
    },
    dispose: () => program.dispose(),
  };
}
