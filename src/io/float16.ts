/** @file IEEE 754 half precision: 1 bit of sign, 5 of exponent, 10 of fraction. */

const infinity = 0x7c00;
const notANumber = 0x7e00;
/** Half of the last place above the largest finite number, 65,504; from here on the nearest number is infinity. */
const overflow = 65_520;
const smallestNormal = 2 ** -14;
/** The value of the last place for each exponent. A power that is computed for each number takes ten times as long as a look at a table. */
const lastPlaces = Float64Array.from({ length: 31 }, (_, exponent) => 2 ** (Math.max(exponent, 1) - 25));

/** The number that 16 bits stand for. */
export function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction : 1024 + fraction) * (lastPlaces[exponent] ?? NaN);
}

/** The bits of the nearest number of half precision, of two equally near ones the even one. */
export function toFloat16(value: number): number {
  if (Number.isNaN(value)) return notANumber;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= overflow) return sign | infinity;
  // A fraction that is rounded up to the next power of two carries into the exponent, here and below.
  if (size < smallestNormal) return sign | toEven(size * 2 ** 24);
  const exponent = exponentOf(size);
  return sign | (((exponent + 15) << 10) + toEven(size * 2 ** (10 - exponent)) - 1024);
}

/** floor(log2), which Math.log2 may miss beside a power of two. */
function exponentOf(size: number): number {
  const guess = Math.floor(Math.log2(size));
  if (2 ** guess > size) return guess - 1;
  return 2 ** (guess + 1) <= size ? guess + 1 : guess;
}

function toEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  return rest > 0.5 || (rest === 0.5 && low % 2 === 1) ? low + 1 : low;
}
