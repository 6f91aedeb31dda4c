/** @file What is said of an option that something with a name does not have. */
import type { ConfigIssue } from '../../base/errors.ts';

/** That `owner`, such as 'the sampler heun', does not take an option, and what it takes. */
export function notTaken(owner: string, option: string, known: readonly string[]): ConfigIssue {
  const instead = known.length === 0 ? 'it has no options' : `it takes ${known.join(', ')}`;
  return { path: option, message: `${owner} does not take it; ${instead}` };
}
