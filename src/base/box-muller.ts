/**
 * @file Normal numbers from random words by the Box-Muller transform. Logarithm, sine and cosine are written out as series,
 * for arguments that come as integers: the same bits on every machine, which those of `Math` are not, and in half the time.
 */

/** 2^(lz - 31) for numbers with lz leading zeros, which brings them to [1, 2). */
const scales = Float64Array.from({ length: 33 }, (_, zeros) => 2 ** (zeros - 31));

const radiansPerWord = (2 * Math.PI) / 2 ** 32;
const quarter = 2 ** 30;

/**
 * A pair of normal numbers of each pair of words (a, b): sqrt(-2 log u) times the cosine and the sine of 2 pi b / 2^32, with
 * u = (a + 1/2) / 2^32. Errors are below 1e-14.
 * @param range - which numbers of `out` are written, the first from the first word; of an odd number of them the last pair
 * gives its cosine alone
 * @see Box and Muller 1958, "A note on the generation of random normal deviates"
 */
export function boxMullerInto(
  out: Float64Array | Float32Array,
  words: Uint32Array,
  { begin, end }: { readonly begin: number; readonly end: number },
): void {
  for (let i = 0; begin + i < end; i += 2) {
    // u = m 2^e with m in [1 / sqrt(2), sqrt(2)), log m = 2 artanh(s) with s = (m - 1) / (m + 1).
    const a = words[i]!;
    const zeros = Math.clz32(a);
    let m = (a + 0.5) * scales[zeros]!;
    let e = -1 - zeros;
    if (m > Math.SQRT2) {
      m *= 0.5;
      e += 1;
    }
    const s = (m - 1) / (m + 1);
    const z = s * s;
    const artanh =
      s +
      s *
        z *
        (1 / 3 +
          z *
            (1 / 5 +
              z * (1 / 7 + z * (1 / 9 + z * (1 / 11 + z * (1 / 13 + z * (1 / 15 + z * (1 / 17 + z * (1 / 19)))))))));
    const radius = Math.sqrt(-2 * (e * Math.LN2 + 2 * artanh));

    // The angle is a number of quarter turns, and a rest of at most an eighth of a turn to either side.
    const b = words[i + 1]!;
    const turns = ((b + quarter / 2) >>> 30) & 3;
    const angle = ((b - turns * quarter) | 0) * radiansPerWord;
    const y = angle * angle;
    const sine =
      angle +
      angle *
        y *
        (-1 / 6 +
          y *
            (1 / 120 +
              y *
                (-1 / 5040 +
                  y * (1 / 362880 + y * (-1 / 39916800 + y * (1 / 6227020800 + y * (-1 / 1307674368000)))))));
    const cosine =
      1 +
      y *
        (-1 / 2 +
          y *
            (1 / 24 +
              y *
                (-1 / 720 +
                  y *
                    (1 / 40320 +
                      y * (-1 / 3628800 + y * (1 / 479001600 + y * (-1 / 87178291200 + y * (1 / 20922789888000))))))));
    const across = turns & 1 ? sine : cosine;
    const along = turns & 1 ? cosine : sine;
    out[begin + i] = radius * (turns === 1 || turns === 2 ? -across : across);
    if (begin + i + 1 < end) out[begin + i + 1] = radius * (turns >= 2 ? -along : along);
  }
}
