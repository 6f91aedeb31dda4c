/** @file How far samples are from data in the space of features, beside how far other real samples are. */
import { ShapeError } from '../base/errors.ts';
import { batchOf, takeRows, type Tensor } from '../base/tensor.ts';
import { jackknifeError, type Estimate } from './estimate.ts';
import { frechetTo, momentsOf, type Moments, type MomentsOf } from './frechet.ts';
import { energyDistance } from './mmd.ts';

/** Features of independent samples `[N, D]`. */
export interface FeatureSets {
  /** In question. */
  readonly samples: Tensor;
  /** Real ones to compare with. */
  readonly reference: Tensor;
  /** Other real ones, as many as the samples: what a perfect model would draw. */
  readonly real: Tensor;
}

/** A distance of the samples, of the other real ones (the floor), and how much more the former is. */
export interface AboveFloor {
  readonly samples: Estimate;
  readonly floor: Estimate;
  readonly excess: Estimate;
}

/** Parts that are left out in turn; the relative error of a standard error is about 1 / sqrt(2 * 20). */
const groups = 20;

/**
 * The Fréchet distance of samples from the reference with that of as many real ones, and the difference, with standard errors
 * by the jackknife over 20 groups of all sets at once. A Fréchet distance of N samples is too large by about a constant over
 * N. The constant depends on the law of the samples, and is nearly that of the floor where they are good, so that the
 * difference is nearly free of it.
 * @throws ShapeError unless there are as many real samples as samples, and 40 or more in each set.
 * @see Chong and Forsyth 2020, "Effectively unbiased FID and Inception score and where to find them", section 3
 */
export function frechetAboveFloor(sets: FeatureSets): AboveFloor {
  const steps = frechetSteps(sets);
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
  }
}

/** The same, with the part of the work that is done, 0 to 1, before each of the 21 pairs of distances. */
export function* frechetSteps({ samples, reference, real }: FeatureSets): Generator<number, AboveFloor> {
  if (batchOf(samples) !== batchOf(real) || Math.min(batchOf(samples), batchOf(reference)) < 2 * groups)
    throw new ShapeError(
      `frechetAboveFloor: expected as many real samples as samples, and at least ${2 * groups}, got ` +
        `[${samples.shape}], [${real.shape}] and a reference of [${reference.shape}]`,
    );
  const [own, floor, to] = [samples, real, reference].map(momentsOf) as [MomentsOf, MomentsOf, MomentsOf];
  const distances = (of: (set: MomentsOf) => Moments): readonly [number, number] => {
    const distance = frechetTo(of(to));
    return [distance(of(own)), distance(of(floor))];
  };
  yield 0;
  const whole = distances((set) => set.whole);
  const left: (readonly [number, number])[] = [];
  for (let g = 0; g < groups; g++) {
    yield (g + 1) / (groups + 1);
    left.push(distances((set) => set.without(g, groups)));
  }
  const estimate = (of: (pair: readonly [number, number]) => number): Estimate => ({
    value: of(whole),
    standardError: jackknifeError(Float64Array.from(left, of)),
  });
  return {
    samples: estimate(([own]) => own),
    floor: estimate(([, floor]) => floor),
    excess: estimate(([own, floor]) => own - floor),
  };
}

/** Samples of each set that the energy distance compares: all pairs of them. */
export const mostOfEnergy = 2000;

/**
 * The energy distances of samples and of real ones from the reference, by the first `most` of each: no bias, no parameter,
 * and zero only for equal laws of features.
 * @throws ShapeError if a set has fewer than three samples.
 */
export function energyAboveFloor(
  { samples, reference, real }: FeatureSets,
  { most = mostOfEnergy }: { readonly most?: number } = {},
): Omit<AboveFloor, 'excess'> {
  const [a, b, c] = [samples, real, reference].map((set) => rowsOf(set, (row) => row < most)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  return { samples: energyDistance(a, c), floor: energyDistance(b, c) };
}

function rowsOf(x: Tensor, keep: (row: number) => boolean): Tensor {
  return takeRows(x, Array.from({ length: batchOf(x) }, (_, row) => row).filter(keep));
}
