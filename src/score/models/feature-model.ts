/** @file The features of samples by a network, for distances between sets of samples. */
import type { Backend, Program } from '../../backend/program.ts';
import { batchOf, dimensionOf, expectShape, sizeOf, zeros, type Tensor } from '../../base/tensor.ts';
import { input } from '../../graph/build.ts';
import { graph } from '../../graph/node.ts';
import { constantScope, type Network, type ParamVectors } from '../../nn/network.ts';

/** Features of samples, with a compiled program behind them. */
export interface FeatureModel {
  /**
   * @param x - `[N, …]`, as the network reads it
   * @returns features `[N, D]` and the raw output of the network `[N, K]`, the log-odds of a classifier
   */
  of(x: Tensor): Promise<{ readonly features: Tensor; readonly output: Tensor }>;
  dispose(): Promise<void>;
}

/**
 * What the last layer of a network reads, for samples of one label; of a network without `features`, its output.
 * @param options.label - that the network gets for all samples
 */
export async function featureModel(
  backend: Backend,
  net: Network,
  options: { readonly params: ParamVectors; readonly label?: number; readonly batch?: number },
): Promise<FeatureModel> {
  const { params, label = 0, batch = 64 } = options;
  const g = graph();
  const x = input(g, 'x', [batch, ...net.sampleShape]);
  const labels = input(g, 'label', [batch]);
  const scope = constantScope(net, params, g);
  const output = net.forward(scope, x, labels);
  const features = net.features?.(scope, x, labels) ?? output;
  const widths = { features: dimensionOf(features, 1), output: dimensionOf(output, 1) };
  const program: Program<'features' | 'output'> = await backend.compile({ features, output });
  const size = sizeOf(net.sampleShape);
  return {
    of: async (x) => {
      const n = batchOf(x);
      expectShape(x, [n, ...net.sampleShape], 'x');
      const found = { features: zeros([n, widths.features]), output: zeros([n, widths.output]) };
      for (let begin = 0; begin < n; begin += batch) {
        const values = new Float32Array(batch * size);
        values.set(x.data.subarray(begin * size, (begin + batch) * size));
        const result = await program.run({ x: values, label: new Float32Array(batch).fill(label) });
        const left = Math.min(batch, n - begin);
        for (const name of ['features', 'output'] as const)
          found[name].data.set(result[name].subarray(0, left * widths[name]), begin * widths[name]);
      }
      return found;
    },
    dispose: () => program.dispose(),
  };
}
