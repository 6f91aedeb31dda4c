/** @file What is said of a value that a schema refuses. */
import * as v from 'valibot';
import { ConfigError } from '../../base/errors.ts';
import { didYouMean } from '../../base/suggest.ts';

/**
 * The value as a schema reads it, with its defaults.
 * @param prefix - what the path of every problem begins with
 * @throws ConfigError listing every unknown key, missing key and bad value with its path.
 */
export function parsed<T>(schema: v.GenericSchema<unknown, T>, value: unknown, prefix = ''): T {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new ConfigError(
    result.issues.map((issue) => ({ path: prefix + shortened(v.getDotPath(issue) ?? ''), message: messageOf(issue) })),
  );
}

function messageOf(issue: v.BaseIssue<unknown>): string {
  if (issue.kind === 'schema' && issue.expected === 'never') return issue.message;
  if (issue.kind === 'schema') {
    // A missing key is reported with its own name as what was expected.
    if (issue.received === 'undefined')
      return issue.type === 'strict_object' ? 'missing' : `missing; expected ${expectedIn(issue)}`;
    return `expected ${expectedIn(issue)}, got ${receivedIn(issue)}${meantIn(issue)}`;
  }
  return issue.type === 'non_empty' ? issue.message : `${issue.message}, got ${receivedIn(issue)}`;
}

function expectedIn({ expected }: v.BaseIssue<unknown>): string {
  if (expected === 'Object') return 'keys with values';
  if (expected === 'Array') return 'a list';
  if (expected === 'number') return 'a number';
  if (expected === 'string') return 'a word';
  if (expected === 'boolean') return 'true or false';
  const names = (expected ?? 'another value').replace(/\(("[^"]*") \| undefined\)/, '$1');
  return names
    .replace(/^\((.*)\)$/, '$1')
    .replaceAll(' | ', ', ')
    .replaceAll('"', '');
}

/** A value of the user as text, not longer than a line. */
function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** Words stand without quotes, unless they would then be taken for a number, for true or false, or for nothing; lists of numbers as one types them. */
function receivedIn({ received, input }: v.BaseIssue<unknown>): string {
  if (Array.isArray(input) && input.length > 0 && input.every((value) => typeof value === 'number'))
    return shortened(input.join(','));
  return shortened(received.replace(/^"(?!(?:true|false|null)"$)([a-z].*)"$/is, '$1'));
}

/** The nearest of the names that were expected in the place of another name. */
function meantIn({ expected, input }: v.BaseIssue<unknown>): string {
  const names = [...(expected ?? '').matchAll(/"([^"]*)"/g)].map(([, name = '']) => name);
  return typeof input === 'string' ? didYouMean(input, names) : '';
}
