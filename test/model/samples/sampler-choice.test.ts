/** @file Which sampler a model gets unless one is named. */
import { describe, expect, it } from 'vitest';
import { key, split } from '../../../src/base/key.ts';
import type { Tensor } from '../../../src/base/tensor.ts';
import { buildModel } from '../../../src/catalog/build.ts';
import { merge } from '../../../src/catalog/config/merge.ts';
import { resolveConfig } from '../../../src/catalog/config/resolve.ts';
import type { Sampling } from '../../../src/catalog/objectives/objective.ts';
import type { Plain } from '../../../src/catalog/option.ts';
import { samplingWith } from '../../../src/run/from-bytes.ts';
import { chooseSampler, type SamplerChoice } from '../../../src/model/samples/sampler-choice.ts';
import type { TrainedModel } from '../../../src/model/trained.ts';
import { finish } from '../../../src/sample/sampler.ts';
import { edm } from '../../../src/sde/processes/edm.ts';

const images = { data: { kind: 'images', shape: [1, 28, 28] } };

const nameFor = (sampler: string, choice: SamplerChoice): string => {
  const sampling = { sampler, denoise: true, oneLevel: false };
  return chooseSampler({ ...images, sampling } as unknown as TrainedModel, choice).name;
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
  const run = { ...images, sampling } as unknown as TrainedModel;
  expect(() => chooseSampler(run, { sampler: 'ode' })).toThrow(/sampler: expected langevin, .* got ode/);
  expect(chooseSampler(run, {}).name).toBe('langevin');
});

describe('unless anybody asks', () => {
  const samplingFor = (asked: Plain, kind: string): Sampling =>
    buildModel(
      resolveConfig(kind === 'tables' ? { kind } : small, merge({ data: { ref: 'x' } }, asked)),
      kind === 'tables' ? [7] : [3, 8, 8],
      undefined,
      { kind },
    ).sampling;
  const small = { kind: 'images', height: 8, width: 8 } as const;
  const edmRun = { sde: { kind: 'edm' } };

  it('is that of the kind of data, or of the process, or predictor and corrector', () => {
    expect(samplingFor(edmRun, 'images')).toMatchObject({ sampler: 'dpm-solver-2m', nfe: 20 });
    expect(samplingFor({ sde: { kind: 've' } }, 'images').sampler).toBe('pc');
    expect(samplingFor(edmRun, 'tables')).toMatchObject({ sampler: 'heun', steps: 24 });
    expect(samplingFor({ ...edmRun, loss: { kind: 'ddpm' }, sde: { kind: 'ddpm' } }, 'images').sampler).toBe(
      'ancestral',
    );
  });

  it('gives way to the sampler that a model says, with its evaluations', () => {
    const own = samplingWith(samplingFor(edmRun, 'images'), { sampler: 'pc', nfe: 400 });
    expect(chooseSampler({ ...images, sampling: own } as unknown as TrainedModel, {}).name).toBe('pc');
  });
});

const studentOf = (steps: number | undefined, more: object = {}): TrainedModel => {
  const student = { samplers: ['consistency', 'few-step'], steps };
  const sampling = { sampler: 'few-step', steps: steps ?? 2, grid: 'cosine', denoise: false, oneLevel: false, student };
  return { ...images, sampling: { ...sampling, ...more } } as unknown as TrainedModel;
};

describe('under guidance, which takes two evaluations for a score', () => {
  const guided = (model: TrainedModel, choice: SamplerChoice): unknown => chooseSampler(model, choice, 2).name;
  const plain = { sampling: { sampler: 'ddim', denoise: true, oneLevel: false }, ...images };

  it.each([
    [plain, { nfe: 3 }, 'nfe: expected at least 4 evaluations (2 a step and 2 for the last denoising, 2 for each score under guidance), got 3'], // prettier-ignore
    [studentOf(undefined), { nfe: 1 }, 'nfe: expected at least 2 evaluations (2 a step, 2 for each score under guidance), got 1'], // prettier-ignore
    [studentOf(1), { nfe: 1 }, 'nfe: expected 2, the step that the student has learned at 2 evaluations each under guidance, got 1'], // prettier-ignore
    [studentOf(4), { nfe: 4 }, 'nfe: expected 8, the 4 steps that the student has learned at 2 evaluations each under guidance, got 4'], // prettier-ignore
    [studentOf(4), { steps: 2 }, 'steps: expected 4, the steps that the student has learned, got 2'],
  ])('says what it expects in evaluations: %#', (model, choice, message) => {
    expect(() => guided(model as TrainedModel, choice)).toThrow(message);
  });

  it('leaves a student its steps, whether they are asked for in evaluations, in steps, or not at all', async () => {
    for (const [model, choice] of [
      [studentOf(4), { nfe: 8 }],
      [studentOf(4), { steps: 4 }],
      [studentOf(4), {}],
      [studentOf(4, { steps: undefined, nfe: 4 }), {}],
      [studentOf(undefined), { nfe: 9 }],
    ] as const) {
      const { sampler } = chooseSampler(model, choice, 2);
      const score = ({ data, shape }: Tensor): Promise<Tensor> =>
        Promise.resolve({ shape, data: data.map((value) => -value / 6400) });
      const { evals } = await finish(sampler({ sde: edm(), score, shape: [1], keys: split(key(0), 1) }));
      expect(evals, JSON.stringify(choice)).toEqual([4]);
    }
  });
});
