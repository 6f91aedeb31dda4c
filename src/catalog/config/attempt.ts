/** @file Building in parts, so that the problems of all parts are reported at once. */
import { ConfigError } from '../../base/errors.ts';

/** Builds a part of a configuration; problems come back with the name of the part before their path. */
export function attemptPart<T>(
  part: string,
  build: () => T,
): { readonly value?: T; readonly issues: ConfigError['issues'] } {
  try {
    return { value: build(), issues: [] };
  } catch (error) {
    if (error instanceof ConfigError)
      return {
        issues: error.issues.map(({ path, message }) => ({ path: path === '' ? part : `${part}.${path}`, message })),
      };
    throw error;
  }
}
