/** @file An option of a named thing: its values, and what help, forms and docs say of it. */
import * as v from 'valibot';

/** A part of a configuration as JSON. */
export type Plain = Readonly<Record<string, unknown>>;

/** The lists of the catalog whose names can be the value of an option. */
export type NameList = 'weightings' | 'times' | 'couplings';

/** What is said of an option besides its values. */
export interface OptionNotes {
  /** The unit of a number, such as 'pixels'. */
  readonly unit?: string;
  /** What to try where numbers stop being finite, such as 'a smaller snr'. */
  readonly remedy?: string;
  /** Values are the names of a list of the catalog. */
  readonly names?: NameList;
  /** What stands for the value in the help of the command line, such as LOW,HIGH. */
  readonly placeholder?: string;
}

type Values<T> = v.GenericSchema<unknown, T>;

function noted<T>(schema: Values<T>, help: string, notes: OptionNotes): Values<T> {
  return v.pipe(schema, v.description(help), v.metadata({ ...notes }));
}

/** An option that has to be given. */
export function required<T>(schema: Values<T>, help: string, notes: OptionNotes = {}): Values<T> {
  return noted(schema, help, notes);
}

/** An option that may be absent; `help` says what that means. */
export function optional<T>(
  schema: Values<T>,
  help: string,
  notes: OptionNotes = {},
): v.OptionalSchema<Values<T>, undefined> {
  return v.optional(noted(schema, help, notes));
}

/** An option with a default. */
export function withDefault<T>(
  schema: Values<T>,
  value: NoInfer<T>,
  help: string,
  notes: OptionNotes = {},
): v.OptionalSchema<Values<T>, T> {
  return v.optional<Values<T>, T>(noted(schema, help, notes), value);
}

/** The values of options, without those that are not given. */
export type Given<T> = { readonly [K in keyof T]: Exclude<T[K], undefined> };

/** The values that a record's `build` gets. */
export type OptionValues<O extends v.ObjectEntries> = Given<v.InferOutput<v.StrictObjectSchema<O, undefined>>>;

/** An option as help, forms and completion need it. */
export interface OptionInfo extends Pick<OptionNotes, 'unit' | 'remedy' | 'placeholder'> {
  readonly name: string;
  readonly help: string;
  readonly type: 'number' | 'integer' | 'boolean' | 'text' | 'choice' | 'list' | 'other';
  readonly required: boolean;
  readonly default?: unknown;
  /** The values of a choice. */
  readonly choices?: readonly (string | number)[];
  /** Limits of a number, which are allowed themselves. */
  readonly least?: number;
  readonly most?: number;
  /** Limits of a number, which are not allowed themselves. */
  readonly above?: number;
  readonly below?: number;
}

/** All options of a record, in its order. */
export function optionsOf(entries: v.ObjectEntries): readonly OptionInfo[] {
  return Object.entries(entries).map(([name, entry]) => optionInfo(name, entry as Inner));
}

/** What of valibot's schemas is read here. */
interface Inner {
  readonly kind: string;
  readonly type: string;
  readonly wrapped?: Inner;
  readonly default?: unknown;
  readonly pipe?: readonly Inner[];
  readonly options?: readonly (string | number)[];
  readonly requirement?: number;
  readonly description?: string;
  readonly metadata?: OptionNotes;
}

/** The notes of an option. */
export function notesOf(entry: unknown): OptionNotes {
  const schema = entry as Inner;
  return partsOf(schema.wrapped ?? schema).find(({ type }) => type === 'metadata')?.metadata ?? {};
}

/** A schema and all that its pipe does, those of the schemas in the pipe first. */
function partsOf(schema: Inner): readonly Inner[] {
  const [first, ...rest] = schema.pipe ?? [];
  if (first === undefined) return [schema];
  return [...(first === schema ? [schema] : partsOf({ ...first })), ...rest];
}

const limits: Readonly<Record<string, 'least' | 'most' | 'above' | 'below'>> = {
  min_value: 'least',
  max_value: 'most',
  gt_value: 'above',
  lt_value: 'below',
};

function optionInfo(name: string, entry: Inner): OptionInfo {
  const isOptional = entry.type === 'optional';
  const parts = partsOf(isOptional && entry.wrapped ? entry.wrapped : entry);
  const { unit, remedy, placeholder } = notesOf(entry);
  const choices = parts.find(({ type }) => type === 'picklist')?.options;
  const ranges = parts.flatMap(({ type, requirement }) => {
    const limit = limits[type];
    return limit === undefined ? [] : [[limit, requirement] as const];
  });
  return {
    name,
    help: parts.find(({ type }) => type === 'description')?.description ?? '',
    type: typeOf(parts),
    required: !isOptional,
    ...(entry.default === undefined ? {} : { default: entry.default }),
    ...(unit === undefined ? {} : { unit }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(placeholder === undefined ? {} : { placeholder }),
    ...(choices === undefined ? {} : { choices }),
    ...Object.fromEntries(ranges),
  };
}

function typeOf(parts: readonly Inner[]): OptionInfo['type'] {
  const has = (type: string): boolean => parts.some((part) => part.type === type);
  if (has('picklist')) return 'choice';
  if (has('array') || has('strict_tuple')) return 'list';
  if (has('number')) return has('safe_integer') ? 'integer' : 'number';
  if (has('boolean')) return 'boolean';
  return has('string') ? 'text' : 'other';
}
