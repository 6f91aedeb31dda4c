/** @file Commands as typed records: what the options are is written once, and the type of their values follows. */
import { Command, Option } from 'commander';
import { ConfigError } from '../../base/errors.ts';

/** An option of a command, whose value is a T. */
export interface OptionSpec<T> {
  /** As in the help: `--nfe <N>`, `-n <COUNT>`, `--json`, `--no-denoise`. */
  readonly flags: string;
  /** What it does, its unit, and its default where none is printed by itself. */
  readonly help: string;
  /** From the text to the value; texts are taken as they are where it is left out. */
  parse?(text: string, before?: T): T;
  readonly value?: T;
  /** The names that it may be, which the completion of shells offers. */
  readonly names?: readonly string[];
}

/** From the text of an option to its value. */
export interface Parser<T> {
  (text: string): T;
  /** The names that the text may be. */
  readonly names?: readonly string[];
}

/** What an argument is: one text, one that may be left out, or any number of them. */
export type ArgumentText = string | undefined | readonly string[];

/** An argument of a command: `<RUN>`, `[RUN]` where it may be left out, or `[RUN...]` where there may be any number. */
export interface ArgumentSpec<T extends ArgumentText> {
  readonly flags: string;
  readonly help: string;
  readonly takes: T extends string ? 'one' : T extends readonly string[] ? 'any' : 'at most one';
  /** Names that it may be, which the completion of shells offers. */
  readonly names?: Names | undefined;
}

/** Names that take a while to load. */
export type Names = () => Promise<readonly string[]> | readonly string[];

/** The values of options. */
export type Values<O> = { readonly [K in keyof O]: O[K] extends OptionSpec<infer T> ? T : never };
/** The texts of arguments. */
export type ArgumentTexts<A> = { readonly [K in keyof A]: A[K] extends ArgumentSpec<infer T> ? T : never };

/** An option without a default, whose text is taken as it is unless it is parsed. */
export function option(flags: string, help: string): OptionSpec<string | undefined>;
export function option<T>(flags: string, help: string, parse: Parser<T>): OptionSpec<T | undefined>;
export function option<T>(flags: string, help: string, parse?: Parser<T>): OptionSpec<unknown> {
  return { flags, help, ...parsedBy(parse) };
}

function parsedBy<T>(parse: Parser<T> | undefined): Pick<OptionSpec<T>, 'parse' | 'names'> {
  return parse === undefined ? {} : { parse: (text) => parse(text), ...(parse.names && { names: parse.names }) };
}

/** An option with a default, which the help prints. */
export function optionWithDefault<T>(
  flags: string,
  help: string,
  { parse, value }: { readonly parse?: Parser<T>; readonly value: T },
): OptionSpec<T> {
  return { flags, help, ...parsedBy(parse), value };
}

/** An option that is there or not. */
export function flag(flags: string, help: string): OptionSpec<boolean | undefined> {
  return { flags, help };
}

/** An option that may be repeated; the texts in their order. */
export function repeated(flags: string, help: string): OptionSpec<readonly string[] | undefined> {
  return { flags, help, parse: (text, before = []) => [...before, text] };
}

/** An option that may be repeated, each time with one of some names; the names in their order. */
export function repeatedName<T extends string>(
  flags: string,
  help: string,
  parse: Parser<T>,
): OptionSpec<readonly T[] | undefined> {
  const { names } = parse;
  return { flags, help, parse: (text, before = []) => [...before, parse(text)], ...(names && { names }) };
}

/** An argument that must be there. */
export function argument(flags: string, help: string, names?: Names): ArgumentSpec<string> {
  return { flags, help, takes: 'one', names };
}

/** An argument that may be left out. */
export function optionalArgument(flags: string, help: string, names?: Names): ArgumentSpec<string | undefined> {
  return { flags, help, takes: 'at most one', names };
}

/** Any number of arguments, in their order. */
export function severalArguments(flags: string, help: string, names?: Names): ArgumentSpec<readonly string[]> {
  return { flags, help, takes: 'any', names };
}

/** Arguments by the names that they have where the command runs. */
export type ArgumentSpecs = Readonly<
  Record<string, ArgumentSpec<string> | ArgumentSpec<string | undefined> | ArgumentSpec<readonly string[]>>
>;

/** A command of the shell. */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly arguments: ArgumentSpecs;
  readonly options: Readonly<Record<string, OptionSpec<unknown>>>;
  readonly run: (texts: Readonly<Record<string, unknown>>, values: Readonly<Record<string, unknown>>) => Promise<void>;
}

/** A command of the list: its name, its line there, its declaration, and other spellings of its name. */
export type CommandEntry = readonly [
  name: string,
  summary: string,
  load: () => Promise<CommandSpec>,
  aliases: readonly string[],
];

/**
 * A command.
 * @param spec.run - does the work, with the arguments and the options under the names that they have here
 */
export function command<const A extends ArgumentSpecs, const O extends Readonly<Record<string, OptionSpec<unknown>>>>(
  spec: Omit<CommandSpec, 'arguments' | 'options' | 'run'> & {
    readonly arguments: A;
    readonly options: O;
    readonly run: (texts: ArgumentTexts<A>, values: Values<O>) => Promise<void> | void;
  },
): CommandSpec {
  const { run } = spec;
  return {
    ...spec,
    run: async (texts, values) => {
      await run(texts as ArgumentTexts<A>, values as Values<O>);
    },
  };
}

/** The command as commander's, which parses its options and prints its help. */
export function toCommander({ name, summary, description, arguments: texts, options, run }: CommandSpec): Command {
  const made = new Command(name).summary(summary).description(description);
  for (const { flags, help } of Object.values(texts)) made.argument(flags, help);
  const named = Object.entries(options).map(([key, spec]) => [key, optionOf(spec)] as const);
  for (const [, own] of named) made.addOption(own);
  made.action(async (...given: unknown[]) => {
    const parsed = made.opts<Record<string, unknown>>();
    const values = named.map(([key, own]) => [key, parsed[own.attributeName()]] as const);
    const own = Object.keys(texts).map((key, i) => [key, given[i]] as const);
    try {
      await run(Object.fromEntries(own), Object.fromEntries(values));
    } catch (error) {
      throw error instanceof ConfigError ? withFlags(error, new Map(named), texts) : error;
    }
  });
  return made;
}

function optionOf(spec: OptionSpec<unknown>): Option {
  const made = new Option(spec.flags, spec.help);
  if (spec.parse !== undefined) made.argParser((text: string, before: unknown) => spec.parse?.(text, before));
  if (spec.value !== undefined) made.default(spec.value, typed(spec.value));
  return made;
}

/** A default as it would be typed. */
function typed(value: unknown): string {
  if (Array.isArray(value)) return value.map(typed).join(',');
  return String(value);
}

/** The library names options as its functions do; here they have the names that are typed. */
function withFlags(
  error: ConfigError,
  options: ReadonlyMap<string, Option>,
  texts: CommandSpec['arguments'],
): ConfigError {
  const typed = (path: string): string => {
    const own = options.get(path);
    return own?.long ?? own?.short ?? texts[path]?.flags.replace(/[<>[\]]/g, '') ?? path;
  };
  return new ConfigError(error.issues.map(({ path, message }) => ({ path: typed(path), message })));
}
