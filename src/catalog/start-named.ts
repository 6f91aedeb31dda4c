/** @file The fit of a start by its name. */
import { checkOptions } from '../base/check.ts';
import type { Key } from '../base/key.ts';
import type { Tensor } from '../base/tensor.ts';
import type { DataLaw } from '../sample/laws/data-law.ts';
import { builtIn, type Catalog } from './catalog.ts';
import { parsed } from './config/issues.ts';
import { withKeys } from './config/limits.ts';
import { find } from './named.ts';

/** A law of data that is to be fitted to samples `[n, …]`. */
export type Fit = (key: Key, x: Tensor) => DataLaw;

/**
 * The fit of a start by its name, which a value of its first option may follow, as in `mixture:16`.
 * @throws ConfigError if there is none of this name, or the value is none of the option.
 */
export function startNamed(text: string, catalog: Catalog = builtIn): Fit {
  const [name = '', ...rest] = text.split(':');
  const record = find(catalog.starts, name, 'start');
  const [first] = Object.keys(record.options);
  const value = rest.join(':');
  checkOptions([
    rest.length === 0 || first !== undefined,
    'start',
    `${name} takes no value after its name, got ${value}`,
  ]);
  const given = rest.length === 0 ? {} : { [first ?? '']: value.trim() === '' ? value : Number(value) };
  const options = parsed(withKeys(record.options), given);
  return (key, x) => record.fit(key, x, options);
}
