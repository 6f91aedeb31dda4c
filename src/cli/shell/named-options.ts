/** @file Options of things with a name, as their records have them: --guidance-interval of the option `interval` of guidances. */
import { InvalidArgumentError } from 'commander';
import { anyOf } from '../../base/words.ts';
import { optionText } from '../../catalog/option-text.ts';
import type { Named } from '../../catalog/named.ts';
import { optionsOf, type OptionInfo } from '../../catalog/option.ts';
import { option, type OptionSpec, type Parser } from './command.ts';
import { nameAmong } from './parsers.ts';

type Records = readonly (Named & { readonly options: Parameters<typeof optionsOf>[0] })[];

/** The options of all records of a list, each once, under the names `list.option`. */
export function namedOptions<const List extends string>(
  list: List,
  records: Records,
): Readonly<Record<`${List}.${string}`, OptionSpec<unknown>>> {
  const all = records.flatMap(({ name, options }) => optionsOf(options).map((info) => ({ owner: name, info })));
  const first = all.filter(({ info }, i) => all.findIndex((one) => one.info.name === info.name) === i);
  const specs = first.map(({ info }) => {
    const { name } = info;
    const owners = all.filter((one) => one.info.name === name).map(({ owner }) => owner);
    const of = owners.length === records.length ? '' : `of ${anyOf(owners)}: `;
    return [`${list}.${name}`, option(flagsOf(list, info), `${of}${optionText(info)}`, parserOf(info))] as const;
  });
  return Object.fromEntries(specs) as Record<`${List}.${string}`, OptionSpec<unknown>>;
}

/** The values of those options, under the names that they have in the records. */
export function namedValues(list: string, values: object): Readonly<Record<string, unknown>> {
  const own = Object.entries(values).filter(([key, value]) => key.startsWith(`${list}.`) && value !== undefined);
  return Object.fromEntries(own.map(([key, value]) => [key.slice(list.length + 1), value]));
}

function flagsOf(list: string, { name, type, placeholder }: OptionInfo): string {
  const flag = `--${list}-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return type === 'boolean' ? flag : `${flag} <${placeholder ?? 'VALUE'}>`;
}

function parserOf({ type, choices, placeholder = '' }: OptionInfo): Parser<unknown> {
  if (choices !== undefined) return nameAmong(choices.map(String));
  if (type === 'number' || type === 'integer') return numberOf;
  if (type === 'list') return (text) => numbersOf(text, placeholder);
  return (text) => text;
}

/** Numbers joined by commas, as many as the placeholder has where it names them. */
function numbersOf(text: string, placeholder: string): readonly number[] {
  const parts = text.split(',');
  if (placeholder.includes(',') && parts.length !== placeholder.split(',').length)
    throw new InvalidArgumentError(`expected ${placeholder}, numbers joined by a comma`);
  return parts.map(numberOf);
}

function numberOf(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('expected a number');
  return value;
}
