/** @file The default of an option that several records take, as help says it. */
import type * as v from 'valibot';
import { InternalError } from '../base/errors.ts';
import type { Named } from './named.ts';
import { optionsOf } from './option.ts';

/** A record with options, such as that of a sampler. */
type WithOptions = Named & { readonly options: v.ObjectEntries };

/**
 * The default of an option: `0.16`, or where records differ each value with their names, `0 for ddim; 1 for dpm-solver-sde`.
 * @throws InternalError if no record takes the option.
 */
export function defaultText(records: readonly WithOptions[], option: string): string {
  const names = new Map<string, string[]>();
  for (const { name, options } of records)
    for (const found of optionsOf(options))
      if (found.name === option) {
        const value = String(found.default);
        names.set(value, [...(names.get(value) ?? []), name]);
      }
  const [first, ...others] = [...names.keys()];
  if (first === undefined) throw new InternalError(`no record takes the option ${option}`);
  if (others.length === 0) return first;
  return [...names].map(([value, of]) => `${value} for ${of.join(', ')}`).join('; ');
}
