import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { describe as described } from '../../src/catalog/describe.ts';
import { gridNames } from '../../src/catalog/grids.ts';
import { lossKinds, netKinds, sdeKinds, taskKinds } from '../../src/catalog/kinds.ts';
import { commands as index } from '../../src/cli/commands/index.ts';
import { newFolder } from '../io/folders.ts';
import { inPairs, oneAfterAnother, scorefield, type Ended } from './scorefield.ts';
import { onUnix, unix } from '../platform.ts';

const cwd = newFolder();

/** The options of samplers, and all of the defaults that each has. */
const optionNames = [...new Set(described().samplers.flatMap(({ options }) => options.map(({ name }) => name)))].map(
  (name) => {
    const all = described().samplers.flatMap(({ options }) => options.filter((option) => option.name === name));
    return [name, [...new Set(all.map((option) => option.default as number))]] as const;
  },
);

const commands = [
  'train',
  'distill',
  'bridge',
  'sample',
  'likelihood',
  'dequantise',
  'launch',
  'merge',
  'compose',
  'stages',
  'encode',
  'decode',
  'interpolate',
  'restore',
  'forecast',
  'evaluate',
  'diagnose',
  'report',
  'tune',
  'average',
  'pack',
  'models',
  'export',
  'import',
  'samplers',
  'info',
  'data',
  'profile',
  'figure',
  'studio',
  'completion',
];

/** What each command promises. */
const promised: Readonly<Record<string, readonly string[]>> = {
  train:
    '--out --net --sde --task --conditional --batch --minutes --steps --seed --resume --init --config --set --threads --device --json --size --group --limit --folder --channels'.split(
      ' ',
    ),
  distill:
    '--out --method --nfe --first --pairs --teacher-nfe --guidance --minutes --steps --batch --seed --resume --set --threads --device --json'.split(
      ' ',
    ),
  bridge:
    '--out --method --epsilon --rounds --first --components --chain --pairs --from --to --network --steps --batch --seed --resume --set --size --limit --channels --layout --threads --device --json'.split(
      ' ',
    ),
  sample:
    '-n --class --guidance --classifier --sampler --steps --nfe --grid --eta --churn --step-size --seed --out --checkpoint --snr --tolerance --temperature --no-denoise --batch --threads --device --json'.split(
      ' ',
    ),
  likelihood:
    '--data -n --given-class --method --dequantisation --probes --tolerance --ladder --terms --steps --variance --seed --out --checkpoint --batch --threads --device --json'.split(
      ' ',
    ),
  dequantise:
    '--steps --minutes --batch --layers --width --learning-rate --seed --checkpoint --threads --device --json'.split(
      ' ',
    ),
  launch: '--parts --at-once --program --image --claim --json'.split(' '),
  merge: ['--out', '--json'],
  compose:
    '--as --weights --class --text --correct --corrections --step-size --steps -n --seed --out --batch --threads --device --json'.split(
      ' ',
    ),
  stages: '--until --detail --class --sampler --steps --snr -n --seed --out --batch --threads --device --json'.split(
    ' ',
  ),
  encode: '--data -n --seed --out --tolerance --checkpoint --batch --shard --threads --device --json'.split(' '),
  decode: '--temperature --out --tolerance --checkpoint --batch --threads --device --json'.split(' '),
  interpolate:
    '--data --from --to --steps --seed --out --tolerance --checkpoint --batch --threads --device --json'.split(' '),
  restore:
    '--list --task --image --data --index --measured --mask --factor --blur --rate --acceleration --angles --noise --method --steps --grid --set -n --seed --out --checkpoint --batch --threads --device --json'.split(
      ' ',
    ),
  export: ['--out', '--torch', '--checkpoint', '--json'],
  import: ['--out', '--json'],
  average: ['--ema', '--json'],
  diagnose:
    '-n --data --layout --levels --points --given-class --noise-scale --seed --out --checkpoint --threads --device --json'.split(
      ' ',
    ),
  forecast:
    '--history --time --horizon --test --windows --quantiles -n --steps --seed --out --checkpoint --threads --device --json'.split(
      ' ',
    ),
  evaluate:
    '--data -n --extractor --metrics --memorization --sheet --self --sampler --nfe --steps --grid --seed --checkpoint --batch --threads --device --json'.split(
      ' ',
    ),
  report: '--out -n --held-out --seed --checkpoint --threads --device --json'.split(' '),
  pack: '--out --checkpoint --sampler --nfe --grid --max-megabytes --threads --json'.split(' '),
  models: ['--json'],
  samplers: ['--json'],
  info: '--json --data --size --group --limit --folder --channels'.split(' '),
  data: '--out -n --list --json --size --group --limit --folder --channels'.split(' '),
  tune: '--nfe --sampler --class --guidance -n --trials --evaluate --seed --write --out --checkpoint --threads --device --json'.split(
    ' ',
  ),
  profile: '--train --sample --size --batch --repeats --without --threads --device --json'.split(' '),
  studio: '--port --json'.split(' '),
  figure: '--list --out --run --seed --threads --device --json'.split(' '),
  completion: ['--json'],
};

