/** @file The configuration of a run: its schema and its type, which the records of the catalog make. */
import * as v from 'valibot';
import { builtIn, type Catalog } from '../catalog.ts';
import type { conditions } from '../conditions/index.ts';
import { dataSchema, place, type DataConfig } from './data-config.ts';
import { parsed } from './issues.ts';
import { whole, withKeys } from './limits.ts';
import { namesOf, type Named } from '../named.ts';
import type { networks } from '../networks/index.ts';
import type { objectives } from '../objectives/index.ts';
import { notesOf, optional, optionsOf, required } from '../option.ts';
import type { parametrizations } from '../parametrizations/index.ts';
import type { processes } from '../processes/index.ts';
import { autoencoderTask } from '../tasks/autoencoder.ts';
import type { tasks } from '../tasks/index.ts';
import { trainable } from '../tasks/task.ts';
import { trainSchema, type TrainConfig } from './train-config.ts';

export { parseData, type DataConfig } from './data-config.ts';

/** A record with options: one of the values of a part of the configuration. */
interface Optioned extends Named {
  readonly options: v.ObjectEntries;
}

/** The part of a configuration that chooses one of the records `R`. */
export type ConfigOf<R> = R extends { readonly name: infer Name; readonly options: infer O extends v.ObjectEntries }
  ? { kind: Name } & v.InferOutput<v.StrictObjectSchema<O, undefined>>
  : never;

/** Network part of a configuration. */
export type NetConfig = ConfigOf<(typeof networks)[number]>;
/** Condition part of a configuration. */
export type ConditionConfig = ConfigOf<(typeof conditions)[number]>;
/** SDE part of a configuration. */
export type SdeConfig = ConfigOf<(typeof processes)[number]>;
/** Loss part of a configuration. */
export type LossConfig = ConfigOf<(typeof objectives)[number]>;
/** Latent part of a configuration. */
export interface LatentConfig {
  /** Run or model of the autoencoder. */
  run: string;
  /** Its step. */
  step?: number | undefined;
  /** Its network. */
  net?: NetConfig | undefined;
  /** Folder of pairs of noise and latents, which are learned in place of the latents of the data. */
  pairs?: string | undefined;
}
/** The name of a task. */
export type TaskName = (typeof tasks)[number]['name'];

/** The resolved configuration of a run. Of a catalog of one's own, kinds can have other names than the types say. */
export interface RunConfig {
  /** What is trained. */
  task: TaskName;
  data: DataConfig;
  /** Range of the values that an image model sees. */
  range: 'centered' | 'unit';
  /** How points are scaled: each column by its own deviation, or all by one number, as the toys are, and runs that do not say. */
  scale?: 'columns' | 'common' | undefined;
  /** What the network is conditioned on, if not on classes or nothing. */
  condition?: ConditionConfig | undefined;
  /** The autoencoder whose latents are learned, in place of the data themselves. */
  latent?: LatentConfig | undefined;
  net: NetConfig;
  sde: SdeConfig;
  parametrization: ConfigOf<(typeof parametrizations)[number]>;
  loss: LossConfig;
  train: TrainConfig;
}

/** The entries of a record, whose options take the names of the lists of this catalog. */
function entriesOf({ options }: Optioned, catalog: Catalog): v.ObjectEntries {
  const entries = Object.entries(options).map(([name, entry]) => {
    const { names: list, ...notes } = notesOf(entry);
    const [info] = optionsOf({ [name]: entry });
    if (list === undefined || info === undefined) return [name, entry] as const;
    const declared = info.required ? required : optional;
    return [name, declared(v.picklist(namesOf(catalog[list])), info.help, { ...notes, names: list })] as const;
  });
  return Object.fromEntries(entries);
}

/** One of the records, by its `kind`. */
function oneOf(records: readonly Optioned[], catalog: Catalog): v.GenericSchema<unknown, { kind: string }> {
  const options = records.map((record) => withKeys({ kind: v.literal(record.name), ...entriesOf(record, catalog) }));
  return v.variant('kind', options);
}

function schemaOf(catalog: Catalog): v.GenericSchema<unknown, RunConfig> {
  const sde = v.pipe(
    oneOf(catalog.processes, catalog),
    v.transform(({ kind, ...options }) => {
      const record = catalog.processes.find(({ name }) => name === kind);
      return { kind, ...(record?.complete?.(options) ?? options) };
    }),
  );
  const encoders = catalog.networks.filter(({ task }) => task === autoencoderTask.name);
  return withKeys({
    task: v.picklist(namesOf(trainable(catalog.tasks))),
    data: dataSchema,
    range: v.picklist(['centered', 'unit']),
    scale: v.optional(v.picklist(['columns', 'common'])),
    condition: v.optional(oneOf(catalog.conditions, catalog)),
    latent: v.optional(
      withKeys({
        run: place,
        step: v.optional(whole),
        net: v.optional(oneOf(encoders, catalog)),
        pairs: v.optional(place),
      }),
    ),
    net: oneOf(catalog.networks, catalog),
    sde,
    parametrization: oneOf(catalog.parametrizations, catalog),
    loss: oneOf(catalog.objectives, catalog),
    train: trainSchema,
  }) as unknown as v.GenericSchema<unknown, RunConfig>;
}

/** The schema of a configuration, which says all of its keys. */
export const configSchema = schemaOf(builtIn);

const schemas = new WeakMap([[builtIn, configSchema]]);

/**
 * Checks a whole configuration and fills in defaults.
 * @throws ConfigError listing every unknown key, missing key and bad value with its path.
 */
export function parseConfig(value: unknown, catalog: Catalog = builtIn): RunConfig {
  const schema = schemas.get(catalog) ?? schemaOf(catalog);
  schemas.set(catalog, schema);
  return parsed(schema, value);
}
