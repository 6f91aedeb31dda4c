/** @file Options that several commands have, each declared once. */
import { devices, type Device } from '../../backend/device.ts';
import { anyOf } from '../../base/words.ts';
import { layouts } from '../../data/arrays/layout.ts';
import { soundViews } from '../../data/sounds/sound.ts';
import { transformNames } from '../../data/transforms/index.ts';
import { flag, option, optionWithDefault, repeated, type OptionSpec } from './command.ts';
import { batch, channels, count, list, oneOf, path, positive, seed, shard, whole } from './parsers.ts';

/** Of every command. */
export const jsonOption = {
  json: flag('--json', 'print one JSON object on stdout and nothing else there'),
} as const;

/** Of every command that runs a network. */
export const engineOptions = {
  threads: optionWithDefault(
    '--threads <T>',
    'threads of the engine; many samples, and batches of images in training, are divided among them',
    { parse: whole(1, 256), value: 2 },
  ),
  device: optionWithDefault<Device>(
    '--device <D>',
    'where the engine computes: cpu, or on a graphics processor webgpu, cuda, coreml or dml',
    { parse: oneOf(devices), value: 'cpu' },
  ),
} as const;

/** Of every command that reads a run. */
export const checkpointOption = {
  checkpoint: option('--checkpoint <STEP>', 'step of the checkpoint (default: the latest)', seed),
} as const;

/** Of commands whose work can be divided among processes. */
export const shardOption = {
  shard: option(
    '--shard <I/N>',
    'do the I-th of N parts, which `scorefield merge` joins, and write it to --out FILE.npz (default: all of it)',
    shard,
  ),
} as const;

/** Samples that are computed together. */
export const batchOption = (value: number): { readonly batch: OptionSpec<number> } => ({
  batch: optionWithDefault('--batch <B>', 'samples computed together', { parse: batch, value }),
});

/** Of commands that solve the probability flow. */
export const toleranceOption = (value: number): { readonly tolerance: OptionSpec<number> } => ({
  tolerance: optionWithDefault('--tolerance <TOL>', 'relative and absolute tolerance of the solver', {
    parse: positive,
    value,
  }),
});

/** Of commands that read data which may be an array. */
export const layoutOption = {
  layout: option(
    '--layout <L>',
    `of an array, what its axes are: points, or letters, n of samples, c of channels, l of series, h and w of images, d of volumes: ${anyOf(layouts.slice(1))} (default: what its shape says)`,
    oneOf(layouts),
  ),
} as const;

/** Of commands that read data for a run. */
export const runDataOptions = {
  data: optionWithDefault(
    '--data <DATA>',
    'test or train (of the data of the run), or other data of the same shape, read as the run reads its own',
    { value: 'test' },
  ),
  ...layoutOption,
} as const;

/** Which part of a data set is taken, and how its files are read. */
export const dataOptions = {
  size: option(
    '--size <PX>',
    'side of the images in pixels; larger images are averaged down (default: as they are)',
    count,
  ),
  group: option('--group <NAME>', 'of emoji: a group such as faces, hearts or food (default: all)'),
  limit: option(
    '--limit <N>',
    'at most so many samples, the first ones, of sorted data those of its first classes (default: all)',
    count,
  ),
  channels: option(
    '--channels <C>',
    'of a folder of pictures: 1 makes all gray, 3 color (default: what they all are)',
    channels,
  ),
  ...layoutOption,
  categories: option(
    '--categories <A,B>',
    'of a table: columns of categories (default: what is no number or date)',
    list((name) => name),
  ),
  numbers: option(
    '--numbers <A,B>',
    'of a table: columns of numbers (default: those of numbers alone)',
    list((name) => name),
  ),
  omit: option(
    '--omit <A,B>',
    'of a table: columns that are left out (default: none)',
    list((name) => name),
  ),
  transforms: repeated(
    '--transform <A=T>',
    `of a table or an array: transformation of a column or a channel, such as income=log1p, or of an array of all, log1p: ${anyOf(transformNames)}; repeatable (default: quantile-normal, of arrays affine)`,
  ),
  window: option(
    '--window <L>',
    'of a table that is a series, a line for each time: lines of a sample (default: each row is a sample)',
    count,
  ),
  stride: option(
    '--stride <K>',
    'of a series: lines from the begin of a sample to that of the next (default: a quarter of the window)',
    count,
  ),
  time: option('--time <COLUMN>', 'of a series: the column of times (default: the first of dates alone)'),
  names: option(
    '--names <A,B>',
    'of series, fields and volumes: names of the channels, with units in brackets (default: numbers from 1)',
    list((name) => name),
  ),
  periodic: option(
    '--periodic <L>',
    'of series, fields and volumes: letters of the axes whose end is beside their beginning, such as w (default: none)',
    list((name) => name),
  ),
  points: option('--points <N>', 'of shapes: points of a sample (default: 512)', count),
  rate: option('--rate <HZ>', 'of sounds: values of a second (default: as the files have, at most 16000)', count),
  seconds: option(
    '--seconds <S>',
    'of sounds: length of a clip (default: that of the longest files, at most 1)',
    positive,
  ),
  as: option(
    '--as <V>',
    'of sounds: what the network sees, mel for spectrograms or wave for waves (default: mel)',
    oneOf(soundViews),
  ),
  folder: option(
    '--folder <PATH>',
    'folder that is searched before the cache for mnist, fashion-mnist, cifar10 (default: none)',
    path,
  ),
} as const;
