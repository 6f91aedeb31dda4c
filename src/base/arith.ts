/** @file Host arithmetic on tensors: what samplers and solvers are written with. Every function returns a new tensor. */
import { ShapeError } from './errors.ts';
import { batchOf, sameShape, sampleSize, type Tensor } from './tensor.ts';

/** One number for all samples of a batch, or one per sample. */
export type PerSample = number | readonly number[] | Float64Array;

type Term = readonly [coefficient: PerSample, x: Tensor];
type ScaledValues = readonly [coefficient: number, values: Float64Array];

/**
 * Linear combination sum_k c_k x_k of tensors of one shape, with one coefficient for the batch or one per sample.
 * @throws ShapeError if shapes differ or a coefficient list has not one entry per sample.
 */
export function combine(...terms: readonly Term[]): Tensor {
  const [one, two] = terms;
  if (one === undefined) throw new ShapeError('combine: expected at least one term, got none');
  const { shape, data } = one[1];
  for (const [, x] of terms)
    if (!sameShape(x.shape, shape)) throw new ShapeError(`combine: expected shape [${shape}], got [${x.shape}]`);
  const out = new Float64Array(data.length);
  if (terms.length === 2 && two !== undefined && typeof one[0] === 'number' && typeof two[0] === 'number')
    addInto(out, [one[0], data], [two[0], two[1].data]);
  else for (const [coefficient, x] of terms) accumulateInto(out, coefficient, x);
  return { shape, data: out };
}

/** a x + b y, of which most combinations are: in one pass instead of two. */
function addInto(out: Float64Array, ...[[a, x], [b, y]]: readonly [ScaledValues, ScaledValues]): void {
  for (let j = 0; j < out.length; j++) out[j] = a * x[j]! + b * y[j]!;
}

/**
 * x + c z, written over z, which no other code may use.
 * @throws ShapeError as `combine`.
 */
export function addScaledInto(z: Tensor, x: Tensor, c: PerSample): Tensor {
  if (!sameShape(z.shape, x.shape)) throw new ShapeError(`combine: expected shape [${x.shape}], got [${z.shape}]`);
  const { data } = z;
  forEachRun(c, z, (factor, begin, end) => {
    for (let j = begin; j < end; j++) data[j] = x.data[j]! + factor * data[j]!;
  });
  return z;
}

function accumulateInto(out: Float64Array, coefficient: PerSample, x: Tensor): void {
  forEachRun(coefficient, x, (c, begin, end) => {
    for (let j = begin; j < end; j++) out[j]! += c * x.data[j]!;
  });
}

/** Visits the runs of numbers of a batch that have one coefficient: the whole batch, or each sample. */
function forEachRun(
  coefficient: PerSample,
  x: Tensor,
  visit: (coefficient: number, begin: number, end: number) => void,
): void {
  if (typeof coefficient === 'number') {
    visit(coefficient, 0, x.data.length);
    return;
  }
  const batch = batchOf(x);
  const size = sampleSize(x);
  if (coefficient.length !== batch)
    throw new ShapeError(`combine: expected ${batch} coefficients, one per sample, got ${coefficient.length}`);
  for (let i = 0; i < batch; i++) visit(coefficient[i]!, i * size, (i + 1) * size);
}

/** c x, with one factor for the batch or one per sample. */
export function scale(c: PerSample, x: Tensor): Tensor {
  return combine([c, x]);
}

/** Elementwise function of a tensor. */
export function map(x: Tensor, f: (value: number, index: number) => number): Tensor {
  return { shape: x.shape, data: x.data.map(f) };
}

/** Euclidean norm of each sample of a batch `[B, …]`. */
export function normPerSample(x: Tensor): Float64Array {
  return dotPerSample(x, x).map(Math.sqrt);
}

/** Mean of the values of each sample of a batch `[B, …]`. */
export function meanOfEach(x: Tensor): Float64Array {
  const size = sampleSize(x);
  return Float64Array.from({ length: batchOf(x) }, (_, i) => {
    let sum = 0;
    for (let j = i * size; j < (i + 1) * size; j++) sum += x.data[j]!;
    return sum / size;
  });
}

/** Inner product of each pair of samples of two batches `[B, …]`. */
export function dotPerSample(x: Tensor, y: Tensor): Float64Array {
  if (!sameShape(x.shape, y.shape)) throw new ShapeError(`dot: expected shape [${x.shape}], got [${y.shape}]`);
  const size = sampleSize(x);
  return Float64Array.from({ length: batchOf(x) }, (_, i) => {
    let sum = 0;
    for (let j = i * size; j < (i + 1) * size; j++) sum += x.data[j]! * y.data[j]!;
    return sum;
  });
}

/** Root mean square over each sample of a batch `[B, …]` of x_j / scale(j). */
export function rmsPerSample(x: Tensor, scale: (j: number) => number): Float64Array {
  const size = sampleSize(x);
  return Float64Array.from({ length: batchOf(x) }, (_, i) => {
    let sum = 0;
    for (let j = i * size; j < (i + 1) * size; j++) sum += (x.data[j]! / scale(j)) ** 2;
    return Math.sqrt(sum / size);
  });
}

/** Whether every element is a finite number. */
export function allFinite(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return false;
  return true;
}
