/** @file The latents of a set of images as a set that networks are trained on: a normal law of each, of which every batch draws anew. */
import { InternalError } from '../base/errors.ts';
import { foldIn } from '../base/key.ts';
import { mapInto } from '../base/map-into.ts';
import { bits, normalInto } from '../base/random.ts';
import { sizeOf, type Shape } from '../base/tensor.ts';
import type { DataSet, Labeled, LoadRequest, OwnSet, SetKind } from './kinds/set-kind.ts';
import { momentsOf } from './moments.ts';
import { pairSet } from './pair-set.ts';
import type { Scaler } from './scaler.ts';

/** Means and standard deviations of the latents of all samples, end to end. */
export interface LatentNumbers {
  readonly mean: Float32Array;
  readonly std: Float32Array;
}

/** The latents of a set. */
export interface LatentSet extends OwnSet {
  /** Of one latent. */
  readonly shape: Shape;
  /** The set that they are of. */
  readonly of: DataSet;
  /** Of the samples as they are. */
  readonly plain: LatentNumbers;
  /** Of the mirror images, where those are as likely. */
  readonly mirrored: LatentNumbers | undefined;
}

/** The latents of a set as a set, with the classes, the texts and the name of that. */
export function latentSet(
  of: DataSet,
  { shape, plain, mirrored }: Pick<LatentSet, 'shape' | 'plain' | 'mirrored'>,
): LatentSet {
  const { name, count, labels, classNames, texts } = of;
  const about = { ...(labels && { labels }), ...(classNames && { classNames }), ...(texts && { texts }) };
  return { name, count, ...about, shape, of, plain, mirrored, operations: latentSets };
}

/** Pairs of noise and the latents that a teacher has made of it, end to end. */
export interface LatentPairs extends Labeled {
  /** `[count, …]`, as the network reads them. */
  readonly latents: Float32Array;
  /** Standard normal, shaped like them. */
  readonly noise: Float32Array;
}

/**
 * Pairs of noise and latents as a set that is trained on.
 * @param about - name of the pairs, shape of a latent, and the scaler of the samples, which says nothing of latents
 * @throws ShapeError unless there is noise for each latent.
 */
export function latentPairSet(
  { latents, noise, ...labeled }: LatentPairs,
  about: { readonly name: string; readonly shape: Shape; readonly scaler: Scaler },
): OwnSet {
  return { ...labeled, ...pairSet({ ends: latents, starts: noise }, { ...about, kind: latentSets }) };
}

const onlyTrained = (): never => {
  throw new InternalError('latents are a set to train on; decode them for anything else');
};

/** What training asks of latents. */
const latentSets: SetKind<LatentSet> = Object.freeze<SetKind<LatentSet>>({
  name: 'latents',
  shapeOk: (shape) => shape.length > 0,
  sampleShape: ({ shape }) => shape,
  firstOf: onlyTrained,
  content: ({ plain, mirrored }) => [plain.mean, plain.std, ...(mirrored ? [mirrored.mean, mirrored.std] : [])],
  describe: ({ plain, shape }) => {
    const [groups = 1, ...grid] = shape;
    return momentsOf(plain.mean, { groups, area: sizeOf(grid) });
  },
  scalerOf: onlyTrained,
  load: drawn,
  features: 'random',
  numbers: onlyTrained,
  toArray: onlyTrained,
  toSet: onlyTrained,
  fromArray: onlyTrained,
  standIn: onlyTrained,
});

/** Latents in the range of their network, whose scaler is that of the samples and says nothing of them. */
function drawn({ shape, plain, mirrored }: LatentSet, { rows, key }: LoadRequest): Float32Array {
  const size = sizeOf(shape);
  const out = new Float32Array(rows.length * size);
  rows.forEach((row, i) => {
    const own = foldIn(key, i);
    const flips = mirrored !== undefined && ((bits(foldIn(own, 'flip'), 1)[0] ?? 0) & 1) === 1;
    const { mean, std } = flips ? mirrored : plain;
    const to = out.subarray(i * size, (i + 1) * size);
    normalInto(to, foldIn(own, 'latent'));
    const [means, stds] = [mean, std].map((all) => all.subarray(row * size, (row + 1) * size));
    mapInto(to, to, (noise, j) => (means?.[j] ?? NaN) + (stds?.[j] ?? NaN) * noise);
  });
  return out;
}
