/** @file Numbers as integers of 8 bits, with one scale for each block of them. */
/** Numbers that share a scale. */
export const quantizedBlock = 64;
const largest = 127;
/** Scales have so many significant bits: 127 of them are a float32 exactly, so that what has been read is written as it was. */
const scaleBits = 16;
/** A block whose largest number is smaller is one of zeros: its scale would have fewer bits. */
const smallestScale = 2 ** -126;

/** Quantized numbers: number i is `integers[i] * scales[floor(i / 64)]`. */
export interface Quantized {
  /** From -127 to 127. */
  readonly integers: Float32Array;
  /** One for each block of 64, the last of which may be shorter. */
  readonly scales: Float32Array;
}

/**
 * Rounds numbers to the nearest of 255 multiples of a scale, which is the largest magnitude of their block / 127, rounded up to 16 bits. Each is
 * changed by half of the scale at most (absolute maximum quantization of blocks; Dettmers et al. 2022, arXiv 2110.02861, section 2.1).
 */
export function quantize(numbers: Float32Array): Quantized {
  const scales = new Float32Array(Math.ceil(numbers.length / quantizedBlock));
  const integers = new Float32Array(numbers.length);
  scales.forEach((_, block) => {
    const begin = block * quantizedBlock;
    const own = numbers.subarray(begin, begin + quantizedBlock);
    const scale = roundedUp(own.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / largest);
    scales[block] = scale;
    if (scale > 0) own.forEach((value, i) => (integers[begin + i] = Math.round(value / scale)));
  });
  return { integers, scales };
}

/** The numbers that integers and scales stand for. */
export function dequantize({ integers, scales }: Quantized): Float32Array {
  const numbers = new Float32Array(integers.length);
  // Block by block, as a division for each number takes longer than its product.
  for (let block = 0, i = 0; i < integers.length; block++) {
    const scale = scales[block] ?? 0;
    for (const end = Math.min(i + quantizedBlock, integers.length); i < end; i++)
      numbers[i] = (integers[i] ?? 0) * scale;
  }
  return numbers;
}

/** The smallest number of 16 significant bits that is not below one, or 0. */
function roundedUp(value: number): number {
  if (value < smallestScale) return 0;
  const unit = 2 ** (Math.floor(Math.log2(value)) + 1 - scaleBits);
  return Math.ceil(value / unit) * unit;
}
