/** @file `scorefield completion`: completion of commands, options and names in a shell. */
import { ConfigError } from '../../base/errors.ts';
import { didYouMean } from '../../base/suggest.ts';
import { anyOf } from '../../base/words.ts';
import { argument, command, type CommandEntry, type CommandSpec } from '../shell/command.ts';
import { shells } from '../shell/completion.ts';
import { jsonOption } from '../shell/options.ts';
import { terminal } from '../shell/terminal.ts';

const names = Object.keys(shells);

/** The command that prints the completion of all commands. */
export const completionOf = (commands: readonly CommandEntry[]): CommandSpec =>
  command({
    name: 'completion',
    summary: 'print the completion of a shell',
    description:
      'Print a script that completes commands, options and names in SHELL. To use it, add its line to the file that the shell\n' +
      'reads when it starts (~/.bashrc, ~/.zshrc after compinit, ~/.config/fish/config.fish):\n' +
      '  source <(scorefield completion bash)\n' +
      '  source <(scorefield completion zsh)\n' +
      '  scorefield completion fish | source',
    arguments: { shell: argument('<SHELL>', anyOf(names), () => names) },
    options: jsonOption,
    run: async ({ shell }, { json }) => {
      const scriptOf = new Map(Object.entries(shells)).get(shell);
      if (scriptOf === undefined)
        throw new ConfigError([
          { path: 'shell', message: `expected ${anyOf(names)}, got ${shell}${didYouMean(shell, names)}` },
        ]);
      const { describeCommands } = await import('../shell/described.ts');
      const script = scriptOf(await describeCommands(commands));
      if (json) terminal({ json }).result({ shell, script });
      else process.stdout.write(script);
    },
  });
