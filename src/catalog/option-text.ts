/** @file What an option is, in a line, for help and listings; nothing of the catalog is loaded for it. */
import type { OptionInfo } from './option.ts';

/** What an option is, in a line: its meaning, its unit, its values and its default. */
export function optionText(option: OptionInfo): string {
  const { help, unit, choices, required, default: value } = option;
  const parts = [
    ...(unit === undefined ? [] : [`unit: ${unit}`]),
    ...(choices === undefined ? [] : [`one of ${choices.join(', ')}`]),
    ...rangeOf(option),
    ...(required || value === undefined ? [] : [`default: ${valueText(value)}`]),
  ];
  return parts.length === 0 ? help : `${help} (${parts.join('; ')})`;
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function rangeOf({ least, most, above, below }: OptionInfo): readonly string[] {
  const low = above === undefined ? least !== undefined && `at least ${least}` : `above ${above}`;
  const high = below === undefined ? most !== undefined && `at most ${most}` : `below ${below}`;
  const words = [low, high].filter((word) => word !== false);
  return words.length === 0 ? [] : [words.join(', ')];
}
