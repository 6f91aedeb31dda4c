/**
 * @file The weights of Inception-v3 that the package nsfwjs brings along: numbers of 8 bits in a few scripts, which are read as text and never run. It is a package of
 * 41 MB that only those install who want its features.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FileError, UnsupportedError } from '../../base/errors.ts';
import { mapInto } from '../../base/map-into.ts';
import { sizeOf } from '../../base/tensor.ts';
import type { PackagedWeights } from '../../catalog/extractors/extractor.ts';
import { readBytes } from '../../io/atomic.ts';
import { inceptionFeatures } from '../../nn/inception.ts';
import { layout, type ParamVectors } from '../../nn/network.ts';

const name = 'nsfwjs';
/** The version whose files are known. */
const known = '4.4.0';
/** Without its peers, which are an engine of 300 MB that is not needed to read numbers. */
const command = `npm install ${name}@${known} --legacy-peer-deps`;
/** Of its batch normalizations, which have no gain. */
const epsilon = 0.001;

/** Numbers of the package, by the names of Keras. */
interface Manifest {
  readonly [name: string]: {
    readonly begin: number;
    readonly shape: readonly number[];
    readonly min: number;
    readonly scale: number;
  };
}

/**
 * The weights of `inceptionFeatures()`, with the batch normalizations in them.
 * @param options.from - the file beside which the package is looked for; this one by default
 * @throws UnsupportedError if the package is not installed; FileError if its files are not those of the version that is known.
 */
export function readInception({ from = import.meta.url }: { readonly from?: string } = {}): PackagedWeights {
  const folder = packageFolder(from);
  const files = join(folder, 'dist', 'models', 'inception_v3');
  const manifest = manifestOf(textOf(join(files, 'model.min.js')));
  const parts = [1, 2, 3, 4, 5, 6].map((part) => bytesOf(join(files, `group1-shard${part}of6.min.js`)));
  const { version } = JSON.parse(textOf(join(folder, 'package.json'))) as { readonly version: string };
  return { params: paramsOf(manifest, Buffer.concat(parts), files), version };
}

function packageFolder(from: string): string {
  try {
    // Its manifest is none of its exports; this file is dist/cjs/models/inception_v3.js.
    const entry = createRequire(from).resolve(`${name}/models/inception_v3`);
    return join(dirname(entry), '..', '..', '..');
  } catch (cause) {
    throw new UnsupportedError(
      `extractor inception: its weights are in the package ${name}, which is not installed beside scorefield; run \`${command}\` (-g for a global scorefield)`,
      { cause },
    );
  }
}

function textOf(file: string): string {
  return new TextDecoder().decode(readBytes(file));
}

/** Where the numbers of each name begin, one byte each, one name after the other. */
function manifestOf(script: string): Manifest {
  const pattern =
    /\{name:"([^"]+)",shape:\[([\d,]*)\],dtype:"float32",quantization:\{min:([^,{}]+),scale:([^,{}]+),dtype:"uint8"\}\}/g;
  let begin = 0;
  const found = [...script.matchAll(pattern)].map(([, of = '', sizes = '', min = '', scale = '']) => {
    const shape = sizes.split(',').map(Number);
    const entry = { begin, shape, min: Number(min), scale: Number(scale) };
    begin += sizeOf(shape);
    return [of, entry] as const;
  });
  return Object.fromEntries(found);
}

/** The longest text of a script, which is its content in base64. */
function bytesOf(file: string): Buffer {
  const longest = textOf(file)
    .split('"')
    .reduce((a, b) => (b.length > a.length ? b : a), '');
  return Buffer.from(longest, 'base64');
}

/** Parameters from kernels `[rows, columns, in, out]` and batch normalizations, y = (x - mean) / sqrt(variance + epsilon) + beta. */
function paramsOf(manifest: Manifest, bytes: Uint8Array, folder: string): ParamVectors {
  const numbers = (of: string, size: number): Float64Array => {
    const entry = manifest[of];
    if (entry === undefined || sizeOf(entry.shape) !== size || entry.begin + size > bytes.length)
      throw new FileError(
        folder,
        `expected the weights of ${name} ${known}, found no ${size} numbers ${of}; run \`${command}\``,
      );
    return Float64Array.from(
      bytes.subarray(entry.begin, entry.begin + size),
      (level) => level * entry.scale + entry.min,
    );
  };
  const net = inceptionFeatures();
  const { segments, trained } = layout(net);
  const out = new Float32Array(trained);
  for (const { name: param, shape, begin, end } of segments) {
    const [, layer = '', what = ''] = param.split('.');
    const [channels = 0, inputs = 0, rows = 0, columns = 0] = shape;
    const normalized = (what: string): Float64Array => numbers(`batch_normalization_${layer}/${what}`, channels);
    const factors = normalized('moving_variance').map((variance) => 1 / Math.sqrt(variance + epsilon));
    const factorOf = (o: number): number => factors[o] ?? NaN;
    if (what === 'bias') {
      const mean = normalized('moving_mean');
      mapInto(out.subarray(begin, end), normalized('beta'), (beta, o) => beta - (mean[o] ?? NaN) * factorOf(o));
      continue;
    }
    // From [rows, columns, in, out] to [out, in, rows, columns].
    const kernel = numbers(`conv2d_${layer}/kernel`, sizeOf(shape));
    const area = rows * columns;
    kernel.forEach((value, from) => {
      const o = from % channels;
      const i = Math.floor(from / channels) % inputs;
      const pixel = Math.floor(from / channels / inputs);
      out[begin + (o * inputs + i) * area + pixel] = value * factorOf(o);
    });
  }
  return { trained: out, fixed: new Float32Array(0) };
}
