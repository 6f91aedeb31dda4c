/** @file A package with the files of nsfwjs 4.4.0 that are read, of other numbers: each level of 8 bits follows from its name and place. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sizeOf, type Shape } from '../../../src/base/tensor.ts';
import { inceptionFeatures } from '../../../src/nn/inception.ts';

/** Numbers of 8 bits. */
interface Numbers {
  readonly name: string;
  readonly shape: Shape;
  readonly min: number;
  readonly scale: number;
}

const level = (name: string, at: number): number =>
  (name.length * 31 + name.charCodeAt(name.length - 8) * 7 + at * 97 + (at >> 7) * 13) % 256;

/** The number at a place of a name, as it is read. */
export function numberOf({ name, min, scale }: Numbers, at: number): number {
  return level(name, at) * scale + min;
}

/** All numbers, in the order of the files: that of their names, with layers that are not read between them. */
export function allNumbers(): readonly Numbers[] {
  const kernels = inceptionFeatures().params.filter(({ shape }) => shape.length === 4);
  const found = kernels.flatMap(({ shape }, i): Numbers[] => {
    const [out = 0, into = 0, rows = 0, columns = 0] = shape;
    const bound = Math.sqrt(6 / (into * rows * columns));
    const normalization = (what: string): string => `batch_normalization_${i + 1}/${what}`;
    return [
      { name: `conv2d_${i + 1}/kernel`, shape: [rows, columns, into, out], min: -bound, scale: (2 * bound) / 255 },
      { name: normalization('beta'), shape: [out], min: -0.1, scale: 0.2 / 255 },
      { name: normalization('moving_mean'), shape: [out], min: -0.1, scale: 0.2 / 255 },
      { name: normalization('moving_variance'), shape: [out], min: 0.8, scale: 0.4 / 255 },
    ];
  });
  const more = ['conv2d_51/kernel', 'dense_1/bias', 'batch_normalization_94/beta'];
  const others = more.map((name): Numbers => ({ name, shape: [7, 3], min: 0, scale: 1 }));
  return [...found, ...others].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Numbers as minifiers write them: -.5 in place of -0.5. */
const minified = (value: number): string => String(value).replace(/^(-?)0\./, '$1.');

/**
 * Writes the package into `node_modules` of a folder.
 * @param options.without - a name that its manifest lacks
 */
export function writePackage(folder: string, { without }: { readonly without?: string } = {}): void {
  const root = join(folder, 'node_modules', 'nsfwjs');
  const models = join(root, 'dist', 'models', 'inception_v3');
  const entries = join(root, 'dist', 'cjs', 'models');
  for (const made of [models, entries]) mkdirSync(made, { recursive: true });
  const exports = { './models/inception_v3': { require: './dist/cjs/models/inception_v3.js' } };
  writeFileSync(
    join(root, 'package.json'),
    JSON.stringify({ name: 'nsfwjs', version: '4.4.0', type: 'module', exports }),
  );
  writeFileSync(join(entries, 'inception_v3.js'), 'throw new Error("nothing of the package runs");');
  const all = allNumbers().filter(({ name }) => name !== without);
  const weights = all.map(
    ({ name, shape, min, scale }) =>
      `{name:"${name}",shape:[${shape.join(',')}],dtype:"float32",quantization:{min:${minified(min)},scale:${minified(scale)},dtype:"uint8"}}`,
  );
  const script = (content: string): string =>
    `!function(a){throw a}(function(){return {1:[function(a,n){n.exports=${content}},{}]}});`;
  writeFileSync(
    join(models, 'model.min.js'),
    script(`{modelTopology:{},weightsManifest:[{paths:["group1"],weights:[${weights.join(',')}]}]}`),
  );
  const bytes = Buffer.concat(
    all.map(({ name, shape }) => Uint8Array.from({ length: sizeOf(shape) }, (_, at) => level(name, at))),
  );
  for (let part = 1; part <= 6; part++) {
    const [begin, end] = [part - 1, part].map((i) => Math.floor((i * bytes.length) / 6));
    const text = bytes.subarray(begin, end).toString('base64');
    writeFileSync(join(models, `group1-shard${part}of6.min.js`), script(`"${text}"`));
  }
}
