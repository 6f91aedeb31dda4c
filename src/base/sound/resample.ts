/** @file Sounds at another rate. */
import { checkOptions, positiveInteger } from '../check.ts';

/** Zero crossings of the filter on each side, and the shape of its Kaiser window, which keeps what is beyond half of the rate 80 dB down. */
const [crossings, shape] = [24, 8];

/** Part of half of the lower rate up to which nothing is lost. */
const passed = 0.92;

/**
 * A sound at another rate, by a low-pass filter of Kaiser's windowed sine quotients, whose weights add up to 1 at every place. There is silence around the sound.
 * @param from - values of a second of x, a whole number
 * @param to - those of the result
 * @returns ceil(length to / from) values
 * @see Smith 2002, "Digital audio resampling", eq. 4
 */
export function resampled(x: Float32Array, from: number, to: number): Float32Array {
  checkOptions(positiveInteger('from', from), positiveInteger('to', to));
  if (from === to) return x;
  const common = divisor(from, to);
  const [up, down] = [to / common, from / common];
  const cutoff = passed * Math.min(1, to / from);
  const reach = Math.ceil(crossings / cutoff);
  const phases = Array.from({ length: up }, (_, phase) => filterAt(phase / up, cutoff, reach));
  const out = new Float32Array(Math.ceil((x.length * up) / down));
  for (let n = 0; n < out.length; n++) {
    const whole = Math.floor((n * down) / up);
    const weights = phases[(n * down) % up]!;
    let sum = 0;
    const first = whole - reach + 1;
    for (let i = Math.max(0, -first); i < weights.length && first + i < x.length; i++)
      sum += weights[i]! * x[first + i]!;
    out[n] = sum;
  }
  return out;
}

/** Weights of the values from `reach - 1` before a place to `reach` behind it, which is `part` of a value behind a whole one. */
function filterAt(part: number, cutoff: number, reach: number): Float64Array {
  const weights = Float64Array.from({ length: 2 * reach }, (_, i) => {
    const distance = i - reach + 1 - part;
    const at = cutoff * distance;
    const sine = at === 0 ? 1 : Math.sin(Math.PI * at) / (Math.PI * at);
    const edge = 1 - (distance / reach) ** 2;
    return edge <= 0 ? 0 : sine * (bessel(shape * Math.sqrt(edge)) / bessel(shape));
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** The modified Bessel function of order 0, by its series. */
function bessel(x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
