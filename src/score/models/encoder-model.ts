/** @file A trained encoder as a function from samples to latents. */
import type { Backend, Program } from '../../backend/program.ts';
import { batchOf, expectShape, sizeOf, zeros, type Tensor } from '../../base/tensor.ts';
import { input } from '../../graph/build.ts';
import { graph } from '../../graph/node.ts';
import { constantScope, type Network, type ParamVectors } from '../../nn/network.ts';

/** An encoder with compiled programs. */
export interface EncoderModel {
  /** Latents `[B, K]` of samples `[B, …]` in the model's range. */
  of(x: Tensor): Promise<Tensor>;
  dispose(): Promise<void>;
}

/** An encoder with its parameters, of which `batch` samples are computed together. */
export function encoderModel(
  backend: Backend,
  net: Network,
  { params, batch = 8 }: { readonly params: ParamVectors; readonly batch?: number },
): EncoderModel {
  let program: Promise<Program<'latents'>> | undefined;
  const compiled = (): Promise<Program<'latents'>> => {
    const owner = graph();
    const x = input(owner, 'x', [batch, ...net.sampleShape]);
    // An encoder reads no label; a node of its graph takes the place of one.
    const latents = net.forward(constantScope(net, params, owner), x, input(owner, 'label', [batch]));
    return backend.compile({ latents });
  };
  return {
    of: async (x) => {
      const count = batchOf(x);
      expectShape(x, [count, ...net.sampleShape], 'x');
      const size = sizeOf(net.sampleShape);
      program ??= compiled();
      let out: Tensor | undefined;
      for (let begin = 0; begin < count; begin += batch) {
        const filled = new Float32Array(batch * size);
        const end = Math.min(count, begin + batch);
        filled.set(x.data.subarray(begin * size, end * size));
        const { latents } = await (await program).run({ x: filled });
        const columns = latents.length / batch;
        out ??= zeros([count, columns]);
        out.data.set(latents.subarray(0, (end - begin) * columns), begin * columns);
      }
      return out ?? zeros([0, 1]);
    },
    dispose: async () => (await program)?.dispose(),
  };
}
