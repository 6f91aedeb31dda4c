/** @file What the declarations of the commands say, for the completion of shells. */
import { dataSetNames } from '../../run/data-sets.ts';
import { modelNames } from '../../run/model-box.ts';
import type { CommandEntry, CommandSpec, Names } from './command.ts';

/** What may follow an option, or stand as an argument. */
export interface Completed {
  readonly names: readonly string[];
  /** Whether it may be a file or a folder. */
  readonly path: boolean;
}

/** An option of a command. */
export interface DescribedOption {
  /** `--nfe`, `-n`. */
  readonly flag: string;
  readonly help: string;
  /** Its value; undefined where it has none. */
  readonly value: Completed | undefined;
}

/** A command. */
export interface DescribedCommand {
  readonly name: string;
  /** Other spellings of the name. */
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly options: readonly DescribedOption[];
  readonly argument: Completed | undefined;
}

/** Every command with its options, from their declarations. */
export function describeCommands(commands: readonly CommandEntry[]): Promise<readonly DescribedCommand[]> {
  return Promise.all(
    commands.map(async ([name, summary, load, aliases]) => {
      const { options, argument } = declared(await load());
      const described = options.map(({ flags, help, names = [] }) => {
        const [flag = '', placeholder] = flags.split(' ');
        return { flag, help, value: placeholder === undefined ? undefined : completed(placeholder, names) };
      });
      return {
        ...{ name, aliases, summary },
        options: [...described, { flag: '--help', help: 'print help', value: undefined }],
        argument: argument && completed(argument.flags, (await argument.names?.()) ?? []),
      };
    }),
  );
}

interface Declared {
  readonly options: readonly { readonly flags: string; readonly help: string; readonly names?: readonly string[] }[];
  /** The first argument. */
  readonly argument: { readonly flags: string; readonly names?: Names | undefined } | undefined;
}

function declared(loaded: CommandSpec): Declared {
  return { options: Object.values(loaded.options), argument: Object.values(loaded.arguments)[0] };
}

/** What completes a placeholder: RUN stands for folders and models, DATA for data sets and paths. */
function completed(placeholder: string, own: readonly string[]): Completed {
  const words = placeholder.replace(/[<>[\]]/g, '').split('|');
  const runs = words.some((word) => /^RUN\d?$/.test(word));
  const sets = words.includes('DATA');
  return {
    names: [...own, ...(runs ? modelNames() : []), ...(sets ? Object.keys(dataSetNames) : [])],
    path: runs || sets || words.some((word) => ['FILE', 'FOLDER', 'PATH', 'LATENTS', 'RUN...'].includes(word)),
  };
}
