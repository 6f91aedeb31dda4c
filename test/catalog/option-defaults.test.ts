import { expect, test } from 'vitest';
import { InternalError } from '../../src/base/errors.ts';
import { defaultText } from '../../src/catalog/option-defaults.ts';
import { samplers } from '../../src/catalog/samplers/index.ts';

test('the default of an option is said once where records agree, and with their names where they do not', () => {
  expect(defaultText(samplers, 'churn')).toBe('0');
  expect(defaultText(samplers, 'tolerance')).toBe('0.05 for gotta-go-fast; 0.0001 for ode; 0.01 for ode-bosh3');
});

test('an option that no record takes is refused', () => {
  expect(() => defaultText(samplers, 'no-such-option')).toThrow(InternalError);
});
