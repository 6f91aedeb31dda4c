import { describe, expect, it } from 'vitest';
import { lengthEnds, rectifiedTime, sectionEnds } from '../../../src/sde/learning/step-ends.ts';
import { rectifiedFlow } from '../../../src/sde/processes/rectified-flow.ts';
import { cosineGrid } from '../../../src/sde/time/time-grid.ts';
import { everySde } from '../all.ts';

describe.each(everySde)('rows of the ends of steps of $kind', (sde) => {
  it('steps of 1, 2, 4 and 8 equal parts have a one each in a column of its own, shorter ones none', () => {
    const ends = sectionEnds(16);
    expect(ends.columns).toBe(4);
    for (const [k, parts] of [1, 2, 4, 8, 16, 32].entries()) {
      const times = cosineGrid(sde, parts);
      for (let i = 0; i < parts; i++)
        expect(ends.row(sde, times[i]!, times[i + 1]!)).toEqual([0, 1, 2, 3].map((column) => Number(column === k)));
    }
  });

  it('a step of no length has a row of zeros, and its length is the first number', () => {
    expect(lengthEnds.row(sde, sde.tMax, sde.tMax)).toEqual(new Array(lengthEnds.columns).fill(0));
    const d = rectifiedTime(sde, sde.tMax) - rectifiedTime(sde, sde.tEnd);
    expect(lengthEnds.row(sde, sde.tMax, sde.tEnd)[0]! * Math.sqrt(4)).toBeCloseTo(d, 12);
  });
});

it('the time of rectified flow is its own', () => {
  for (const t of [0.01, 0.4, 0.99]) expect(rectifiedTime(rectifiedFlow(), t)).toBeCloseTo(t, 15);
});
