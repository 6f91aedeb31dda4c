import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../src/base/errors.ts';
import {
  fft2Into,
  fftGridInto,
  fftInto,
  inverseFft2Into,
  inverseFftGridInto,
  inverseFftInto,
  type Complex,
} from '../../src/base/fft.ts';
import { key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';

const random = (n: number, seed: number): Complex => ({ re: normal(key(seed), n), im: normal(key(seed + 1), n) });
const copy = ({ re, im }: Complex): Complex => ({ re: re.slice(), im: im.slice() });

/** The sum of the definition. */
function transform({ re, im }: Complex, n: number): Complex {
  const out = { re: new Float64Array(n), im: new Float64Array(n) };
  for (let k = 0; k < n; k++) {
    for (let j = 0; j < n; j++) {
      const angle = (-2 * Math.PI * ((j * k) % n)) / n;
      out.re[k]! += (re[j]! * Math.cos(angle) - im[j]! * Math.sin(angle)) / Math.sqrt(n);
      out.im[k]! += (re[j]! * Math.sin(angle) + im[j]! * Math.cos(angle)) / Math.sqrt(n);
    }
  }
  return out;
}

/** Largest difference. Orthonormal transforms keep the size of one, so that it is in units of the numbers. */
function distance(a: Complex, b: Complex): number {
  const parts = [a.re.map((value, i) => value - b.re[i]!), a.im.map((value, i) => value - b.im[i]!)];
  return Math.max(...parts.map((part) => part.reduce((most, value) => Math.max(most, Math.abs(value)), 0)));
}

// Powers of two, primes, squares of primes, products; 240 and 320 are the sides of images of the field.
describe.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 16, 25, 28, 49, 64, 97, 100, 240, 256, 320])('length %i', (n) => {
  it('is the sum of the definition', () => {
    const x = random(n, n);
    const out = copy(x);
    fftInto(out, n);
    // A sum of n terms with rounding of its own: 1e-16 sqrt(n) and more.
    expect(distance(out, transform(x, n))).toBeLessThan(1e-13);
  });

  it('has an inverse, and transforms each row by itself', () => {
    const rows = random(3 * n, n);
    const out = copy(rows);
    fftInto(out, n);
    const second = { re: rows.re.slice(n, 2 * n), im: rows.im.slice(n, 2 * n) };
    fftInto(second, n);
    expect(out.re.slice(n, 2 * n)).toEqual(second.re);
    expect(out.im.slice(n, 2 * n)).toEqual(second.im);
    inverseFftInto(out, n);
    expect(distance(out, rows)).toBeLessThan(1e-13);
  });
});

it('keeps its digits at lengths in the thousands: a wave is one coefficient', () => {
  for (const n of [4096, 5000, 7919]) {
    const frequency = 1234;
    const at = (f: (angle: number) => number) =>
      Float64Array.from({ length: n }, (_, j) => f((2 * Math.PI * ((j * frequency) % n)) / n));
    const wave = { re: at(Math.cos), im: at(Math.sin) };
    fftInto(wave, n);
    const expected = { re: new Float64Array(n), im: new Float64Array(n) };
    expected.re[frequency] = Math.sqrt(n);
    // 1e-16 sqrt(n) log(n), in numbers of size sqrt(n).
    expect(distance(wave, expected)).toBeLessThan(1e-12);
  }
});

it('is the sum over both axes in two dimensions, for every plane', () => {
  const [height, width] = [5, 6];
  const planes = random(2 * height * width, 9);
  const out = copy(planes);
  fft2Into(out, height, width);
  const expected = copy(planes);
  for (let p = 0; p < 2; p++) {
    for (let k = 0; k < height; k++) {
      for (let l = 0; l < width; l++) {
        let [re, im] = [0, 0];
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            const angle = -2 * Math.PI * ((y * k) / height + (x * l) / width);
            const at = (p * height + y) * width + x;
            re += planes.re[at]! * Math.cos(angle) - planes.im[at]! * Math.sin(angle);
            im += planes.re[at]! * Math.sin(angle) + planes.im[at]! * Math.cos(angle);
          }
        }
        const at = (p * height + k) * width + l;
        expected.re[at] = re / Math.sqrt(height * width);
        expected.im[at] = im / Math.sqrt(height * width);
      }
    }
  }
  expect(distance(out, expected)).toBeLessThan(1e-13);
  inverseFft2Into(out, height, width);
  expect(distance(out, planes)).toBeLessThan(1e-13);
});

it('refuses parts of different lengths and rows that are not whole', () => {
  const numbers = new Float64Array(8);
  expect(() => fftInto({ re: numbers, im: new Float64Array(4) }, 4)).toThrow(ShapeError);
  expect(() => fftInto({ re: numbers, im: numbers.slice() }, 3)).toThrow(
    /expected whole rows of 3 in both parts, got 8/,
  );
});

describe('grids', () => {
  it('of one and two axes are transformed as rows and planes are', () => {
    const rows = random(3 * 28, 1);
    const own = copy(rows);
    fftInto(rows, 28);
    fftGridInto(own, [28]);
    expect(distance(own, rows)).toBeLessThan(1e-13);
    const planes = random(2 * 6 * 5, 2);
    const grids = copy(planes);
    fft2Into(planes, 6, 5);
    fftGridInto(grids, [6, 5]);
    expect(distance(grids, planes)).toBeLessThan(1e-13);
  });

  it('of three axes are planes transformed along the first, and come back', () => {
    const sizes = [4, 3, 5];
    const x = random(2 * 60, 3);
    const out = copy(x);
    fftGridInto(out, sizes);
    const planes = copy(x);
    fft2Into(planes, 3, 5);
    for (let grid = 0; grid < 2; grid++)
      for (let at = 0; at < 15; at++) {
        const place = (k: number): number => grid * 60 + k * 15 + at;
        const line = {
          re: Float64Array.from({ length: 4 }, (_, k) => planes.re[place(k)]!),
          im: Float64Array.from({ length: 4 }, (_, k) => planes.im[place(k)]!),
        };
        fftInto(line, 4);
        for (let k = 0; k < 4; k++) [planes.re[place(k)], planes.im[place(k)]] = [line.re[k]!, line.im[k]!];
      }
    expect(distance(out, planes)).toBeLessThan(1e-13);
    inverseFftGridInto(out, sizes);
    expect(distance(out, x)).toBeLessThan(1e-13);
  });

  it('are refused unless they are whole', () => {
    expect(() => fftGridInto(random(7, 1), [2, 3])).toThrow(ShapeError);
  });
});
