/** @file Scripts that complete the commands in bash, zsh and fish. */
import type { Completed, DescribedCommand, DescribedOption } from './described.ts';

/** The script of each shell, from the commands. */
export const shells: Readonly<Record<string, (commands: readonly DescribedCommand[]) => string>> = {
  bash,
  zsh,
  fish,
};

/** A word that the shell takes as it is. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A help text without the default, and without the names that are offered beside it. */
function brief({ help, value }: Pick<DescribedOption, 'help' | 'value'>): string {
  const text = help.replace(/ \(default.*$/s, '').replace(/\s+/g, ' ');
  return value === undefined || value.names.length === 0 ? text : text.replace(/: .*$/, '');
}

/** The name of a command and its other spellings. */
const spellings = ({ name, aliases }: DescribedCommand): readonly string[] => [name, ...aliases];

/** A branch of `case` for each option that has a value, and for each command. */
function cases(
  commands: readonly DescribedCommand[],
  { offer, list }: { offer: (value: Completed) => string; list: (command: DescribedCommand) => string },
): string {
  const values = commands.flatMap((command) =>
    command.options.flatMap(({ flag, value }) => {
      const words = spellings(command).map((name) => `${name}:${flag}`);
      return value ? [`    ${words.join('|')}) ${offer(value)}; return ;;`] : [];
    }),
  );
  const all = commands.map((command) => `    ${spellings(command).join('|')}) ${list(command)} ;;`);
  return [values.join('\n'), '  esac', `  case "$command" in`, all.join('\n'), '  esac'].join('\n');
}

function bash(commands: readonly DescribedCommand[]): string {
  const offer = ({ names, path }: Completed): string =>
    `__scorefield_offer ${path ? 1 : 0} ${names.map(quoted).join(' ')}`;
  const list = ({ options, argument }: DescribedCommand): string =>
    `__scorefield_options ${options.map(({ flag }) => flag).join(' ')} || ${argument ? offer(argument) : ':'}`;
  return `# Completion of scorefield for bash.
__scorefield_offer() {
  local path=$1 name; shift
  for name in "$@"; do [[ $name == "$current"* ]] && COMPREPLY+=("$(printf '%q' "$name")"); done
  if [[ $path == 1 ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen -f -- "$current")
  fi
}
__scorefield_options() {
  [[ $current == -* ]] || return 1
  COMPREPLY=($(compgen -W "$*" -- "$current"))
}
_scorefield() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  if [[ $current == = ]]; then current=''
  elif [[ $before == = ]]; then before=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  if [[ $COMP_CWORD == 1 ]]; then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')} --help --version' -- "$current"))
    return
  fi
  case "$command:$before" in
${cases(commands, { offer, list })}
}
complete -F _scorefield scorefield
`;
}

function zsh(commands: readonly DescribedCommand[]): string {
  const described = (rows: readonly (readonly [string, string])[]): string =>
    rows.map(([name, help]) => quoted(`${name.replaceAll(':', '\\:')}:${help}`)).join(' ');
  const offer = ({ names, path }: Completed): string =>
    [...(names.length > 0 ? [`compadd -- ${names.map(quoted).join(' ')}`] : []), ...(path ? ['_files'] : []), ':'].join(
      '; ',
    );
  const list = ({ options, argument }: DescribedCommand): string =>
    `if [[ $current == -* ]]; then list=(${described(options.map((option) => [option.flag, brief(option)]))}); _describe option list; else ${argument ? offer(argument) : ':'}; fi`;
  return `#compdef scorefield
# Completion of scorefield for zsh.
_scorefield() {
  local -a list
  local current=\${words[CURRENT]} before=\${words[CURRENT-1]} command=\${words[2]}
  if [[ $current == --*=* ]]; then
    before=\${current%%=*} current=\${current#*=}
    compset -P '*='
  fi
  if (( CURRENT == 2 )); then
    list=(${described(commands.map(({ name, summary }) => [name, summary]))})
    _describe command list
    return
  fi
  case "$command:$before" in
${cases(commands, { offer, list })}
}
if [[ $funcstack[1] == _scorefield ]]; then _scorefield "$@"; else compdef _scorefield scorefield; fi
`;
}

function fish(commands: readonly DescribedCommand[]): string {
  const text = (words: string): string => `'${words.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const values = ({ names, path }: Completed): string =>
    `${path ? '-F' : '-f'}${names.length > 0 ? ` -a ${text(names.join(' '))}` : ''}`;
  const lines = commands.flatMap((command) => {
    const { name, summary, options, argument } = command;
    const within = `complete -c scorefield -n '__scorefield_command ${spellings(command).join(' ')}'`;
    return [
      `complete -c scorefield -n '__scorefield_command' -f -a ${name} -d ${text(summary)}`,
      ...(argument ? [`${within} ${values(argument)}`] : []),
      ...options.map((option) => {
        const { flag, value } = option;
        const short = /^-\w$/.test(flag) ? `-s ${flag.slice(1)}` : `-l ${flag.slice(2)}`;
        return `${within} ${short}${value === undefined ? '' : ` -r ${values(value)}`} -d ${text(brief(option))}`;
      }),
    ];
  });
  return `# Completion of scorefield for fish.
# Whether the command is one of these, or there is none yet.
function __scorefield_command
  set -l words (commandline -opc)
  if test (count $words) -lt 2
    test (count $argv) -eq 0
  else
    contains -- $words[2] $argv
  end
end
${lines.join('\n')}
`;
}
