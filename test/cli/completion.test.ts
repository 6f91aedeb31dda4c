/** @file What TAB offers, in the shells that are here. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { netKinds, sdeKinds } from '../../src/catalog/kinds.ts';
import { commands } from '../../src/cli/commands/index.ts';
import { shells } from '../../src/cli/shell/completion.ts';
import { describeCommands } from '../../src/cli/shell/described.ts';
import { dataSetNames } from '../../src/run/data-sets.ts';
import { modelNames } from '../../src/run/model-box.ts';
import { newFolder } from '../io/folders.ts';

const cwd = newFolder();
const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;
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

describe.runIf(has('bash'))('bash', () => {
  it('completes commands', () => {
    expect(inBash('sam')).toEqual(['sample', 'samplers']);
    expect(inBash('')).toEqual(expect.arrayContaining(commands.map(([name]) => name)));
  });

  it('completes options', () => {
    expect(inBash('sample', 'emoji', '--cl')).toEqual(['--class', '--classifier']);
    expect(inBash('train', 'emoji', '--res')).toEqual(['--resume']);
    expect(inBash('likelihood', 'emoji', '--dequant')).toEqual(['--dequantisation']);
  });

  it('completes the names of the catalog', () => {
    expect(inBash('sample', 'emoji', '--sampler', 'dp').every((name) => name.startsWith('dpm-solver-'))).toBe(true);
    expect(inBash('sample', 'emoji', '--sampler', 'dp').length).toBeGreaterThan(2);
    expect(inBash('train', 'emoji', '--sde', '')).toEqual(sdeKinds);
    expect(inBash('train', 'emoji', '--net', '')).toEqual(netKinds);
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

describe.runIf(has('zsh'))('zsh', () => {
  it('takes the script', () => {
    lines('zsh', `autoload -U compinit; compinit -u; source '${scriptOf('zsh')}'; whence -w _scorefield`);
  });
});

describe.runIf(has('fish'))('fish', () => {
  const offered = (words: string): readonly string[] =>
    lines('fish', `source '${scriptOf('fish')}'; complete -C '${words}'`).map((line) => line.split('\t')[0] ?? '');

  it('completes commands, options and names', () => {
    expect(offered('scorefield sam')).toEqual(expect.arrayContaining(['sample', 'samplers']));
    expect(offered('scorefield sample emoji --cl')).toEqual(expect.arrayContaining(['--class', '--classifier']));
    expect(offered('scorefield sample emoji --sampler dpm-solver-2')).toContain('dpm-solver-2m');
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
