/** @file The record of the kind of some data. */
import { kindOf, type DataSet } from '../../data/dataset.ts';
import { affineCodec, type Codec, type Scaler } from '../../data/scaler.ts';
import { builtIn, type Catalog } from '../catalog.ts';
import { find, namesOf } from '../named.ts';
import type { UsualSampler } from '../objectives/objective.ts';
import type { Plain } from '../option.ts';
import type { DataKindRecord } from './data-kind.ts';

/** Data whose kind is known: a set, or what a file says of one. */
export type OfKind = DataSet | { readonly kind: string };

/**
 * The record of the kind of data.
 * @throws ConfigError if the catalog has none of this name.
 */
export function dataKindOf(data: OfKind, { dataKinds }: Pick<Catalog, 'dataKinds'> = builtIn): DataKindRecord {
  return find(dataKinds, 'operations' in data ? kindOf(data).name : data.kind, 'data');
}

/** The kinds of data whose scale is a setting. */
export function kindsScaled({ dataKinds }: Catalog): string {
  return namesOf(dataKinds.filter((one) => one.scaling !== undefined)).join(' and ');
}

/** The sampler of a score unless its loss or its user asks for one: that of the kind of data, else of the process, else pc. */
export function usualSampler(
  { sde }: { readonly sde: { readonly kind: string } },
  kind: string | undefined,
  catalog: Catalog = builtIn,
): UsualSampler {
  const ofKind = kind === undefined ? undefined : dataKindOf({ kind }, catalog).sampler;
  return ofKind ?? find(catalog.processes, sde.kind, 'sde.kind').sampler ?? { sampler: 'pc' };
}

/** A configuration with what files of older versions do not say of data of a kind. */
export function withUnsaid<C extends object>(config: C, data: OfKind): C {
  const { unsaid = {} } = dataKindOf(data);
  const missing = Object.entries(unsaid).filter(([name]) => (config as Plain)[name] === undefined);
  return { ...config, ...Object.fromEntries(missing) };
}

/** The codec of the samples of a model. */
export function codecOf(data: { readonly kind: string; readonly scaler: Scaler }, catalog: Catalog = builtIn): Codec {
  return dataKindOf(data, catalog).codec?.(data.scaler) ?? affineCodec(data.scaler);
}