/** Options of a help text: flag, placeholder of the value, description. */
function optionsOf(help: string): { flag: string; value: string | undefined; text: string }[] {
  const section = help.split('\nOptions:\n')[1]?.split('\n\n')[0] ?? '';
  const entries = section.split(/\n(?= {2}\S)/).map((entry) => entry.trim().replaceAll(/\s+/g, ' '));
  return entries.map((entry) => {
    const [, flag = '', value, text = ''] = /^(?:-h, )?(--?[\w-]+)(?: <([^>]+)>)? (.*)$/.exec(entry) ?? [];
    return { flag, value, text };
  });
}

let help: Readonly<Record<string, Ended>>;
beforeAll(async () => {
  const pages = await oneAfterAnother(
    commands.map((name) => [name, '--help']),
    { cwd },
  );
  help = Object.fromEntries(commands.map((name, i) => [name, pages[i]!]));
}, 60_000);

describe('scorefield --help', () => {
  it('names every command, and --version is that of the package', { timeout: 60_000 }, async () => {
    const [page, version] = await inPairs(['--help', '--version'], (flag) => scorefield([flag], { cwd }));
    expect(page).toMatchObject({ code: 0, err: '' });
    const listed = [...page!.out.matchAll(/^ {2}([a-z]+) .*\S$/gm)].map(([, name]) => name);
    expect(listed).toEqual(commands);
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(version).toMatchObject({ code: 0, out: `${manifest.version}\n`, err: '' });
  });
});

