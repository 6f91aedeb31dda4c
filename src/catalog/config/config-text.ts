/** @file Configurations as a user writes them: `--set` and files. It is apart from `resolve.ts` so that browsers do without YAML. */
import { ConfigError } from '../../base/errors.ts';
import { isPlain, merge } from './merge.ts';
import type { Plain } from '../option.ts';
import { readYaml } from './yaml.ts';

/** Names of one setting, such as a.b; no key of a configuration has more than two. */
const mostNames = 8;

function bad(text: string): string {
  const shown = text.length > 80 ? `${text.slice(0, 77)}...` : text;
  return `expected a number, a word, or a list such as [1, 2], got ${shown}`;
}

/**
 * Reads `a.b=value` settings; values are YAML, so numbers, lists and booleans are written as one expects.
 * @throws ConfigError listing every setting without `=` or with a value that does not parse.
 */
export function parseSettings(settings: readonly string[]): Plain {
  const issues: { path: string; message: string }[] = [];
  const layers = settings.map((setting) => {
    const [, path, text] = /^([A-Za-z][\w.]*)=(.*)$/s.exec(setting) ?? [];
    if (path === undefined || text === undefined) {
      issues.push({ path: '--set', message: `expected name.key=value, got ${setting}` });
      return {};
    }
    const read = readYaml(text);
    const names = path.split('.');
    if (read.problem === undefined && names.length <= mostNames)
      return names.reduceRight<unknown>((value, name) => ({ [name]: value }), read.value) as Plain;
    const message = names.length > mostNames ? `expected at most ${mostNames} names with dots between them` : bad(text);
    issues.push({ path: names.slice(0, mostNames).join('.'), message });
    return {};
  });
  if (issues.length > 0) throw new ConfigError(issues);
  return merge(...layers);
}

/**
 * Reads a configuration file, YAML or JSON.
 * @throws ConfigError if it does not parse, with the line, or is no mapping.
 */
export function parseConfigFile(text: string, file: string): Plain {
  const read = readYaml(text);
  if (read.problem !== undefined)
    throw new ConfigError([{ path: file, message: `expected YAML or JSON: ${read.problem}` }]);
  const value = read.value ?? {};
  if (!isPlain(value)) throw new ConfigError([{ path: file, message: 'expected keys with values' }]);
  return value;
}
