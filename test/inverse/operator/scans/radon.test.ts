import { describe, expect, it } from 'vitest';
import { key } from '../../../../src/base/key.ts';
import { zeros, type Tensor } from '../../../../src/base/tensor.ts';
import { drawPhantom } from '../../../../src/data/sets/phantoms.ts';
import { filteredBackProjection } from '../../../../src/inverse/operator/scans/filtered-back-projection.ts';
import { radon } from '../../../../src/inverse/operator/scans/radon.ts';
import { noise } from '../../all.ts';

/** An ellipse in units of the longer side, the origin in the center, y upward. */
interface Body {
  readonly x: number;
  readonly y: number;
  readonly a: number;
  readonly b: number;
  readonly angle: number;
}

/** Means of the ellipse's indicator over pixels, by 16 x 16 points in each. */
function drawn({ x, y, a, b, angle }: Body, size: number): Tensor {
  const out = zeros([1, 1, size, size]);
  const fine = 16 * size;
  for (let i = 0; i < fine; i++) {
    for (let j = 0; j < fine; j++) {
      const [dx, dy] = [(j + 0.5) / fine - 0.5 - x, 0.5 - (i + 0.5) / fine - y];
      const u = (dx * Math.cos(angle) + dy * Math.sin(angle)) / a;
      const v = (dy * Math.cos(angle) - dx * Math.sin(angle)) / b;
      if (u * u + v * v < 1) out.data[(i >> 4) * size + (j >> 4)]! += 1 / 256;
    }
  }
  return out;
}

/** Mean chord of the ellipse over rays at an angle from s0 to s1: of half width w, 2 a b sqrt(w^2 - s^2) / w^2. */
function meanChord({ x, y, a, b, angle }: Body, theta: number, [s0, s1]: readonly [number, number]): number {
  const half = Math.hypot(a * Math.cos(theta - angle), b * Math.sin(theta - angle));
  const center = x * Math.cos(theta) + y * Math.sin(theta);
  const area = (s: number): number => {
    const u = Math.min(1, Math.max(-1, (s - center) / half));
    return a * b * (u * Math.sqrt(1 - u * u) + Math.asin(u));
  };
  return (area(s1) - area(s0)) / (s1 - s0);
}

const bodies: Readonly<Record<string, Body>> = {
  'a disc in the center': { x: 0, y: 0, a: 0.35, b: 0.35, angle: 0 },
  'a disc elsewhere': { x: 0.15, y: -0.2, a: 0.2, b: 0.2, angle: 0 },
  'an ellipse': { x: -0.1, y: 0.12, a: 0.3, b: 0.12, angle: 0.5 },
};

describe.each(Object.entries(bodies))('the projections of %s', (_, body) => {
  /** Root mean square and largest error over all rays. */
  const errors = (size: number): readonly [number, number] => {
    const operator = radon([1, size, size], { angles: 24 });
    const y = operator.apply(drawn(body, size));
    const bins = y.shape[3]!;
    const found = [...y.data].map((value, i) => {
      const s = ((i % bins) - bins / 2) * operator.pixel;
      return value - meanChord(body, operator.angles[Math.floor(i / bins)]!, [s, s + operator.pixel]);
    });
    const squares = found.reduce((sum, error) => sum + error * error, 0);
    return [Math.sqrt(squares / found.length), Math.max(...found.map(Math.abs))];
  };

  it('are its chords, up to what pixels lose at its border', () => {
    // Pixels move the border by up to half a pixel h at both ends of a chord, which is h and less in most rays; rays that
    // touch the body within a pixel see sqrt(8 r h) of it or nothing.
    const [rms, largest] = errors(64);
    expect(rms).toBeLessThan(0.5 / 64);
    expect(largest).toBeLessThan(Math.sqrt((8 * 0.35) / 64) / 2);
  });

  it('come closer with smaller pixels, as their side', () => {
    // A share h of the rays touches the border within a pixel and misses sqrt(h): h in the root mean square, and h
    // elsewhere. Four times as small, less a fifth for how the pixels happen to lie.
    expect(errors(32)[0] / errors(128)[0]).toBeGreaterThan(3.2);
  });
});

