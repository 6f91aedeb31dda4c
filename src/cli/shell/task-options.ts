/** @file What the commands of runs of tokens and shapes take of the options that commands of scores have. */
import { checkOptions } from '../../base/check.ts';
import type { Device } from '../../backend/device.ts';

/** Options that some command has for runs of tokens or shapes. */
export interface TaskCommandOptions {
  readonly count?: number | undefined;
  readonly steps?: number | undefined;
  readonly temperature?: number | undefined;
  readonly out?: string | undefined;
  readonly seed?: number | undefined;
  readonly text?: string | undefined;
  readonly data?: string | undefined;
  readonly probes?: number | undefined;
  readonly points?: number | undefined;
  readonly view?: readonly [number, number] | undefined;
  readonly sampler?: string | undefined;
  readonly checkpoint?: number | undefined;
  readonly threads?: number | undefined;
  readonly device?: Device | undefined;
  readonly [other: string]: unknown;
}

/** Options that have a value whether they are given or not, and those of every command. */
const always = [
  'batch',
  'checkpoint',
  'threads',
  'device',
  'json',
  'denoise',
  'data',
  'seed',
  'method',
  'tolerance',
  'dequantizer',
  'probes',
  'count',
  'quantiles',
];

/** @throws ConfigError naming the options that are given and are of scores alone. */
export function refuseOthers(
  [run, what]: readonly [run: string, what: 'tokens' | 'shapes' | 'bridges'],
  options: object,
  taken: readonly string[],
): void {
  const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== false);
  checkOptions(
    ...given
      .filter(([name]) => !always.includes(name) && !taken.includes(name))
      .map(
        ([name]) =>
          [
            false,
            name,
            name === 'class' && what !== 'bridges'
              ? `expected none, as a model of ${what} has learned no classes`
              : what === 'bridges'
                ? `is of other models, ${run} is a bridge`
                : `is of models of other data, ${run} is a model of ${what}`,
          ] as const,
      ),
  );
}
