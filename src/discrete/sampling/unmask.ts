/**
 * @file Samples of masked diffusion: masks become tokens. With every token drawn by itself, in random order, the samples are those of
 * the reverse process without any error of steps; in fewer steps several tokens are drawn at once, as if each did not depend on the others.
 */
import { ShapeError } from '../../base/errors.ts';
import { foldIn, type Key } from '../../base/key.ts';
import { batchOf, dimensionOf, takeRows, type Tensor } from '../../base/tensor.ts';
import { drawCategorical, fineUniform } from '../categorical.ts';
import type { MaskSchedule } from '../masked.ts';
import { rowAt, type TokenProbabilities } from '../tokens.ts';

/** What is unmasked, and how. */
export interface UnmaskRequest {
  readonly probabilities: TokenProbabilities;
  /** Sequences `[B, L]` with masks of the number K; all other tokens stay as they are. */
  readonly start: Tensor;
  /** One a sequence, of which each depends on its key alone. */
  readonly keys: readonly Key[];
  /** K, the number of a mask. */
  readonly states: number;
  /** Steps from masks to tokens; one for each masked token, in random order, if undefined. */
  readonly steps?: number | undefined;
  /** How the share of masks falls in steps. */
  readonly schedule: MaskSchedule;
  /** Positions that are drawn; masks at others stay. All by default. */
  readonly only?: readonly number[] | undefined;
  /** What log probabilities are divided by: below 1 makes likely tokens likelier. Default 1. */
  readonly temperature?: number | undefined;
}

/** One step of unmasking. */
export interface UnmaskStep {
  readonly step: number;
  readonly steps: number;
  readonly x: Tensor;
}

/**
 * Draws the masked tokens of sequences, one step per iteration; the last step has no masks.
 * A step from t to s draws each masked token with probability (alpha(s) - alpha(t)) / (1 - alpha(t)). Sequences in which a step changes
 * nothing are not computed.
 * @throws ShapeError if there is not one key for each sequence.
 * @see Sahoo et al. 2024, section 3.5; Zheng et al. 2024, "Masked diffusion models are secretly time-agnostic masked models", section 4
 */
export async function* unmask(request: UnmaskRequest): AsyncGenerator<UnmaskStep, Tensor> {
  const { start, keys, schedule } = request;
  if (keys.length !== batchOf(start))
    throw new ShapeError(`expected a key for each of ${batchOf(start)} sequences, got ${keys.length}`);
  const x: Tensor = { shape: start.shape, data: start.data.slice() };
  const length = dimensionOf(x, 1);
  const masks = keys.map((_, row) => masksOf(request, x, row).length);
  const steps = request.steps ?? Math.max(0, ...masks);
  const orders = keys.map((key) => fineUniform(foldIn(key, 'order'), length));
  for (let step = 1; step <= steps; step++) {
    const [t, s] = [1 - (step - 1) / steps, 1 - step / steps];
    const share = (schedule.alpha(s) - schedule.alpha(t)) / (1 - schedule.alpha(t));
    const chosen = keys.map((key, row) => {
      const places = masksOf(request, x, row);
      if (request.steps === undefined) return nextPlace(places, orders[row]!);
      const u = fineUniform(foldIn(foldIn(key, 'places'), step), length);
      return places.filter((place) => u[place]! < share || step === steps);
    });
    await draw(request, x, chosen, step);
    yield { step, steps, x };
  }
  return x;
}

/** Positions of the masks of a sequence that are to be drawn. */
function masksOf({ states, only }: UnmaskRequest, x: Tensor, row: number): number[] {
  const length = dimensionOf(x, 1);
  const places = only ?? Array.from({ length }, (_, i) => i);
  return places.filter((i) => x.data[row * length + i] === states);
}

/** The mask that comes next in the order of a sequence. */
function nextPlace(places: readonly number[], order: Float64Array): readonly number[] {
  return places.length === 0 ? [] : [places.reduce((best, place) => (order[place]! < order[best]! ? place : best))];
}

/** Draws the tokens at chosen places of each sequence, in place. */
async function draw(
  { probabilities, keys, temperature = 1 }: UnmaskRequest,
  x: Tensor,
  chosen: readonly (readonly number[])[],
  step: number,
): Promise<void> {
  const length = dimensionOf(x, 1);
  const rows = chosen.flatMap((places, row) => (places.length > 0 ? [row] : []));
  if (rows.length === 0) return;
  const p = await probabilities(takeRows(x, rows), 1);
  rows.forEach((row, i) => {
    const own = foldIn(foldIn(keys[row]!, 'tokens'), step);
    for (const place of chosen[row]!) {
      const law = rowAt(p, i * length + place).map((value) => value ** (1 / temperature));
      x.data[row * length + place] = drawCategorical(foldIn(own, place), law);
    }
  });
}
