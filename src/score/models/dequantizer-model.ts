/** @file A trained dequantizer as a function of bytes. */
import type { Backend, Program } from '../../backend/program.ts';
import { InternalError, ShapeError } from '../../base/errors.ts';
import type { Key } from '../../base/key.ts';
import { sizeOf, zeros, type Tensor } from '../../base/tensor.ts';
import { input } from '../../graph/build.ts';
import { graph } from '../../graph/node.ts';
import type { Dequantizer } from '../../nn/dequantizer.ts';
import { constantScope, type ParamVectors } from '../../nn/network.ts';
import { centersOf, logisticInto } from '../objectives/dequantization.ts';

/** What is added to the bytes of a batch. */
export interface Dequantized {
  /** `[B, C, H, W]`, in [0, 1]. */
  readonly u: Tensor;
  /** log q(u | image) of each sample, in nats. */
  readonly logDensityNats: Float64Array;
}

/** A dequantizer with a compiled program. */
export interface DequantizerModel {
  /**
   * Draws u of q(u | image) for each image from its own key.
   * @param bytes - B images `[C, H, W]`, end to end
   * @throws ShapeError unless there is one key per image.
   */
  draw(bytes: Uint8Array, keys: readonly Key[]): Promise<Dequantized>;
  dispose(): Promise<void>;
}

/** Compiles a dequantizer with its parameters for batches of `maxBatch`, which are filled up. */
export async function dequantizerModel(
  backend: Backend,
  { net, push }: Dequantizer,
  { params, maxBatch = 32 }: { readonly params: ParamVectors; readonly maxBatch?: number },
): Promise<DequantizerModel> {
  const size = sizeOf(net.sampleShape);
  const g = graph();
  const shape = [maxBatch, ...net.sampleShape];
  const outputs = push(constantScope(net, params, g), input(g, 'noise', shape), input(g, 'image', shape));
  const program: Program<'u' | 'logDensity'> = await backend.compile(outputs);
  let disposed = false;

  const part = async (bytes: Uint8Array, keys: readonly Key[]): Promise<{ u: Float32Array; logs: Float32Array }> => {
    if (disposed) throw new InternalError('a dequantiser was used after it had been disposed of');
    const noise = new Float32Array(maxBatch * size);
    keys.forEach((key, i) => logisticInto(noise.subarray(i * size, (i + 1) * size), key));
    const image = new Float32Array(maxBatch * size);
    image.set(centersOf(bytes));
    const { u, logDensity } = await program.run({ noise, image });
    return { u: u.subarray(0, keys.length * size), logs: logDensity.subarray(0, keys.length) };
  };
  return {
    draw: async (bytes, keys) => {
      const batch = keys.length;
      if (bytes.length !== batch * size)
        throw new ShapeError(`bytes: expected ${batch} images of ${size} numbers, one per key, got ${bytes.length}`);
      const u = zeros([batch, ...net.sampleShape]);
      const logDensityNats = new Float64Array(batch);
      for (let begin = 0; begin < batch; begin += maxBatch) {
        const end = Math.min(batch, begin + maxBatch);
        const found = await part(bytes.subarray(begin * size, end * size), keys.slice(begin, end));
        u.data.set(found.u, begin * size);
        logDensityNats.set(found.logs, begin);
      }
      return { u, logDensityNats };
    },
    dispose: () => {
      disposed = true;
      return program.dispose();
    },
  };
}
