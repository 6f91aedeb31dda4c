/** @file Options that commands share, as commander takes them. */
import { Option } from 'commander';
import { devices, type Device } from '../backend/device.ts';
import { layouts } from '../data/layout.ts';
import { oneOf, whole } from './shell/parsers.ts';

/** What the axes of an array are. */
export const layout = (): Option =>
  new Option(
    '--layout <L>',
    'of an array, what its axes are: points, nhw, nhwc, nchw, or of one image hwc or chw (default: what its shape says)',
  ).choices(layouts);

/** Values of an option that is repeated. */
export const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

/** `--threads`, of every command that runs a network. */
export const threads = (): Option =>
  new Option('--threads <T>', 'threads of the engine').argParser(whole(1, 256)).default(2);

/** `--device`, of every command that runs a network. */
export const device = (): Option =>
  new Option('--device <D>', 'where the engine computes: cpu, or on a graphics processor webgpu, cuda, coreml or dml')
    .argParser<Device>(oneOf(devices))
    .default('cpu');

/** `--json`, of every command. */
export const json = (): Option => new Option('--json', 'print one JSON object on stdout and nothing else there');
