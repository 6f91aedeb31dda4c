/** @file Every key of the schema of configurations, found in the schema itself, so that a new key is fuzzed without a word. */
import type * as v from 'valibot';
import { configSchema } from '../../src/catalog/config/schema.ts';

/** A key, with the kinds that it takes to have it. */
export interface SchemaKey {
  /** Such as net.width. */
  readonly path: string;
  /** Of the part of the configuration that the key is in; undefined where it has no kinds. */
  readonly kind: string | undefined;
  readonly schema: v.GenericSchema;
}

type Inner = v.GenericSchema & {
  readonly type: string;
  readonly entries?: Readonly<Record<string, v.GenericSchema>>;
  readonly options?: readonly unknown[];
  readonly wrapped?: v.GenericSchema;
  readonly item?: v.GenericSchema;
  readonly pipe?: readonly unknown[];
  readonly literal?: unknown;
};

/** A schema without what makes it optional, and the first of a pipe. */
export function plain(schema: v.GenericSchema): Inner {
  const inner = schema as Inner;
  if (inner.type === 'optional' && inner.wrapped) return plain(inner.wrapped);
  const [first] = inner.pipe ?? [];
  return first !== undefined && first !== schema ? plain(first as v.GenericSchema) : inner;
}

function keysOf(schema: v.GenericSchema, prefix: string, kind?: string): readonly SchemaKey[] {
  const inner = plain(schema);
  if (inner.type === 'variant')
    return (inner.options as v.GenericSchema[]).flatMap((option) => keysOf(option, prefix, kindOf(option)));
  if (inner.type !== 'strict_object') return [{ path: prefix, kind, schema }];
  return Object.entries(inner.entries ?? {}).flatMap(([name, entry]) =>
    keysOf(entry, prefix === '' ? name : `${prefix}.${name}`, kind),
  );
}

function kindOf(option: v.GenericSchema): string {
  return String(plain(plain(option).entries!['kind']!).literal);
}

/** All keys of all kinds. */
export const schemaKeys: readonly SchemaKey[] = keysOf(configSchema, '');
