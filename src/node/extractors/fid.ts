/** @file The Inception network of FID in a file of the user's, which is checked before its distances have that name. */
import { extname } from 'node:path';
import { openOnnxFile, type OnnxNetwork } from '../../backend/onnx-file.ts';
import { FileError } from '../../base/errors.ts';
import { concatRows, tensor, type Tensor } from '../../base/tensor.ts';
import { short } from '../../base/words.ts';
import { fingerprintOf } from '../../data/fingerprint.ts';
import { estimateText } from '../../evaluate/estimate.ts';
import { readBytes } from '../../io/atomic.ts';
import { resizedFeatures, type ExtractorSource } from '../../model/evaluation/feature-extractor.ts';
import {
  fidFeatures,
  fidSide,
  isPublished,
  noiseCount,
  noiseDistance,
  noiseImages,
  pixelRanges,
  publishedNoise,
  type PixelRange,
} from '../../model/evaluation/fid-check.ts';
import { requireColors } from '../../model/evaluation/network-images.ts';
import { running, type RunOptions, type Running } from '../../model/running.ts';
import type { EngineOptions } from '../host.ts';

/** A step of the check of a network. */
export interface FidStep {
  /** The part of the check that is done, 0 to 1. */
  readonly fraction: number;
}

/** A file that is taken for such a network. */
export function isNetworkFile(name: string): boolean {
  return extname(name).toLowerCase() === '.onnx';
}

/** Images of each set of noise by which the range of pixels is found. */
const few = 16;
/** Images that a network computes together, where it leaves the choice. */
const mostTogether = 16;
const size = 3 * fidSide * fidSide;

/** A network whose input and output are those of FID's. */
interface FidNetwork {
  /** Features of images of 0 to 255. */
  of(pixels: Float32Array, range: PixelRange): Promise<Tensor>;
  readonly together: number;
  dispose(): Promise<void>;
}

/**
 * Checks a network and opens it as an extractor of features, whose Fréchet distance is called FID: it has to read images `[N, 3, 299, 299]`, to give 2048 features, and to have the
 * kernel distance between two sets of noise that was published for the original. That takes 200 images, in each of the ranges that pixels may have until one fits.
 * @throws FileError if the file is none of ONNX, or another network.
 * @example
 * ```ts
 * import { compareSamples, openDataSet, openFid } from 'scorefield/node';
 *
 * const features = await openFid('inception.onnx');
 * const found = await compareSamples(await openDataSet('emoji'), await openDataSet('emoji'), { features });
 * console.log(found.distance, found.frechet);
 * ```
 */
export function openFid(
  file: string,
  { threads = 2, device = 'cpu', signal, onProgress }: EngineOptions & RunOptions<FidStep> = {},
): Running<FidStep, ExtractorSource> {
  return running(() => checked(file, { threads, device }), { signal, onProgress });
}

async function* checked(
  file: string,
  engine: Required<Pick<EngineOptions, 'threads' | 'device'>> & EngineOptions,
): AsyncGenerator<FidStep, ExtractorSource> {
  const { threads = 2, device = 'cpu' } = engine;
  const open = async (): Promise<FidNetwork> => fidNetwork(file, await openOnnxFile(file, { threads, device }));
  const fingerprint = fingerprintOf(readBytes(file));
  const network = await open();
  try {
    const range = yield* rangeOf(file, network);
    return {
      fingerprint,
      open: async (kind, shape) => {
        requireColors(kind, shape, file);
        const own = await open();
        return {
          ...{ name: `inception-2015-12-05 of ${file}`, distance: 'FID (clean resizing)', fingerprint, classes: [] },
          of: resizedFeatures(fidSide, ({ data }) =>
            // From -1 and 1 to 0 and 255.
            own.of(shiftInto(new Float32Array(data.length), data, { offset: -1, scale: 1 / 127.5 }), range),
          ),
          dispose: () => own.dispose(),
        };
      },
    };
  } finally {
    await network.dispose();
  }
}

