import { expect, it } from 'vitest';
import { map, scale } from '../../../src/base/arith.ts';
import { zeros, type Tensor } from '../../../src/base/tensor.ts';
import { phaseRetrieval } from '../../../src/inverse/operator/phase-retrieval.ts';
import { noise, norm } from '../all.ts';

const [height, width] = [5, 6];
const x = noise([1, height, width], 2, 1);
const close = (a: Tensor, b: Tensor): void => a.data.forEach((value, i) => expect(value).toBeCloseTo(b.data[i]!, 12));

it.each([1, 1.5, 2])('at oversampling %d does not tell x from -x and from x turned by half a turn', (oversampling) => {
  const operator = phaseRetrieval([1, height, width], { oversampling });
  const apply = (z: Tensor): Tensor => operator.apply(z);
  const area = height * width;
  const turned = map(x, (_, i) => x.data[Math.floor(i / area) * area + area - 1 - (i % area)]!);
  close(apply(scale(-1, x)), apply(x));
  close(apply(turned), apply(x));
  const mirrored = map(x, (_, i) => x.data[Math.floor(i / width) * width + width - 1 - (i % width)]!);
  expect(norm({ ...x, data: apply(mirrored).data.map((v, i) => v - apply(x).data[i]!) })).toBeGreaterThan(0.1);
});

it('does not tell shifts apart, round without oversampling and within the zeros with it', () => {
  const shifted = (by: number): Tensor =>
    map(x, (_, i) => x.data[Math.floor(i / width) * width + (((i % width) - by + width) % width)]!);
  const round = phaseRetrieval([1, height, width], { oversampling: 1 });
  close(round.apply(shifted(2)), round.apply(x));
  const operator = phaseRetrieval([1, height, width]);
  const apply = (z: Tensor): Tensor => operator.apply(z);
  expect(norm({ ...x, data: apply(shifted(2)).data.map((v, i) => v - apply(x).data[i]!) })).toBeGreaterThan(0.1);
  const narrow = map(x, (value, i) => (i % width < width - 2 ? value : 0));
  const moved = map(narrow, (_, i) => (i % width < 2 ? 0 : narrow.data[i - 2]!));
  close(apply(moved), apply(narrow));
});

it('keeps the norm, since F is orthonormal and zeros add nothing', () => {
  for (const oversampling of [1, 1.5, 2]) {
    const operator = phaseRetrieval([1, height, width], { oversampling });
    expect(operator.shapeOut).toEqual([1, Math.ceil(height * oversampling), Math.ceil(width * oversampling)]);
    expect(norm(operator.apply(x))).toBeCloseTo(norm(x), 12);
  }
});

it('has magnitudes of the definition', () => {
  const y = phaseRetrieval([1, height, width]).apply(x);
  for (const [k, l] of [
    [0, 0],
    [3, 7],
    [9, 11],
  ] as const) {
    let [re, im] = [0, 0];
    for (let p = 0; p < height * width; p++) {
      const angle = -2 * Math.PI * ((k * Math.floor(p / width)) / 10 + (l * (p % width)) / 12);
      re += x.data[p]! * Math.cos(angle);
      im += x.data[p]! * Math.sin(angle);
    }
    expect(y.data[k * 12 + l]).toBeCloseTo(Math.hypot(re, im) / Math.sqrt(120), 12);
  }
});

it('pulls back zero where a magnitude is zero, not NaN', () => {
  const operator = phaseRetrieval([1, 2, 2]);
  expect([...operator.vjp(zeros([1, 1, 2, 2]), noise([1, 4, 4], 1, 1)).data]).toEqual([0, 0, 0, 0]);
});

it('refuses oversampling below 1', () => {
  for (const oversampling of [0.5, NaN, Infinity])
    expect(() => phaseRetrieval([1, 4, 4], { oversampling })).toThrow(
      `oversampling: expected a number of at least 1, got ${oversampling}`,
    );
});
