/** @file Gradients of a loss on batches, of which nothing but the norms are needed. */
import type { Backend } from '../backend/program.ts';
import { sizeOf } from '../base/tensor.ts';
import { concat, reshape } from '../graph/build.ts';
import type { Node } from '../graph/node.ts';
import { gradient } from '../graph/vjp.ts';
import type { Network, ParamVectors } from '../nn/network.ts';
import { compileOfLoss } from './compiled-loss.ts';
import type { Drawn, Objective } from './objectives/objective.ts';

/** The gradient of a loss by the parameters of a network. */
export interface LossGradient {
  /** `[P]`, without dropout, and of a network with classes given none. */
  of(drawn: Drawn): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Compiles the gradient of an objective on batches of one size, at fixed parameters. */
export async function compileGradient(
  backend: Backend,
  net: Network,
  { params, ...options }: { readonly params: ParamVectors; readonly objective: Objective; readonly batch: number },
): Promise<LossGradient> {
  const compiled = await compileOfLoss(backend, net, options, ({ loss, trained }) => {
    const parts = gradient(loss, trained).map((part) => reshape(part, [sizeOf(part.shape)]));
    return { gradient: concat(parts as [Node, ...Node[]], 0) };
  });
  const none = compiled.classes === 0 ? {} : { classes: new Float32Array(options.batch * compiled.classes) };
  return {
    of: async ({ feeds }) => (await compiled.run(params, { ...feeds, ...none })).gradient,
    dispose: () => compiled.dispose(),
  };
}
