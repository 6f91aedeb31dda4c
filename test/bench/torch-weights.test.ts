import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromTorch } from '../../bench/torch-weights.ts';
import { FileError } from '../../src/base/errors.ts';
import type { StoredTensor } from '../../src/io/safetensors.ts';
import { ddpmpp } from '../../src/nn/unet/ddpmpp.ts';
import { layout } from '../../src/nn/network.ts';
import { scoreNet } from '../../src/nn/score-net.ts';
import { goldenParams, wave, type Golden } from '../golden/wave.ts';

const cases = [
  ['score-net', scoreNet([1, 28, 28])],
  ['ddpmpp', ddpmpp([1, 28, 28])],
] as const;

// The golden files hold the names and shapes that PyTorch has, and the networks are the same functions with these values.
describe.each(cases)('the parameters of PyTorch for %s', (name, net) => {
  const file = new URL(`../golden/${name}.json`, import.meta.url);
  const golden = JSON.parse(readFileSync(file, 'utf8')) as Golden;
  const tensors: Record<string, StoredTensor> = {};
  for (const { k, name: own, shape } of golden.parameters) {
    const size = shape.reduce((a, b) => a * b, 1);
    const gain = own.includes('norm') && own.endsWith('weight');
    const scale = shape.length > 1 ? Math.sqrt((2 * shape[0]!) / size) : 0.1;
    tensors[own] = { shape, data: wave(size, k, gain ? { scale: 0.1, offset: 1 } : { scale }) };
  }
  // The one buffer of these networks, which PyTorch saves with the parameters.
  if (layout(net).fixed > 0) tensors['fourier.W'] = { shape: [128], data: wave(128, 1000, { scale: 30 }) };

  it('are put where they belong', () => {
    const [found, expected] = [fromTorch(net, { tensors, metadata: {} }, 'f'), goldenParams(net, golden)];
    for (const sort of ['trained', 'fixed'] as const)
      expect(Buffer.compare(Buffer.from(found[sort].buffer), Buffer.from(expected[sort].buffer))).toBe(0);
  });

  it('are refused where one is missing, of another shape, or unknown', () => {
    const [first = ''] = Object.keys(tensors);
    const { [first]: some, ...others } = tensors;
    const wrong: readonly Record<string, StoredTensor>[] = [
      others,
      { ...tensors, [first]: { shape: [1], data: some!.data.slice(0, 1) } },
      { ...tensors, more: some! },
    ];
    for (const changed of wrong)
      expect(() => fromTorch(net, { tensors: changed, metadata: {} }, 'f')).toThrow(FileError);
  });
});
