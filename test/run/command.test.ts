import { describe, expect, it } from 'vitest';
import { trainCommandOf } from '../../src/run/command.ts';
import { merge } from '../../src/catalog/config/merge.ts';
import { parseSettings } from '../../src/catalog/config/config-text.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import type { RunConfig } from '../../src/catalog/config/schema.ts';
import type { Plain } from '../../src/catalog/option.ts';

const images = { kind: 'images', height: 28, width: 28 } as const;
const shapes = { images: [1, 28, 28], points: [2] } as const;

/** What `scorefield train` would be asked for by a command, whose words are split as a shell does. */
function askedBy(command: string): Plain {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  const [program, verb, ref, ...rest] = words;
  expect([program, verb]).toEqual(['scorefield', 'train']);
  const paths: Readonly<Record<string, string>> = {
    '--net': 'net.kind',
    '--sde': 'sde.kind',
    '--objective': 'loss.kind',
    '--batch': 'train.batch',
    '--minutes': 'train.minutes',
    '--steps': 'train.steps',
    '--seed': 'train.seed',
    '--init': 'train.init',
    '--limit': 'data.limit',
    '--size': 'data.size',
    '--group': 'data.group',
  };
  const settings: string[] = [];
  let more: Plain = {};
  while (rest.length > 0) {
    const option = rest.shift() ?? '';
    // What a run learns unless it is told depends on the labels, which no configuration has.
    if (option === '--unconditional') continue;
    else if (option === '--conditional') more = merge(more, { net: { classes: 10 } });
    else if (option === '--set') settings.push(rest.shift() ?? '');
    else if (option === '--task') {
      more = merge(more, { net: { kind: rest.shift(), classes: 10 }, loss: { kind: 'cross-entropy' } });
    } else settings.push(`${paths[option] ?? `unknown${option}`}=${rest.shift() ?? ''}`);
  }
  return merge({ data: { ref } }, more, parseSettings(settings));
}

const cases: Readonly<Record<string, readonly ['images' | 'points', Plain]>> = {
  'nothing but data': ['images', {}],
  points: ['points', { train: { steps: 5 } }],
  'a network with options': ['images', { net: { kind: 'ddpmpp', width: 48, multipliers: [1, 2], attention: [7] } }],
  'another process': ['images', { sde: { kind: 'edm', sigmaMax: 40 }, train: { minutes: 30 } }],
  'values that bring others along': ['images', { loss: { weighting: 'likelihood', times: 'importance' } }],
  'a parametrization': ['images', { parametrization: { kind: 'v' }, train: { seed: 7, batch: 32, emaDecay: 0.999 } }],
  'an objective': ['images', { net: { kind: 'score-net' }, sde: { kind: 'ddpm' }, loss: { kind: 'ddpm' } }],
  'first parameters of another': ['images', { net: { width: 16 }, train: { init: './a model' } }],
  classes: ['images', { net: { classes: 10 }, train: { labelDropout: 0.2 } }],
  'a classifier': [
    'images',
    {
      net: { kind: 'classifier', classes: 10, width: 32, stride: 2 },
      loss: { kind: 'cross-entropy' },
      sde: { kind: 've', sigmaMax: 0.1 },
    },
  ],
  'a part of the data': ['images', { data: { ref: 'my pictures', size: 16, limit: 100, group: 'faces', flips: true } }],
};

describe('the command of a configuration', () => {
  it.each(Object.entries(cases))('resolves to it: %s', (_, [kind, asked]) => {
    const set = kind === 'images' ? images : { kind };
    const config = resolveConfig(set, merge({ data: { ref: 'fashion-mnist' } }, asked));
    const command = trainCommandOf(config, { kind, shape: shapes[kind] });
    expect(resolveConfig(set, askedBy(command))).toEqual(config);
  });

  it('contains what the initial parameters would decide, even if it equals the default', () => {
    const config = resolveConfig(images, { data: { ref: 'emoji' }, train: { init: 'elsewhere' } });
    const command = trainCommandOf(config, { kind: 'images', shape: shapes.images });
    for (const word of ['--net ddpmpp', '--sde edm', '--set parametrization.kind=', '--set range=', '--init elsewhere'])
      expect(command).toContain(word);
  });

  it('contains what differs from the defaults and nothing else', () => {
    const config = resolveConfig(images, {
      data: { ref: 'fashion-mnist', folder: '/somewhere' },
      net: { width: 48 },
      train: { minutes: 90, logEvery: 7, keep: 3 },
    });
    expect(trainCommandOf(config, { kind: 'images', shape: [1, 28, 28] })).toBe(
      'scorefield train fashion-mnist --unconditional --set net.width=48 --minutes 90',
    );
  });
});

it('contains nothing of the recipe of waves, whose levels are as many as their length asks for', () => {
  const set = { kind: 'sounds', grid: [8192] } as const;
  const data = { ref: 'spoken', as: 'wave', seconds: 1.024, rate: 8000 };
  const config = resolveConfig(set, { data, net: { classes: 10 }, train: { minutes: 30 } });
  expect(config.net).toMatchObject({ kind: 'ddpmpp', patch: 16, multipliers: [1, 2, 2, 2, 2], attention: [64, 32] });
  expect(trainCommandOf(config, { kind: 'sounds', shape: [1, 8192] })).toBe(
    'scorefield train spoken --conditional --rate 8000 --seconds 1.024 --as wave --minutes 30',
  );
});

it('contains the network of waves of spectrograms where it is not the usual one', () => {
  const set = { kind: 'sounds', grid: [2048], mel: { bands: 40, hop: 64 } } as const;
  const asked = { data: { ref: 'spoken', as: 'wave' }, condition: { kind: 'mel' }, train: { minutes: 4 } };
  const config = resolveConfig(set, asked);
  expect(config.net).toMatchObject({ kind: 'diffwave', width: 32, depth: 10, cycle: 5, patch: 8, bands: 40, hop: 64 });
  expect(config.train).toMatchObject({ optimizer: 'muon', learningRate: 1e-2, decay: 'cosine' });
  const other = resolveConfig(set, { ...asked, net: { kind: 'ddpmpp' } });
  expect(other.net).toMatchObject({ kind: 'ddpmpp', patch: 8, bands: 40, attention: [], known: false });
});

it('contains what a configuration from before the recipe of images does not say', () => {
  const config = resolveConfig(images, { data: { ref: 'emoji' } });
  const unsaid = { timesMean: undefined, timesStd: undefined };
  const train = { ...config.train, decay: undefined, optimizer: undefined };
  const old = { ...config, loss: { ...config.loss, ...unsaid }, train } as RunConfig;
  const command = trainCommandOf(old, { kind: 'images', shape: shapes.images });
  expect(command).toBe(
    'scorefield train emoji --unconditional --set train.decay=none --set train.optimizer=adam --set loss.timesMean=-1.2 --set loss.timesStd=1.2',
  );
});

it('contains the common scale of all columns where that is not the default, and for old files without it', () => {
  const data = { kind: 'points', shape: [2] } as const;
  const config = (ref: string, scale: 'columns' | 'common' | undefined): RunConfig => ({
    ...resolveConfig({ kind: 'points' }, { data: { ref } }),
    scale,
  });
  const told = (ref: string, scale?: 'columns' | 'common'): string => trainCommandOf(config(ref, scale), data);
  expect(told('mine.npy', 'columns')).not.toContain('scale');
  expect(told('mine.npy', 'common')).toContain('--set scale=common');
  expect(told('mine.npy')).toContain('--set scale=common');
  expect(told('two-moons', 'common')).not.toContain('scale');
  expect(told('two-moons')).not.toContain('scale');
});
