/** @file Checks of options that report every problem at once. */
import { ConfigError } from './errors.ts';

/** A condition that an option must meet, the option's name, and what to say where it does not. */
export type Rule = readonly [holds: boolean, path: string, message: string];

/** @throws ConfigError listing every rule that does not hold. */
export function checkOptions(...rules: readonly Rule[]): void {
  const issues = rules.filter(([holds]) => !holds).map(([, path, message]) => ({ path, message }));
  if (issues.length > 0) throw new ConfigError(issues);
}

/** The option is a finite number above zero. */
export function positive(path: string, value: number): Rule {
  return [Number.isFinite(value) && value > 0, path, `expected a positive number, got ${value}`];
}

/** The option is an integer of 1 or more. */
export function positiveInteger(path: string, value: number): Rule {
  return [Number.isSafeInteger(value) && value > 0, path, `expected a positive integer, got ${value}`];
}

/** The option is a finite number above another one. */
export function above(path: string, value: number, [name, bound]: readonly [name: string, bound: number]): Rule {
  return [Number.isFinite(value) && value > bound, path, `expected a number above ${name} = ${bound}, got ${value}`];
}

/** The option is a finite number that is not below another one. */
export function atLeast(path: string, value: number, [name, bound]: readonly [name: string, bound: number]): Rule {
  const message = `expected a number of at least ${name} = ${bound}, got ${value}`;
  return [Number.isFinite(value) && value >= bound, path, message];
}
