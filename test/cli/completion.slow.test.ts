/** @file What TAB offers, in the shells that are here. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { netKinds, sdeKinds, ownNetKinds } from '../../src/catalog/kinds.ts';
import { commands } from '../../src/cli/commands/index.ts';
import { shells } from '../../src/cli/shell/completion.ts';
import { describeCommands } from '../../src/cli/shell/described.ts';
import { dataSetNames } from '../../src/run/data-sets.ts';
import { modelNames } from '../../src/run/model-box.ts';
import { newFolder } from '../io/folders.ts';

const cwd = newFolder();
/** Tests in a shell, which are skipped where it is not. */
function inShell(shell: string, tests: () => void): void {
  const has = spawnSync(shell, ['-c', 'true']).status === 0;
  describe.skipIf(!has)(`${shell}${has ? '' : ` (skipped: there is no ${shell})`}`, tests);
}
const scriptOf = (shell: string): string => join(cwd, `completion.${shell}`);

beforeAll(async () => {
  const described = await describeCommands(commands);
  for (const [shell, script] of Object.entries(shells)) writeFileSync(scriptOf(shell), script(described));
  mkdirSync(join(cwd, 'my run'));
});

function lines(shell: string, program: string): readonly string[] {
  const { stdout, stderr, status } = spawnSync(shell, ['-c', program], { cwd, encoding: 'utf8' });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout.split('\n').filter((line) => line !== '');
}

/** What bash offers for the last of the words. */
function inBash(...words: readonly string[]): readonly string[] {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  return lines(
    'bash',
    `source '${scriptOf('bash')}'; COMP_WORDS=(scorefield ${quoted}); COMP_CWORD=${words.length}; _scorefield; printf '%s\\n' "\${COMPREPLY[@]}"`,
  );
}

inShell('bash', () => {
  it('completes commands', () => {
    expect(inBash('sam')).toEqual(['sample', 'samplers']);
    expect(inBash('')).toEqual(expect.arrayContaining(commands.map(([name]) => name)));
  });

  it('completes options', () => {
    expect(inBash('sample', 'emoji', '--cl')).toEqual(['--class', '--classifier']);
    expect(inBash('train', 'emoji', '--res')).toEqual(['--resume']);
    expect(inBash('likelihood', 'emoji', '--dequant')).toEqual(['--dequantisation']);
    expect(inBash('dequantize', 'emoji', '--wi')).toEqual(['--width']);
  });

  it('completes a value after an equals sign, which is a word of its own', () => {
    expect(inBash('sample', 'emoji', '--sampler', '=', 'dpm-solver-2')).toEqual(['dpm-solver-2s', 'dpm-solver-2m']);
    expect(inBash('train', 'emoji', '--sde', '=')).toEqual(sdeKinds);
  });

  it('completes the names of the catalog', () => {
    expect(inBash('sample', 'emoji', '--sampler', 'dp').every((name) => name.startsWith('dpm-solver-'))).toBe(true);
    expect(inBash('sample', 'emoji', '--sampler', 'dp').length).toBeGreaterThan(2);
    expect(inBash('train', 'emoji', '--sde', '')).toEqual(sdeKinds);
    expect(inBash('train', 'emoji', '--net', '')).toEqual([...netKinds, ...ownNetKinds]);
    expect(inBash('train', 'emoji', '--task', 'cl')).toEqual(['classifier']);
    expect(inBash('figure', 'traj')).toEqual(['trajectories']);
  });

  it('completes models, data sets and folders where they are expected', () => {
    expect(inBash('sample', '')).toEqual(expect.arrayContaining([...modelNames(), 'my run']));
    expect(inBash('train', '')).toEqual(expect.arrayContaining([...Object.keys(dataSetNames), 'my run']));
    expect(inBash('sample', 'emoji', '--out', 'my')).toEqual(['my run']);
    expect(inBash('sample', 'emoji', '-n', '')).toEqual([]);
  });
});

