import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dequantize, quantize, quantizedBlock } from '../../src/io/quantize.ts';

const numbers = fc
  .array(fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e30), max: Math.fround(1e30) }), {
    maxLength: 200,
  })
  .map((values) => Float32Array.from(values));

describe('quantize', () => {
  it('changes a number by half of the scale of its block at most, which is 1/127 of its largest but for its rounding', () => {
    fc.assert(
      fc.property(numbers, (given) => {
        const { integers, scales } = quantize(given);
        const back = dequantize({ integers, scales });
        given.forEach((value, i) => {
          const begin = i - (i % quantizedBlock);
          const most = Math.max(...given.subarray(begin, begin + quantizedBlock).map(Math.abs));
          const scale = scales[begin / quantizedBlock]!;
          // A float32 of integers below 2^24 is exact; the product with a scale of 16 bits too.
          expect(Math.abs(back[i]! - value)).toBeLessThanOrEqual(scale === 0 ? 2 ** -119 : scale / 2);
          if (scale > 0) expect(scale / (most / 127)).toBeGreaterThanOrEqual(1);
          if (scale > 0) expect(scale / (most / 127)).toBeLessThanOrEqual(1 + 2 ** -15);
          expect(Math.abs(integers[i]!)).toBeLessThanOrEqual(127);
        });
      }),
    );
  });

  it('leaves what has been quantized as it is', () => {
    fc.assert(
      fc.property(numbers, (given) => {
        const once = quantize(given);
        expect(quantize(dequantize(once))).toEqual(once);
      }),
    );
  });

  it('keeps whole numbers to 127 beside 127, and zeros', () => {
    const given = Float32Array.from({ length: 64 }, (_, i) => 2 * i + 1);
    expect(quantize(given)).toEqual({ integers: given, scales: Float32Array.of(1) });
    expect(quantize(new Float32Array(3))).toEqual({ integers: new Float32Array(3), scales: new Float32Array(1) });
  });
});
