/** @file What is computed of a loss on batches with all of its network: no dropout, and parameters that are given when it runs. */
import type { Arrays, Backend } from '../backend/program.ts';
import { sizeOf } from '../base/tensor.ts';
import { input } from '../graph/build.ts';
import { enterLayer, graph, type Node } from '../graph/node.ts';
import { layout, type Network, type ParamVectors } from '../nn/network.ts';
import { lossScopes } from './loss-scopes.ts';
import type { LossRequest } from './train-step.ts';

/** A loss in a graph. */
interface WrittenLoss {
  readonly loss: Node;
  /** The parameters that are trained, one by one. */
  readonly trained: readonly Node[];
}

/** A compiled function of a loss. */
export interface CompiledLoss<K extends string> {
  /** Columns of the rows of classes or texts that it reads; 0 if it reads none. */
  readonly classes: number;
  /** @param feeds - what the objective drew, and the rows of classes or texts where the network or the loss reads some */
  run(params: ParamVectors, feeds: Arrays): Promise<Readonly<Record<K, Float32Array>>>;
  dispose(): Promise<void>;
}

/**
 * Compiles a function of the loss of a network on batches of one size.
 * @param outputs - what is computed of the loss
 */
export async function compileOfLoss<K extends string>(
  backend: Backend,
  net: Network,
  { objective, batch, missing = false }: LossRequest,
  outputs: (written: WrittenLoss) => Readonly<Record<K, Node>>,
): Promise<CompiledLoss<K>> {
  const g = graph();
  enterLayer(g, 'parameters');
  const { trained, fixed } = layout(net);
  const bound = lossScopes(net, {
    trained: input(g, 'params', [trained]),
    fixed: fixed === 0 ? undefined : input(g, 'fixed', [fixed]),
  });
  const { classes = net.classes } = objective;
  const given = classes === 0 ? {} : { classes: input(g, 'classes', [batch, classes]) };
  const there = missing ? { observed: input(g, 'observed', [batch, ...net.sampleShape]) } : {};
  enterLayer(g, 'loss');
  const { loss } = objective.write(g, net, { ...bound.scopes, batch, ...given, ...there });
  const program = await backend.compile(outputs({ loss, trained: bound.trained }));
  const masks = Object.fromEntries(
    bound.masks.map(({ name, shape }) => [name, new Float32Array(sizeOf(shape)).fill(1)] as const),
  );
  return {
    classes,
    run: (params, feeds) => program.run({ params: params.trained, fixed: params.fixed, ...feeds, ...masks }),
    dispose: () => program.dispose(),
  };
}