/** Writes what zsh adds to its list at each TAB to the file `hits`, and says when the line can be typed. */
const zshHook = `
compadd() {
  if [[ \${@[(r)-[OAD]*]} == '' ]]; then local -a found; builtin compadd -O found "$@"; print -rl -- $found >> hits; fi
  builtin compadd "$@"
}
probe() { print -- '--' >> hits; _main_complete }
zle -C probe complete-word probe
bindkey '^I' probe
zle-line-init() { print '<ready>' }
zle -N zle-line-init
`;

/** What an interactive zsh offers at the end of each line. */
function inZsh(...typed: readonly string[]): readonly (readonly string[])[] {
  writeFileSync(join(cwd, 'hook.zsh'), zshHook);
  rmSync(join(cwd, 'hits'), { force: true });
  const tabs = typed.map((line) => `zpty -w -n session "${line}"$'\\t'$'\\x15'`);
  lines(
    'zsh',
    `zmodload zsh/zpty; zpty session zsh -f -i
zpty -w session 'autoload -U compinit; compinit -u -D; source ./completion.zsh; source ./hook.zsh'
zpty -r session text '*<ready>*'
${tabs.join('\n')}
zpty -w session exit
while zpty -r session text; do :; done`,
  );
  const parts = readFileSync(join(cwd, 'hits'), 'utf8').split(/^--\n/m).slice(1);
  return parts.map((part) => part.split('\n').filter((line) => line !== ''));
}

inShell('zsh', () => {
  it('completes commands, options, names and folders as they are typed', () => {
    const cases: readonly (readonly [string, readonly string[]])[] = [
      ['scorefield sam', ['sample', 'samplers']],
      ['scorefield ', commands.map(([name]) => name)],
      ['scorefield sample emoji --cl', ['--class', '--classifier']],
      ['scorefield dequantize emoji --wi', ['--width']],
      ['scorefield train emoji --sde ', sdeKinds],
      ['scorefield sample emoji --sampler dpm-solver-2', ['dpm-solver-2s', 'dpm-solver-2m']],
      ['scorefield sample emoji --sampler=dpm-solver-2', ['dpm-solver-2s', 'dpm-solver-2m']],
      ['scorefield sample emoji --out m', ['my\\ run']],
      ['scorefield sample emoji -n ', []],
      ['scorefield sample em', ['emoji', 'emoji-64', 'emoji-64-distilled', 'emoji-distilled']],
    ];
    const offered = inZsh(...cases.map(([line]) => line));
    expect(cases.map(([line], i) => [line, offered[i]])).toEqual(cases);
  });
});

inShell('fish', () => {
  const offered = (words: string): readonly string[] =>
    lines('fish', `source '${scriptOf('fish')}'; complete -C '${words}'`).map((line) => line.split('\t')[0] ?? '');

  it('completes commands, options and names', () => {
    expect(offered('scorefield sam')).toEqual(expect.arrayContaining(['sample', 'samplers']));
    expect(offered('scorefield sample emoji --cl')).toEqual(expect.arrayContaining(['--class', '--classifier']));
    expect(offered('scorefield sample emoji --sampler dpm-solver-2')).toContain('dpm-solver-2m');
    expect(offered('scorefield sample emoji --sampler=dpm-solver-2')).toContain('--sampler=dpm-solver-2m');
    expect(offered('scorefield ').toSorted()).toEqual(commands.map(([name]) => name).toSorted());
    expect(offered('scorefield dequantize emoji --wi')).toEqual(['--width']);
    expect(offered('scorefield sample emoji --out m')).toEqual(['my run/']);
    expect(offered('scorefield sample emoji -n ')).toEqual([]);
  });

  it('completes the options of the command alone, where its argument is named as another', () => {
    expect(offered('scorefield train sample --cl')).toEqual([]);
  });
});

describe('zsh and fish', () => {
  it.each(['zsh', 'fish'] as const)('have every command and option in the script of %s', async (shell) => {
    const script = shells[shell]?.(await describeCommands(commands)) ?? '';
    for (const { name, options } of await describeCommands(commands)) {
      expect(script).toContain(name);
      for (const { flag } of options) expect(script).toContain(flag.replace(shell === 'fish' ? /^--?/ : /^/, ''));
    }
    expect(script).toContain('dpm-solver-2m');
  });
});