describe.each(commands)('scorefield %s --help', (name) => {
  it('goes to stdout with exit code 0', () => {
    expect(help[name]).toMatchObject({ code: 0, err: '' });
    expect(help[name]!.out).toMatch(new RegExp(`^Usage: scorefield ${name} \\[options\\]`));
  });

  it('has every option, each with what it is, and a default where it takes a value', () => {
    const options = optionsOf(help[name]!.out);
    expect(options.map(({ flag }) => flag)).toEqual(expect.arrayContaining([...promised[name]!, '--help']));
    for (const { flag, value, text } of options) {
      expect(text.length, flag).toBeGreaterThan(5);
      if (value !== undefined) expect(text, flag).toMatch(/\(default/);
      expect(text, flag).not.toMatch(/undefined|NaN|\[object/);
    }
  });
});

describe('names in help texts', () => {
  it.each([
    ['train', '--net', netKinds],
    ['train', '--sde', sdeKinds],
    ['train', '--objective', lossKinds],
    ['train', '--task', taskKinds],
    ['sample', '--sampler', described().samplers.map((sampler) => sampler.name)],
    ['sample', '--grid', gridNames],
    ['restore', '--grid', gridNames],
  ] as const)('are all of the catalog: %s %s', (command, flag, names) => {
    const { text = '' } = optionsOf(help[command]!.out).find((option) => option.flag === flag) ?? {};
    for (const name of names) expect(text.match(/[\w-]+/g)).toContain(name);
  });

  it.each(optionNames)('of an option that samplers take have its default: --%s', (name, defaults) => {
    const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const { text = '' } = optionsOf(help['sample']!.out).find((option) => option.flag === flag) ?? {};
    const numbers = (text.match(/\d[\d.]*(?:e-\d+)?/g) ?? []).map(Number);
    for (const value of defaults) expect(numbers, flag).toContain(value);
  });
});

describe('defaults', () => {
  it.each(described().restorations.flatMap(({ options }) => options.map((option) => [option.name, option] as const)))(
    'of an option of a restoration are those of its record: --%s',
    (name, option) => {
      const { text = '' } = optionsOf(help['restore']!.out).find(({ flag }) => flag === `--${name}`) ?? {};
      expect(text).toContain(`(default: ${String(option.default)})`);
    },
  );

  it('are written in no help text of these commands as a number', () => {
    for (const name of ['sample', 'restore', 'dequantise']) {
      const source = readFileSync(new URL(`../../src/cli/commands/${name}.ts`, import.meta.url), 'utf8');
      const written = [...source.matchAll(/\(default: \d[\d.e-]*/g)].map(([found]) => found);
      expect(written).toEqual(name === 'restore' ? ['(default: 0'] : []);
    }
  });
});

describe('the list of commands', () => {
  it.each(index)('has the name and the summary that %s declares', async (name, summary, load) => {
    const declared = await load();
    if (declared instanceof Command) expect([declared.name(), declared.summary()]).toEqual([name, expect.any(String)]);
    else expect([declared.name, declared.summary]).toEqual([name, summary]);
  });

  it('accepts other spellings, and suggests the nearest name for an unknown one', async () => {
    const [dequantize, command, option, value, shell] = await oneAfterAnother(
      [
        ['dequantize', '--help'],
        ['smaple', 'run'],
        ['sample', 'run', '--smapler=heun'],
        ['sample', 'run', '--device', 'weebgpu'],
        ['completion', 'bahs'],
      ],
      { cwd },
    );
    expect(dequantize?.out).toMatch(/^Usage: scorefield dequantise/);
    expect(command?.err).toBe("scorefield: unknown command 'smaple'; did you mean sample? (see --help)\n");
    expect(option?.err).toBe("scorefield: unknown option '--smapler=heun'; did you mean --sampler? (see --help)\n");
    expect(value?.err).toMatch(/ is invalid: expected cpu, .*; did you mean webgpu\? \(see --help\)\n$/);
    expect(shell?.err).toBe('scorefield: SHELL: expected bash, zsh or fish, got bahs; did you mean bash?\n');
    expect([command, option, value, shell].map((ended) => ended?.code)).toEqual([2, 2, 2, 2]);
  });
});

describe('the first line of the command', () => {
  it.skipIf(!unix)(`starts Node with garbage collected at once${onUnix}`, () => {
    const [first = ''] = readFileSync(new URL('../../src/cli/main.ts', import.meta.url), 'utf8').split('\n');
    const script = join(newFolder(), 'flags.mjs');
    writeFileSync(script, `${first}\nconsole.log(process.execArgv.join(' '));\n`);
    chmodSync(script, 0o755);
    expect(execFileSync(script, { encoding: 'utf8' })).toBe('--no-incremental-marking\n');
  });
});

describe('units', () => {
  it.each([
    ['train', '--size', 'pixels'],
    ['train', '--minutes', 'minutes'],
    ['train', '--batch', 'samples'],
    ['train', '--steps', 'steps'],
    ['train', '--limit', 'samples'],
    ['sample', '-n', 'samples'],
    ['sample', '--batch', 'samples'],
    ['sample', '--snr', 'ratio'],
    ['data', '--size', 'pixels'],
  ])('of %s %s are %s', (name, flag, unit) => {
    expect(optionsOf(help[name]!.out).find((option) => option.flag === flag)!.text).toContain(unit);
  });
});