it('gives each pixel and bin the area that they share over the width of the bin', () => {
  const operator = radon([1, 5, 4], { angles: 7 });
  const bins = operator.shapeOut[2]!;
  for (const place of [0, 6, 19]) {
    const x = zeros([1, 1, 5, 4]);
    x.data[place] = 1;
    const y = operator.apply(x);
    const fine = 400;
    for (const [k, angle] of operator.angles.entries()) {
      const shares = new Float64Array(bins);
      for (let p = 0; p < fine * fine; p++) {
        const px = (place % 4) - 2 + ((p % fine) + 0.5) / fine;
        const py = 2.5 - Math.floor(place / 4) - (Math.floor(p / fine) + 0.5) / fine;
        shares[Math.floor(px * Math.cos(angle) + py * Math.sin(angle) + bins / 2)]! += 1 / fine ** 2;
      }
      // Of 400 x 400 points, the border of a bin cuts through about 400 sqrt(2); at angle 0 whole lines lie on one side.
      shares.forEach((share, d) => expect(Math.abs(y.data[k * bins + d]! * 5 - share)).toBeLessThan(2 / fine));
    }
  }
});

it('keeps the mass of an image at every angle', () => {
  const x = noise([2, 9, 7], 1, 1);
  const operator = radon([2, 9, 7], { angles: 11 });
  const y = operator.apply(x);
  const [angles, bins] = [11, operator.shapeOut[2]!];
  for (let row = 0; row < 2 * angles; row++) {
    const channel = Math.floor(row / angles);
    const mass = x.data.subarray(63 * channel, 63 * (channel + 1)).reduce((a, b) => a + b) * operator.pixel ** 2;
    const projected = y.data.subarray(row * bins, (row + 1) * bins).reduce((a, b) => a + b) * operator.pixel;
    expect(projected).toBeCloseTo(mass, 13);
  }
});

it('has column sums at angle 0 and row sums, from below, at a right angle', () => {
  const x = noise([1, 4, 4], 1, 2);
  const y = radon([1, 4, 4], { angles: 2, detectors: 4 }).apply(x);
  for (let j = 0; j < 4; j++) {
    const sum = (f: (i: number) => number): number => [0, 1, 2, 3].reduce((total, i) => total + x.data[f(i)]!, 0) / 4;
    expect(y.data[j]).toBeCloseTo(
      sum((i) => 4 * i + j),
      13,
    );
    expect(y.data[4 + j]).toBeCloseTo(
      sum((i) => 4 * (3 - j) + i),
      13,
    );
  }
});

it('refuses geometries that are none', () => {
  expect(() => radon([1, 8, 8], { angles: 0 })).toThrow('angles: expected a positive integer, got 0');
  expect(() => radon([1, 8, 8], { angles: 4, span: 4 })).toThrow('span: expected at most pi, got 4');
  expect(() => radon([1, 8, 8], { angles: 4, span: 0 })).toThrow('span: expected a positive number, got 0');
  expect(() => radon([1, 8, 8], { angles: 4, detectors: 1.5 })).toThrow('detectors: expected a positive integer');
  expect(() => radon([8, 8], { angles: 4 })).toThrow(
    'radon: expected images of shape [channels, height, width], got [8,8]',
  );
});

describe('filtered back-projection', () => {
  const size = 64;
  const phantom: Tensor = { shape: [1, 1, size, size], data: drawPhantom(key(1), size) };
  /** Peak signal to noise ratio in decibels, for a peak of 1. */
  const psnr = (angles: number, span?: number): number => {
    const operator = radon([1, size, size], { angles, ...(span !== undefined && { span }) });
    const found = filteredBackProjection(operator, operator.apply(phantom));
    const squares = found.data.reduce((sum, value, i) => sum + (value - phantom.data[i]!) ** 2, 0);
    return -10 * Math.log10(squares / size ** 2);
  };

  it('recovers a phantom from many angles, and loses it with few or with a limited range', () => {
    const full = psnr(180);
    expect(full).toBeGreaterThan(26);
    expect(psnr(20)).toBeLessThan(full - 3);
    expect(psnr(60, Math.PI / 3)).toBeLessThan(full - 6);
  });

  it('finds the value in the middle of a disc', () => {
    const operator = radon([1, size, size], { angles: 90 });
    const disc = drawn({ x: 0, y: 0, a: 0.4, b: 0.4, angle: 0 }, size);
    const { data } = filteredBackProjection(operator, operator.apply(disc));
    const middle = [27, 28, 35, 36].flatMap((i) => [27, 28, 35, 36].map((j) => data[i * size + j]!));
    // The ramp is exact for the mean; the finite detector and the pixels leave a per cent.
    expect(Math.abs(middle.reduce((a, b) => a + b) / middle.length - 1)).toBeLessThan(0.01);
  });

  it('refuses what is no sinogram of the operator', () => {
    const operator = radon([1, 8, 8], { angles: 5 });
    expect(() => filteredBackProjection(operator, zeros([1, 1, 5, 7]))).toThrow(
      'radon: y: expected shape [any,1,5,12]',
    );
  });
});
