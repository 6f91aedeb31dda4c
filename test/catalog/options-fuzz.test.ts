/** @file Options of samplers, methods and tasks with any number: they are built, or refused in sentences. */
import { describe, expect, it } from 'vitest';
import { ConfigError, ShapeError } from '../../src/base/errors.ts';
import { key } from '../../src/base/key.ts';
import { buildPosteriorSampler, inverseList } from '../../src/catalog/posterior-samplers/build-posterior-sampler.ts';
import { buildTask, taskList } from '../../src/catalog/restorations/inverse-tasks.ts';
import { buildSampler, samplerList } from '../../src/catalog/samplers/build-sampler.ts';

const numbers = [-1, -0.5, 0, 1, 1.5, 3, NaN, Infinity, -Infinity, 1e300, 1e-300, -1e300, 2 ** 53, 9e15];

/** Whether it was built; whatever is not a ConfigError passes. */
function builds(build: () => unknown): boolean {
  try {
    build();
    return true;
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof ShapeError)) throw error;
    expect(error.message).not.toMatch(/undefined|\[object|NaN to/);
    return false;
  }
}

/** Numbers that no option of any of them may be: below zero, or none. */
function mayBe(value: number): boolean {
  return value >= 0 && Number.isFinite(value);
}

describe.each(samplerList)('the sampler $name', ({ name }) => {
  const options = ['steps', 'nfe', 'snr', 'eta', 'churn', 'stepSize', 'tolerance', 'temperature'] as const;
  it.each(options)('%s is built with what makes sense alone', (option) => {
    for (const value of numbers)
      if (builds(() => buildSampler(name, { [option]: value })))
        expect(mayBe(value), `${option} = ${value}`).toBe(true);
  });
});

describe.each(inverseList)('the method $name', ({ name, takes }) => {
  it.each(['steps', 'nfe', ...takes])('%s is built with what makes sense alone', (option) => {
    for (const value of numbers)
      if (builds(() => buildPosteriorSampler(name, { [option]: value })))
        expect(mayBe(value), `${option} = ${value}`).toBe(true);
  });
});

describe.each(taskList.filter(({ takes }) => Object.keys(takes).length > 0))('the task $name', ({ name, takes }) => {
  const shape = [1, 8, 8];
  const texts = [
    '',
    'box',
    'half',
    'random:2',
    'random:-1',
    'random:x',
    'motion:',
    'motion:-3',
    'motion:1e9',
    'motion:3:.',
  ];
  it.each(Object.keys(takes))('%s is built with what makes sense alone', (option) => {
    const known = {
      ...(option === 'mask' ? {} : { numbers }),
      ...(['mask', 'blur'].includes(option) ? { texts } : {}),
    };
    for (const value of Object.values(known).flat()) {
      const built = builds(() => buildTask(name, shape, { [option]: value, key: key(1) }));
      if (built && typeof value === 'number') expect(mayBe(value), `${option} = ${value}`).toBe(true);
    }
  });
});
