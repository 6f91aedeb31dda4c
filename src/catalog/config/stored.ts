/** @file Configurations as files store them, those of earlier versions too. */
import { builtIn, type Catalog } from '../catalog.ts';
import { part } from './merge.ts';
import type { Plain } from '../option.ts';
import { parseConfig, type RunConfig } from './schema.ts';

/** The objective of configurations that name none. */
const firstObjective = 'denoising';

/**
 * Reads a configuration that a file contains. Files that were written before tasks had a name have none: the objective says
 * which it is; the first ones have no kind of the loss either.
 * @throws ConfigError as `parseConfig`.
 */
export function readConfig(value: unknown, catalog: Catalog = builtIn): RunConfig {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return parseConfig(value, catalog);
  const stored = value as Plain;
  const loss = 'loss' in stored ? { loss: { kind: firstObjective, ...part(stored, 'loss') } } : {};
  const kind = part(loss, 'loss')['kind'];
  const task = catalog.objectives.find(({ name }) => name === kind)?.task;
  return parseConfig({ ...(task === undefined ? {} : { task }), ...stored, ...loss }, catalog);
}