/** (value - offset) / scale of each number. A loop of its own, as it is of millions of pixels. */
function shiftInto(
  out: Float32Array,
  from: ArrayLike<number>,
  { offset, scale }: Pick<PixelRange, 'offset' | 'scale'>,
): Float32Array {
  for (let i = 0; i < from.length; i++) out[i] = ((from[i] ?? 0) - offset) / scale;
  return out;
}

/** @throws FileError unless the network has the input and the output of FID's. */
async function fidNetwork(file: string, network: OnnxNetwork): Promise<FidNetwork> {
  try {
    const [input, ...others] = network.inputs;
    const [batch, ...sides] = input?.shape ?? [];
    const fits = [3, fidSide, fidSide].every((side, i) => typeof sides[i] === 'string' || sides[i] === side);
    if (input?.type !== 'float32' || others.length > 0 || sides.length !== 3 || !fits)
      throw new FileError(
        file,
        `expected one input float32 [N, 3, ${fidSide}, ${fidSide}], as the network of FID has, found ${textOf(network.inputs)}`,
      );
    const output = network.outputs.find(
      ({ type, shape: [, features, ...rest] }) =>
        type === 'float32' &&
        (features === fidFeatures || typeof features === 'string') &&
        rest.every((n) => n === 1 || typeof n === 'string'),
    );
    if (output === undefined)
      throw new FileError(
        file,
        `expected ${fidFeatures} features float32 [N, ${fidFeatures}], as the network of FID has, found ${textOf(network.outputs)}`,
      );
    const together = typeof batch === 'number' ? batch : mostTogether;
    return {
      together,
      of: async (pixels, range) => {
        const count = pixels.length / size;
        const parts: Tensor[] = [];
        for (let begin = 0; begin < count; begin += together) {
          const some = Math.min(together, count - begin);
          const x = new Float32Array(together * size);
          shiftInto(x, pixels.subarray(begin * size, (begin + some) * size), range);
          const { data, shape } = await network.run(x, [together, 3, fidSide, fidSide], output.name);
          if (data.length !== together * fidFeatures)
            throw new FileError(
              file,
              `expected ${fidFeatures} features of each image, found [${shape.join(', ')}] of ${together}`,
            );
          parts.push(tensor(Float64Array.from(data.subarray(0, some * fidFeatures)), [some, fidFeatures]));
        }
        return concatRows(parts);
      },
      dispose: () => network.dispose(),
    };
  } catch (error) {
    await network.dispose();
    throw error;
  }
}

function textOf(values: OnnxNetwork['inputs']): string {
  return values.map(({ name, type, shape }) => `${name} ${type} [${shape.join(', ')}]`).join(', ') || 'none';
}

/**
 * The range of pixels in which a network has the distance of FID's.
 * @throws FileError if there is none.
 */
async function* rangeOf(file: string, network: FidNetwork): AsyncGenerator<FidStep, PixelRange> {
  const featuresOf = async (set: 0 | 1, count: number, range: PixelRange): Promise<Tensor> => {
    const parts: Tensor[] = [];
    for (let begin = 0; begin < count; begin += network.together)
      parts.push(await network.of(noiseImages(set, begin, Math.min(count, begin + network.together)), range));
    return concatRows(parts);
  };
  const found: string[] = [];
  for (const [i, range] of pixelRanges.entries()) {
    yield { fraction: i / pixelRanges.length };
    const rough = await noiseDistance(await featuresOf(0, few, range), await featuresOf(1, few, range));
    found.push(short(rough.value));
    if (!isPublished(rough, few)) continue;
    const first = await featuresOf(0, noiseCount, range);
    yield { fraction: (i + 0.5) / pixelRanges.length };
    const whole = await noiseDistance(first, await featuresOf(1, noiseCount, range));
    if (isPublished(whole)) return range;
    found.push(estimateText(whole));
  }
  throw new FileError(
    file,
    `expected the network of FID, whose kernel distance between two sets of noise is ${estimateText(publishedNoise)}, found another one: ${found.join(', ')}; ` +
      'compare by `--extractor inception`, or by a classifier of your own',
  );
}
