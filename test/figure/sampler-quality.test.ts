import { describe, expect, it } from 'vitest';
import { key } from '../../src/base/key.ts';
import { samplerList } from '../../src/catalog/samplers/build-sampler.ts';
import { budgets, qualityStudy } from '../../src/figure/sampler-quality.ts';

const named = (...names: readonly string[]): typeof samplerList =>
  samplerList.filter(({ name }) => names.includes(name));
const sizes = { key: key(3), samples: 120, exactSets: 10 };

describe('the quality of samplers', () => {
  it('measures every budget that allows a step, and every tolerance of adaptive samplers', async () => {
    const { samplers, floor } = await qualityStudy({ ...sizes, list: named('annealed-langevin', 'ddim', 'ode-bosh3') });
    const [chain, byName] = [
      samplers.find(({ sampler }) => sampler === 'annealed-langevin'),
      new Map(samplers.map((one) => [one.sampler, one.points])),
    ];
    expect(byName.get('ddim')!.map(({ nfe }) => nfe)).toEqual(budgets);
    // Five evaluations in a step and one to denoise.
    expect(chain!.points.map(({ nfe }) => nfe)).toEqual([6, 16, 46, 96, 246]);
    const adaptive = byName.get('ode-bosh3')!;
    expect(adaptive.map(({ tolerance }) => tolerance)).toEqual([0.1, 0.03, 0.01, 1e-3, 1e-4]);
    adaptive.slice(1).forEach(({ nfe }, i) => expect(nfe).toBeGreaterThan(adaptive[i]!.nfe));
    // The last DDIM samples are exact but for noise, the chains are not: their weights are those of the start.
    const most = floor.mean + 3 * floor.standardDeviation;
    expect(byName.get('ddim')!.at(-1)!.distance).toBeLessThan(most);
    expect(chain!.points[0]!.distance).toBeGreaterThan(most);
  });

  it('of a sampler does not depend on which others are measured, and repeats', async () => {
    const alone = await qualityStudy({ ...sizes, list: named('unipc') });
    const together = await qualityStudy({ ...sizes, list: named('ddim', 'unipc') });
    expect(together.samplers.find(({ sampler }) => sampler === 'unipc')).toEqual(alone.samplers[0]);
    expect(together.floor).toEqual(alone.floor);
  });
});
