/** The formula of the golden parameters: element i of array k is offset + scale sin(0.7 i + k), in float64. */
import { layout, type Network, type ParamVectors } from '../../src/nn/network.ts';

export function wave(n: number, k: number, { scale, offset = 0 }: { scale: number; offset?: number }): Float32Array {
  return Float32Array.from({ length: n }, (_, i) => offset + scale * Math.sin(0.7 * i + k));
}

export interface Golden {
  readonly loss: number;
  readonly score: { norm: number; perSampleNorm: number[]; head: number[]; tail: number[] };
  readonly parameters: readonly { k: number; name: string; shape: number[]; gradNorm: number; gradHead: number[] }[];
}

/** Parameters by the formula: gains 1 + 0.1 sin, biases 0.1 sin, matrices and kernels with scale sqrt(2 / fan in). */
export function goldenParams(net: Network, golden: Golden): ParamVectors {
  const { segments, trained, fixed } = layout(net);
  const vectors = { trained: new Float32Array(trained), fixed: new Float32Array(fixed) };
  for (const { name, shape, trainable, begin, end } of segments) {
    if (!trainable) {
      vectors.fixed.set(wave(end - begin, 1000, { scale: 30 }), begin);
      continue;
    }
    const reference = golden.parameters.find((parameter) => parameter.name === name);
    if (reference?.shape.join() !== shape.join())
      throw new Error(`golden parameter ${name} [${String(reference?.shape)}] is not [${shape.join()}]`);
    const gain = name.includes('norm') && name.endsWith('weight');
    const scale = shape.length > 1 ? Math.sqrt((2 * shape[0]!) / (end - begin)) : 0.1;
    vectors.trained.set(wave(end - begin, reference.k, gain ? { scale: 0.1, offset: 1 } : { scale }), begin);
  }
  return vectors;
}
