/** @file What the options of commands take, and those that commands share. */
import { InvalidArgumentError, Option } from 'commander';
import { devices, type Device } from '../backend/device.ts';
import { layouts } from '../data/layout.ts';

const number = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected a number');
  return value;
};

/** A whole number within a range. */
export const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER): ((text: string) => number) =>
  (text) => {
    const value = number(text);
    const range = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `${least} to ${most}`;
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`expected a whole number of ${range}`);
    return value;
  };

/** A whole number of at least 1. */
export const count = whole(1);

/** A whole number of at least 0. */
export const seed = whole(0);

/** A whole number of 1 to a million. */
export const million = whole(1, 1_000_000);

/** A whole number of samples that are computed together. */
export const batch = whole(1, 65_536);

/** A number above 0. */
export const positive = (text: string): number => {
  const value = number(text);
  if (value <= 0) throw new InvalidArgumentError('expected a number above 0');
  return value;
};

/** Channels of pictures: 1 or 3. */
export const channels = (text: string): number => {
  if (text !== '1' && text !== '3') throw new InvalidArgumentError('expected 1 or 3');
  return Number(text);
};

/** What the axes of an array are. */
export const layout = (): Option =>
  new Option(
    '--layout <L>',
    'of an array, what its axes are: points, nhw, nhwc, nchw, or of one image hwc or chw (default: what its shape says)',
  ).choices(layouts);

/** The path of a file or folder. */
export const path = (text: string): string => {
  if (text === '') throw new InvalidArgumentError('expected a path');
  return text;
};

/** A number of at least 0. */
export const noise = (text: string): number => {
  const value = number(text);
  if (value < 0) throw new InvalidArgumentError('expected a number of at least 0');
  return value;
};

/** Values of an option that is repeated. */
export const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

/** `--threads`, of every command that runs a network. */
export const threads = (): Option =>
  new Option('--threads <T>', 'threads of the engine').argParser(whole(1, 256)).default(2);

/** `--device`, of every command that runs a network. */
export const device = (): Option =>
  new Option('--device <D>', 'where the engine computes: cpu, or on a graphics processor webgpu, cuda, coreml or dml')
    .argParser((text: string): Device => {
      const found = devices.find((name) => name === text);
      if (found === undefined) throw new InvalidArgumentError(`expected ${devices.join(', ')}`);
      return found;
    })
    .default('cpu');

/** `--json`, of every command. */
export const json = (): Option => new Option('--json', 'print one JSON object on stdout and nothing else there');
