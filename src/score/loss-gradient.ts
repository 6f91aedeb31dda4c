/** @file Gradients of a loss on batches, of which nothing but the norms are needed. */
import type { Backend } from '../backend/program.ts';
import { sizeOf } from '../base/tensor.ts';
import { concat, input, reshape } from '../graph/build.ts';
import { enterLayer, graph, type Node } from '../graph/node.ts';
import { gradient } from '../graph/vjp.ts';
import { layout, type Network, type ParamVectors } from '../nn/network.ts';
import { lossScopes } from './loss-scopes.ts';
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
  {
    params,
    objective,
    batch,
  }: { readonly params: ParamVectors; readonly objective: Objective; readonly batch: number },
): Promise<LossGradient> {
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
  const { loss } = objective.write(g, net, { ...bound.scopes, batch, ...given });
  const parts = gradient(loss, bound.trained).map((part) => reshape(part, [sizeOf(part.shape)]));
  const program = await backend.compile({ gradient: concat(parts as [Node, ...Node[]], 0) });
  const masks = bound.masks.map(({ name, shape }) => [name, new Float32Array(sizeOf(shape)).fill(1)] as const);
  return {
    of: async ({ feeds }) => {
      const own = { params: params.trained, fixed: params.fixed, ...feeds, ...Object.fromEntries(masks) };
      const result = await program.run({ ...own, ...(classes > 0 && { classes: new Float32Array(batch * classes) }) });
      return result.gradient;
    },
    dispose: () => program.dispose(),
  };
}
