import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { samplersPage } from '../../scripts/samplers-page.ts';
import { ordersPlot } from '../../scripts/solver-orders-plot.ts';
import { slopeOf, solverNames, type SolverOrder } from '../../scripts/solver-orders.ts';
import { samplerList } from '../../src/catalog/samplers/build-sampler.ts';
import { budgets, type QualityStudy } from '../../src/figure/sampler-quality.ts';

const docs = resolve(import.meta.dirname, '../../docs');
const read = (name: string): string => readFileSync(`${docs}/${name}`, 'utf8');
const { numbers: quality } = JSON.parse(read('images/gallery/nfe-quality.json')) as { numbers: QualityStudy };
const { solvers: orders } = JSON.parse(read('images/solver-orders.json')) as { solvers: readonly SolverOrder[] };

describe('docs/samplers.md', () => {
  it('is what its numbers make, in the form that prettier gives it', async () => {
    const page = samplersPage({ list: samplerList, quality, orders, budgets });
    expect(read('samplers.md')).toBe(page);
    const options = await resolveConfig(`${docs}/samplers.md`);
    expect(await format(page, { ...options, parser: 'markdown' })).toBe(page);
  });

  it('measures the samplers and the solvers that there are; make it anew with scripts/make-samplers.ts', () => {
    expect(quality.samplers.map(({ sampler }) => sampler)).toEqual(samplerList.map(({ name }) => name));
    expect(orders.map(({ solver }) => solver)).toEqual(solverNames);
  });

  it('has the picture of its orders', () => expect(read('images/solver-orders.svg')).toBe(ordersPlot(orders)));
});

describe('measured orders', () => {
  it('are slopes: 3 for errors of 5 / n^3, without error', () => {
    const steps = [10, 20, 40];
    const { measured, standardError } = slopeOf(
      steps,
      steps.map((n) => 5 / n ** 3),
    );
    expect(measured).toBeCloseTo(3, 12);
    expect(standardError).toBeLessThan(1e-7);
  });

  it('have the standard error of a straight line, by hand', () => {
    // log errors 0, -1, -5 at log steps 0, 1, 2: slope -5/2, residuals -1/2, 1, -1/2.
    const { measured, standardError } = slopeOf([1, Math.E, Math.E ** 2], [1, Math.exp(-1), Math.exp(-5)]);
    expect(measured).toBeCloseTo(2.5, 12);
    expect(standardError).toBeCloseTo(Math.sqrt(1.5 / 1 / 2), 12);
  });

  it('are near those of theory', () => {
    // Dormand and Prince's steps are still few where rounding begins, which makes its errors fall faster.
    for (const { solver, theory, measured } of orders)
      expect(Math.abs(measured - theory), solver).toBeLessThan(theory === 5 ? 2 : 0.4);
  });
});
