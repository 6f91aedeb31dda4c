/** @file How one axis of an image becomes one of another size: each new pixel as a weighted sum of old ones. */

/** Weights of old pixels in new ones: new pixel i is sum_k weights[i * taps + k] old[first[i] + k]. */
export interface AxisWeights {
  /** Old pixels and new ones. */
  readonly from: number;
  readonly to: number;
  /** Old pixels of each new one. */
  readonly taps: number;
  readonly first: Int32Array;
  readonly weights: Float64Array;
}

/** What the new pixel i reads: the weights of old pixels from `start` on, which are 0 from `end` on. */
interface Reach {
  readonly start: number;
  readonly end: number;
  readonly weight: (j: number) => number;
}

function weightsOf(from: number, to: number, most: number, reach: (i: number) => Reach): AxisWeights {
  const taps = Math.min(from, most);
  const first = new Int32Array(to);
  const weights = new Float64Array(to * taps);
  for (let i = 0; i < to; i++) {
    const { start, end, weight } = reach(i);
    const begin = Math.min(start, from - taps);
    first[i] = begin;
    for (let j = start; j < end; j++) weights[i * taps + (j - begin)] = weight(j);
  }
  return { from, to, taps, first, weights };
}

/**
 * The mean over the area that a new pixel covers, with exact weights: in units of 1 / (from * to), old pixel j is [j to, (j + 1) to) and new pixel i
 * is [i from, (i + 1) from), so that overlaps are integers.
 * @param to - at most `from`
 */
export function areaWeights(from: number, to: number): AxisWeights {
  return weightsOf(from, to, Math.ceil(from / to) + 1, (i) => ({
    start: Math.floor((i * from) / to),
    end: Math.ceil(((i + 1) * from) / to),
    weight: (j) => (Math.min((j + 1) * to, (i + 1) * from) - Math.max(j * to, i * from)) / from,
  }));
}

/** Keys' cubic of a = -1/2, which keeps parabolas. */
function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

/**
 * Cubic interpolation at the middles of new pixels; where there are fewer of them than old ones, the cubic is as much wider, so that what is too fine for the new
 * pixels is averaged away in place of folding into what is coarser. Near the ends the weights of the pixels that there are sum to 1.
 * @see Keys 1981, "Cubic convolution interpolation for digital image processing"; Parmar, Zhang and Zhu 2022, section 3, whose clean resizing it is
 */
export function cubicWeights(from: number, to: number): AxisWeights {
  const scale = from / to;
  const wider = Math.max(1, scale);
  const support = 2 * wider;
  return weightsOf(from, to, 2 * Math.ceil(support) + 1, (i) => {
    const middle = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(middle - support + 0.5));
    const end = Math.min(from, Math.trunc(middle + support + 0.5));
    const raw = (j: number): number => cubic((j + 0.5 - middle) / wider);
    let sum = 0;
    for (let j = start; j < end; j++) sum += raw(j);
    return { start, end, weight: (j) => raw(j) / sum };
  });
}
