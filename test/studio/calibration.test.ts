import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inverseList } from '../../src/catalog/posterior-samplers/build-posterior-sampler.ts';
import { rankingOf, verdict } from '../../src/studio/calibration.ts';

const ranking = rankingOf(readFileSync(new URL('../../docs/calibration.md', import.meta.url), 'utf8'));

describe('what the studio says of posterior samplers', () => {
  it('is what the page of their calibration ranks, of each of them', () => {
    expect(ranking.map(({ method }) => method).sort()).toEqual(inverseList.map(({ name }) => name).sort());
    for (const row of ranking) {
      expect(row.gaussians).toBeGreaterThan(0.9);
      expect(row.rejected).toBeLessThanOrEqual(row.tests);
    }
  });

  it('tells those that take noise for signal from those that spread as they should', () => {
    const of = (name: string): string => ranking.filter(({ method }) => method === name).map(verdict)[0] ?? '';
    expect(of('replacement')).toMatch(/^Too sure of itself/);
    expect(of('pigdm')).toMatch(/^Spreads as the exact posterior does: ranks rejected in 0 of \d+/);
  });

  it('refuses a page without a ranking', () => {
    expect(() => rankingOf('# Nothing\n')).toThrow('no ranking');
  });
});
