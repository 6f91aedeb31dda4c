/** @file The weights of the package nsfwjs, of a package like it, and where it is installed, the features of its own. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { kindOf } from '../../../src/data/dataset.ts';
import { setOfImages } from '../../../src/data/kinds/image-set.ts';
import type { ImageSet } from '../../../src/data/kinds/set-kind.ts';
import { openExtractor } from '../../../src/model/evaluation/feature-extractor.ts';
import { inceptionFeatures } from '../../../src/nn/inception.ts';
import { layout } from '../../../src/nn/network.ts';
import { readInception } from '../../../src/node/extractors/nsfwjs.ts';
import { nodeHost } from '../../../src/node/host.ts';
import { newFolder } from '../../io/folders.ts';
import { allNumbers, numberOf, writePackage } from './nsfwjs-package.ts';

const beside = (folder: string): string => pathToFileURL(join(folder, 'program.js')).href;

describe('weights of a package like nsfwjs', () => {
  const folder = newFolder();
  writePackage(folder);

  it('are kernels and biases with the batch normalizations in them, and nothing of the package runs', () => {
    const { params, version } = readInception({ from: beside(folder) });
    expect(version).toBe('4.4.0');
    const numbers = new Map(allNumbers().map((entry) => [entry.name, entry]));
    const read = (name: string, at: number): number => {
      const entry = numbers.get(name);
      return entry === undefined ? NaN : numberOf(entry, at);
    };
    const { segments } = layout(inceptionFeatures());
    const wrong: string[] = [];
    for (const { name, shape, begin } of segments) {
      const layer = Number(name.split('.')[1]);
      const of = (what: string, o: number): number => read(`batch_normalization_${layer}/${what}`, o);
      const [channels = 0, inputs = 1, rows = 1, columns = 1] = shape;
      for (const [o, i, y, x] of [
        [0, 0, 0, 0],
        [channels - 1, 0, rows - 1, 0],
        [1, inputs - 1, 0, columns - 1],
      ] as const) {
        const factor = 1 / Math.sqrt(of('moving_variance', o) + 0.001);
        const kernel = read(`conv2d_${layer}/kernel`, ((y * columns + x) * inputs + i) * channels + o);
        const expected = name.endsWith('weight') ? kernel * factor : of('beta', o) - of('moving_mean', o) * factor;
        const found = params.trained[begin + ((o * inputs + i) * rows + y) * columns + x] ?? NaN;
        if (!(Math.abs(found - expected) < 1e-6)) wrong.push(`${name} ${o}: ${found}, not ${expected}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(params.trained.every(Number.isFinite)).toBe(true);
  });

  it('are refused in a sentence if some are missing', () => {
    const other = newFolder();
    writePackage(other, { without: 'conv2d_7/kernel' });
    expect(() => readInception({ from: beside(other) })).toThrow(
      /expected the weights of nsfwjs 4\.4\.0, found no 9216 numbers conv2d_7\/kernel; run `npm install nsfwjs@4\.4\.0 --legacy-peer-deps`$/,
    );
  });
});

const installed = ((): boolean => {
  try {
    createRequire(import.meta.url).resolve('nsfwjs/models/inception_v3');
    return true;
  } catch {
    return false;
  }
})();

function image(channels: number, height: number, width: number): ImageSet {
  const area = height * width;
  const pixels = Uint8Array.from({ length: channels * area }, (_, at) => {
    const [color, i, j] = [Math.floor(at / area), Math.floor((at % area) / width), at % width];
    return (37 * i * i + 91 * j + 13 * i * j * j + 59 * color) % 256;
  });
  return setOfImages({ name: 'image', count: 1, channels, height, width, pixels });
}

/**
 * Features 0 to 5, 100, 300, 500 and 767, and the mean, of images that Pillow 9.4 has resized (BICUBIC, mode F) and PyTorch 1.13 has computed layer by layer as the package's own
 * description of the network says, with batch normalizations as they are.
 */
const byTorch = [
  [[3, 32, 32], [0.00099, 0.00355, 0.47302, 0.0421, 0.0705, 0.11358, 0, 0.00837, 0.62459, 0], 0.2251100311399199],
  [[1, 28, 20], [0.0005, 0.01407, 0.00843, 0.00192, 0.00248, 0.62034, 0.06722, 0.05606, 0.0244, 0], 0.1900007834619354],
] as const;

describe.skipIf(!installed)('features of nsfwjs (where it is installed)', () => {
  it.each(byTorch)('of an image %j are those of PyTorch', async ([channels, height, width], expected, mean) => {
    const set = image(channels, height, width);
    const extractor = await openExtractor(nodeHost({ threads: 1 }), kindOf(set), {
      shape: [channels, height, width],
      features: 'inception',
    });
    try {
      expect(extractor).toMatchObject({ name: 'Inception-v3 mixed5, nsfwjs 4.4.0', fingerprint: '6711e48bb886165b' });
      const { data } = (await extractor.of(set, [0])).features;
      expect(data).toHaveLength(768);
      const at = [0, 1, 2, 3, 4, 5, 100, 300, 500, 767];
      // Both compute in float32, the one with images of float32 between the passes of resizing.
      expected.forEach((value, i) => expect(Math.abs((data[at[i] ?? 0] ?? NaN) - value)).toBeLessThan(1e-4));
      expect(data.reduce((sum, value) => sum + value, 0) / data.length).toBeCloseTo(mean, 4);
    } finally {
      await extractor.dispose();
    }
  });
});
