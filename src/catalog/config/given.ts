/** @file The options of a part of a configuration. */
import type { Given } from '../option.ts';

/** Only the options that have a value, without the kind. */
export function given<T extends object>(config: T): Given<Omit<T, 'kind'>> {
  const entries = Object.entries(config).filter(([name, value]) => name !== 'kind' && value !== undefined);
  return Object.fromEntries(entries) as Given<Omit<T, 'kind'>>;
}
