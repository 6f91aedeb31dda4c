/** @file Layers of a configuration over one another. */
import type { Plain } from '../option.ts';

/** Whether a value is an object with keys. */
export function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The part of a value under a key, if it is an object. */
export function part(value: Plain, name: string): Plain {
  const found = value[name];
  return isPlain(found) ? found : {};
}

/** Later layers over earlier ones, key by key; undefined values do not count. */
export function merge(...layers: readonly Plain[]): Plain {
  // A map, since an object takes the name __proto__ for something else.
  const merged = new Map<string, unknown>();
  for (const layer of layers)
    for (const [name, value] of Object.entries(layer)) {
      if (value === undefined) continue;
      const before = merged.get(name);
      merged.set(name, isPlain(value) ? merge(isPlain(before) ? before : {}, value) : value);
    }
  return Object.fromEntries(merged);
}
