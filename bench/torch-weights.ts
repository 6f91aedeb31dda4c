/** @file Parameters of `torch_reference.py train` as those of the same network here. */
import { FileError } from '../src/base/errors.ts';
import { sameShape } from '../src/base/tensor.ts';
import type { Safetensors } from '../src/io/safetensors.ts';
import { layout, type Network, type ParamVectors } from '../src/nn/network.ts';

/**
 * The tensors of a PyTorch state by their names, which are those of the parameters here, end to end.
 * @throws FileError if a parameter is missing, has another shape, or there are tensors that are none.
 */
export function fromTorch(net: Network, { tensors }: Safetensors, file: string): ParamVectors {
  const { segments, trained, fixed } = layout(net);
  const vectors = { trained: new Float32Array(trained), fixed: new Float32Array(fixed) };
  for (const { name, shape, trainable, begin } of segments) {
    const found = tensors[name];
    if (found === undefined || !sameShape(found.shape, shape))
      throw new FileError(file, `expected '${name}' [${shape}] for ${net.kind}, found [${found?.shape ?? 'none'}]`);
    (trainable ? vectors.trained : vectors.fixed).set(found.data, begin);
  }
  const names = new Set(segments.map(({ name }) => name));
  const unknown = Object.keys(tensors).find((name) => !names.has(name));
  if (unknown !== undefined) throw new FileError(file, `'${unknown}' is no parameter of ${net.kind}`);
  return vectors;
}
