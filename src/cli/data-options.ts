/** @file From options of the command line to the data part of a configuration. */
import { resolve } from 'node:path';
import { existsSync } from 'node:fs';
import type { DataConfig } from '../catalog/schema.ts';
import type { Plain } from '../catalog/option.ts';
import type { DataSet } from '../data/dataset.ts';
import type { Layout } from '../data/layout.ts';
import { dataSetNames } from '../data/named.ts';
import { openShown } from './shell/opening.ts';

/** Options that every command with DATA has. */
export interface DataFlags {
  readonly size?: number;
  readonly group?: string;
  readonly limit?: number;
  readonly folder?: string;
  readonly channels?: 1 | 3;
  readonly layout?: Layout;
}

/** The names of these options. */
export const dataOptionNames = ['size', 'group', 'limit', 'folder', 'channels', 'layout'] as const;

/** The data part of what was asked for. A path is stored whole, so that a run can go on from another folder. */
export function dataFrom(ref: string, { size, group, limit, folder, channels, layout }: DataFlags): Plain {
  const path = !Object.hasOwn(dataSetNames, ref) && (existsSync(ref) || /[\\/.]/.test(ref));
  return {
    ref: path ? resolve(ref) : ref,
    size,
    group,
    limit,
    folder: folder === undefined ? undefined : resolve(folder),
    channels,
    layout,
  };
}

/** Opens the data of a configuration. */
export function openData({ ref, ...options }: DataConfig): Promise<DataSet> {
  return openShown(ref, options);
}
