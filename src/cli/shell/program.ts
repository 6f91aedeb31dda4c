/** @file The program of all commands, of which only the one that is called has been loaded. */
import { Command } from 'commander';
import { printable } from '../../base/printable.ts';
import { didYouMean } from '../../base/suggest.ts';
import { version } from '../../io/version.ts';
import { commandNamed, commands } from '../commands/index.ts';
import { toCommander } from './command.ts';

/**
 * Runs a command line.
 * @param words - what was typed after `scorefield`
 */
export async function runProgram(words: readonly string[]): Promise<void> {
  const place = words.findIndex((word) => !word.startsWith('-'));
  const called = commandNamed(words[place] ?? '');
  const program = new Command('scorefield')
    .description('Score-based generative modeling: learn the score of data and draw samples from it.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .configureOutput({ outputError: (text, write) => write(problem(text, namesOf(program))) })
    .exitOverride()
    .configureHelp({ sortSubcommands: false, subcommandTerm: (command) => command.name() });
  for (const entry of commands) {
    const [name, summary, load] = entry;
    if (entry !== called) {
      program.addCommand(new Command(name).summary(summary));
      continue;
    }
    const own = toCommander(await load()).copyInheritedSettings(program);
    own.configureOutput({ outputError: (text, write) => write(problem(text, flagsOf(own))) });
    program.addCommand(own.summary(summary));
  }
  // Another spelling of a name stands for the name.
  await program.parseAsync(called === undefined ? words : words.with(place, called[0]), { from: 'user' });
}

function namesOf(program: Command): readonly string[] {
  return [...program.commands.map((command) => command.name()), ...flagsOf(program)];
}

function flagsOf(command: Command): readonly string[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, short }) => long ?? short ?? []);
}

/** What commander says of a mistake as one line in the form of our errors, with the nearest command or option. */
function problem(text: string, known: readonly string[]): string {
  const words = text
    .trim()
    .replace(/^error: /, '')
    .replace('is invalid. ', 'is invalid: ')
    .replaceAll('\n', ' ');
  const [, unknown = ''] = /^unknown (?:option|command) '([^'=]+)/.exec(words) ?? [];
  return `scorefield: ${printable(`${words}${didYouMean(unknown, known)}`)} (see --help)\n`;
}
