/** @file A trained network as a score function. */
import type { Backend, Program } from '../backend/program.ts';
import { batchOf, concatRows, expectShape, sizeOf, takeRows, type Tensor } from '../base/tensor.ts';
import { add, input, mul } from '../graph/build.ts';
import { graph, type Node } from '../graph/node.ts';
import { constantScope, type Network, type ParamVectors } from '../nn/network.ts';
import { timesOf, type ScoreFn } from '../sde/score-fn.ts';
import { coefficient, scoreCoefficients, type ScoreProcess } from './coefficients.ts';
import { perSample } from './loss.ts';

/** A score function that holds compiled programs. */
export interface ScoreModel {
  readonly score: ScoreFn;
  dispose(): Promise<void>;
}

/**
 * The graph of s(x, t) = skip x + out F(inScale x, label) for batches of one size, with the parameters as constants.
 * Its inputs are `x` `[B, …]` and the score coefficients `[B]`.
 */
export function scoreGraph(net: Network, params: ParamVectors, batch: number): Node {
  const g = graph();
  const x = input(g, 'x', [batch, ...net.sampleShape]);
  const [skip, out, inScale, label] = scoreCoefficients.map((name) => input(g, name, [batch])) as [
    Node,
    Node,
    Node,
    Node,
  ];
  const raw = net.forward(constantScope(net, params, g), mul(perSample(inScale, x), x), label);
  return add(mul(perSample(skip, x), x), mul(perSample(out, raw), raw));
}

/**
 * The score of a network with its parameters. Batches are filled up to a power of two, so that few programs are compiled,
 * and cut at `maxBatch` samples.
 */
export function scoreModel(
  backend: Backend,
  net: Network,
  options: { params: ParamVectors; process: ScoreProcess; maxBatch?: number },
): ScoreModel {
  const { params, process, maxBatch = 64 } = options;
  const programs = new Map<number, Promise<Program<'score'>>>();
  const size = sizeOf(net.sampleShape);

  const compiled = (batch: number): Promise<Program<'score'>> => {
    const program = programs.get(batch) ?? backend.compile({ score: scoreGraph(net, params, batch) });
    programs.set(batch, program);
    return program;
  };
  const chunk = async (x: Tensor, times: readonly number[]): Promise<Tensor> => {
    const rows = batchOf(x);
    const batch = Math.min(maxBatch, 2 ** Math.ceil(Math.log2(rows)));
    const program = await compiled(batch);
    const filled = new Float32Array(batch * size);
    filled.set(x.data);
    const allTimes = Array.from({ length: batch }, (_, i) => times[i] ?? process.sde.tMax);
    const coefficients = scoreCoefficients.map((name) => [name, coefficient(name, process, allTimes)] as const);
    const { score } = await program.run({ x: filled, ...Object.fromEntries(coefficients) });
    return { shape: x.shape, data: Float64Array.from(score.subarray(0, rows * size)) };
  };

  return {
    score: async (x, t) => {
      expectShape(x, [undefined, ...net.sampleShape], 'x');
      const times = timesOf(t, x);
      const rows = batchOf(x);
      if (rows <= maxBatch) return chunk(x, times);
      const parts: Tensor[] = [];
      for (let begin = 0; begin < rows; begin += maxBatch) {
        const part = Array.from({ length: Math.min(maxBatch, rows - begin) }, (_, i) => begin + i);
        parts.push(await chunk(takeRows(x, part), times.slice(begin, begin + maxBatch)));
      }
      return concatRows(parts);
    },
    dispose: async () => {
      for (const program of programs.values()) await (await program).dispose();
      programs.clear();
    },
  };
}
