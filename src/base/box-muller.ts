/**
 * @file Normal numbers from random words by the Box-Muller transform. Logarithm, sine and cosine are read off tables, from whose
 * nearest entry a short series leads on: the same bits on every machine, which those of `Math` are not, and no branch that
 * depends on the words.
 */

/** 2^(lz - 31) for numbers with lz leading zeros, which brings them to [1, 2). */
const scales = Float64Array.from({ length: 33 }, (_, zeros) => 2 ** (zeros - 31));

/** Parts into which tables divide [1, 2), and the circle. */
const parts = 256;

/**
 * 1/m in the middle of each part, but 1/2 in the last one, which u = 1 ends. With 20 bits, and the 33 of m, products with
 * m are exact.
 */
const inverses = Float64Array.from({ length: parts }, (_, i) =>
  i === parts - 1 ? 0.5 : Math.round(2 ** 20 / (1 + (i + 0.5) / parts)) / 2 ** 20,
);

/** Whether m counts as half of what comes after it, so that close to u = 1 no large terms cancel. */
const halved = Uint8Array.from(inverses, (inverse) => (inverse < Math.SQRT1_2 ? 1 : 0));

/** -log of the inverses, or of their doubles for an m that counts as a half. */
const logs = inverses.map((inverse, i) => -logarithm(inverse * (1 + halved[i]!)));

const turns = Array.from({ length: parts }, (_, i) => sineAndCosine(i));
const sines = Float64Array.from(turns, ([sine]) => sine);
const cosines = Float64Array.from(turns, ([, cosine]) => cosine);

const radiansPerWord = (2 * Math.PI) / 2 ** 32;

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
    // u = m 2^-(zeros + 1) with m in [1, 2), and m = (1 + r) / inverse with |r| <= 1/512.
    const a = words[i]!;
    const zeros = Math.clz32(a);
    // The digits of m after its first, the 1/2 among them.
    const part = (((a << zeros) | ((1 << zeros) >>> 1)) >>> 23) & 255;
    const r = (a + 0.5) * scales[zeros]! * inverses[part]! - 1;
    const log1p = r - r * r * (1 / 2 - r * (1 / 3 - r * (1 / 4 - r * (1 / 5 - r * (1 / 6)))));
    const log = (halved[part]! - zeros - 1) * Math.LN2 + (logs[part]! + log1p);
    const radius = Math.sqrt(-2 * log);

    // The nearest part of the circle, and the rest of at most half a part to either side.
    const b = words[i + 1]!;
    const near = ((b + 2 ** 23) >>> 24) & 255;
    const rest = ((b - near * 2 ** 24) | 0) * radiansPerWord;
    const y = rest * rest;
    const sine = rest - rest * y * (1 / 6 - y * (1 / 120));
    const cosine = 1 - y * (1 / 2 - y * (1 / 24 - y * (1 / 720)));
    const [s, c] = [sines[near]!, cosines[near]!];
    out[begin + i] = radius * (c * cosine - s * sine);
    if (begin + i + 1 < end) out[begin + i + 1] = radius * (s * cosine + c * sine);
  }
}

/** log x = 2 artanh((x - 1) / (x + 1)) of an x within [1/sqrt(2), sqrt(2)], by its series. */
function logarithm(x: number): number {
  const s = (x - 1) / (x + 1);
  let sum = 0;
  for (let k = 25; k > 0; k -= 2) sum = sum * s * s + 1 / k;
  return 2 * s * sum;
}

/** Sine and cosine of i parts of the circle: of at most an eighth of a turn by their series, turned on by quarters. */
function sineAndCosine(i: number): readonly [sine: number, cosine: number] {
  const quarters = Math.round((4 * i) / parts);
  const angle = (i / parts - quarters / 4) * 2 * Math.PI;
  const [sine, cosine] = [angle * alternating(angle, 2), alternating(angle, 1)];
  const turned = [[sine, cosine], [cosine, -sine], [-sine, -cosine], [-cosine, sine]] as const; // prettier-ignore
  return turned[quarters % 4]!;
}

/** 1 - x^2 / (n (n + 1)) (1 - x^2 / ((n + 2) (n + 3)) (1 - ...)): the cosine of x for n = 1, the sine over x for n = 2. */
function alternating(x: number, n: number): number {
  let sum = 1;
  for (let k = n + 20; k >= n; k -= 2) sum = 1 - (sum * x * x) / (k * (k + 1));
  return sum;
}
