/** @file A trained classifier of noised samples as functions of them. */
import type { Backend, Program } from '../../backend/program.ts';
import { InternalError } from '../../base/errors.ts';
import { batchOf, expectShape, sizeOf, zeros, type Tensor } from '../../base/tensor.ts';
import { input, mul, sum } from '../../graph/build.ts';
import { graph, type Node } from '../../graph/node.ts';
import { vjp } from '../../graph/vjp.ts';
import { constantScope, type Network, type ParamVectors } from '../../nn/network.ts';
import { classifierInput } from '../../sde/learning/classifier-input.ts';
import { timesOf, type ScoreFn } from '../../sde/score-fn.ts';
import type { Sde } from '../../sde/sde.ts';
import { coefficient } from '../coefficients.ts';
import { logSoftmax } from '../objectives/cross-entropy.ts';
import { perSample } from '../objectives/loss.ts';
import { givenAt, conditionRows, type Given } from './condition-rows.ts';

/** A classifier with a compiled program. */
export interface ClassifierModel {
  /** log p(c | x_t) of each class: `[B, …]` to `[B, K]`, in nats. */
  logProbabilities(x: Tensor, t: number | readonly number[]): Promise<Tensor>;
  /**
   * grad_x log p(c | x_t) for the class of each sample of a batch, as `classifierGuidance` reads it; zero where it is undefined.
   * @throws ShapeError if a class is none of the classifier's.
   */
  gradient(classes: Given): ScoreFn;
  dispose(): Promise<void>;
}

/** The graph of a classifier for batches of one size, with the gradient of the chosen log probabilities. */
function classifierGraph(
  net: Network,
  params: ParamVectors,
  { batch, classes }: { readonly batch: number; readonly classes: number },
): Readonly<Record<'logs' | 'gradient', Node>> {
  const g = graph();
  const x = input(g, 'x', [batch, ...net.sampleShape]);
  const inScale = perSample(input(g, 'inScale', [batch]), x);
  const odds = net.forward(constantScope(net, params, g), mul(inScale, x), input(g, 'label', [batch]));
  const logs = logSoftmax(odds);
  const [gradient] = vjp(sum(mul(input(g, 'classes', [batch, classes]), logs)), [x]);
  if (gradient === undefined) throw new InternalError('the classifier does not depend on x');
  return { logs, gradient };
}

/**
 * A classifier at the states of an SDE, which need not be the one that it was trained on. Batches are filled up and cut to
 * `maxBatch` samples over the workers of the backend, so that one program is compiled.
 * @param options.classes - K
 */
export async function classifierModel(
  backend: Backend,
  net: Network,
  options: { params: ParamVectors; classes: number; sde: Sde; maxBatch?: number },
): Promise<ClassifierModel> {
  const { params, classes: count, sde, maxBatch = 64 } = options;
  const part = Math.ceil(maxBatch / (backend.workers ?? 1));
  const process = { sde, parametrization: classifierInput(sde) };
  const size = sizeOf(net.sampleShape);
  const program: Program<'logs' | 'gradient'> = await backend.compile(
    classifierGraph(net, params, { batch: part, classes: count }),
  );

  const run = async (
    x: Tensor,
    t: number | readonly number[],
    classes: Given,
  ): Promise<Record<'logs' | 'gradient', Tensor>> => {
    const batch = batchOf(x);
    expectShape(x, [batch, ...net.sampleShape], 'x');
    const times = timesOf(t, x);
    const found = { logs: zeros([batch, count]), gradient: zeros(x.shape) };
    const runPart = async (begin: number): Promise<void> => {
      const rows = Array.from({ length: part }, (_, i) => begin + i);
      const own = rows.map((row) => times[row] ?? sde.tMax);
      const values = new Float32Array(part * size);
      values.set(x.data.subarray(begin * size, (begin + part) * size));
      const { logs, gradient } = await program.run({
        x: values,
        inScale: coefficient('inScale', process, own),
        label: coefficient('label', process, own),
        classes: conditionRows(
          rows.map((row) => classes[row]),
          count,
        ),
      });
      const left = Math.min(part, batch - begin);
      found.logs.data.set(logs.subarray(0, left * count), begin * count);
      found.gradient.data.set(gradient.subarray(0, left * size), begin * size);
    };
    await Promise.all(Array.from({ length: Math.ceil(batch / part) }, (_, k) => runPart(k * part)));
    return found;
  };
  return {
    logProbabilities: async (x, t) => (await run(x, t, [])).logs,
    gradient: (classes) => {
      conditionRows(classes, count); // refuses classes that there are not
      return async (x, t, rows) => (await run(x, t, givenAt(classes, batchOf(x), rows))).gradient;
    },
    dispose: () => program.dispose(),
  };
}
