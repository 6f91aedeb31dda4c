/** @file Which sampler a model gets unless one is named. */
import { expect, it } from 'vitest';
import { chooseSampler, type SamplerChoice } from '../../../src/model/samples/sampler-choice.ts';
import type { TrainedModel } from '../../../src/model/trained.ts';

const nameFor = (sampler: string, choice: SamplerChoice): string => {
  const sampling = { sampler, denoise: true, oneLevel: false };
  return chooseSampler({ sampling, data: { kind: 'images', shape: [1, 28, 28] } } as unknown as TrainedModel, choice)
    .name;
};

it('is one of few evaluations for a small budget, in place of predictor and corrector alone', () => {
  expect(nameFor('pc', { nfe: 20 })).toBe('dpm-solver-2m');
  expect(nameFor('pc', { nfe: 199 })).toBe('dpm-solver-2m');
  expect(nameFor('pc', { nfe: 200 })).toBe('pc');
  expect(nameFor('pc', { steps: 20 })).toBe('pc');
  expect(nameFor('pc', {})).toBe('pc');
  expect(nameFor('ancestral', { nfe: 20 })).toBe('ancestral');
});

it('is the one that is asked for, by its name or by a setting that is its own', () => {
  expect(nameFor('pc', { sampler: 'pc', nfe: 20 })).toBe('pc');
  expect(nameFor('pc', { snr: 0.1, nfe: 20 })).toBe('pc');
  expect(nameFor('ancestral', { sampler: 'heun', nfe: 20 })).toBe('heun');
});

it('is no other where the score is known at one noise level alone', () => {
  const sampling = { sampler: 'langevin', denoise: true, oneLevel: true };
  const run = { sampling, data: { kind: 'images', shape: [1, 28, 28] } } as unknown as TrainedModel;
  expect(() => chooseSampler(run, { sampler: 'ode' })).toThrow(/sampler: expected langevin, .* got ode/);
  expect(chooseSampler(run, {}).name).toBe('langevin');
});
