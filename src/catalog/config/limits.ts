/** @file Values with limits, of which the keys of a configuration are made. */
import * as v from 'valibot';
import { didYouMean } from '../../base/suggest.ts';

/** A number above 0. */
export const positive = v.pipe(
  v.number(),
  v.finite('expected a finite number'),
  v.gtValue(0, 'expected a positive number'),
);
/** A number of at least 0. */
export const nonNegative = v.pipe(
  v.number(),
  v.finite('expected a finite number'),
  v.minValue(0, 'expected 0 or more'),
);
/** An integer of at least 1. */
export const count = v.pipe(v.number(), v.safeInteger('expected an integer'), v.minValue(1, 'expected at least 1'));
/** An integer of at least 0. */
export const whole = v.pipe(v.number(), v.safeInteger('expected an integer'), v.minValue(0, 'expected 0 or more'));
/** A count with an end: beyond it lies a slip of the pen, and an hour of waiting for memory that is not there. */
export const upTo = (most: number): v.GenericSchema<unknown, number> =>
  v.pipe(count, v.maxValue(most, `expected at most ${most}`));
/** An object of these keys; any other one is answered with their names. */
export const withKeys = <const T extends v.ObjectEntries>(
  entries: T,
): v.StrictObjectSchema<T, (issue: v.StrictObjectIssue) => string> =>
  v.strictObject(entries, ({ expected, input }) => {
    const known = Object.keys(entries).filter((name) => name !== 'kind');
    return expected === 'never'
      ? `unknown key; expected ${known.join(', ')}${didYouMean(String(input), known)}`
      : 'expected keys with values';
  });
/** A number from 0 to 1. */
export const fraction = v.pipe(v.number(), v.minValue(0, 'expected 0 to 1'), v.maxValue(1, 'expected 0 to 1'));
/** A list of up to 16. */
export const several = <T extends v.GenericSchema>(item: T): v.GenericSchema<unknown, v.InferOutput<T>[]> =>
  v.pipe(v.array(item), v.minLength(1, 'expected at least one number'), v.maxLength(16, 'expected at most 16 numbers'));
