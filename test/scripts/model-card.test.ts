import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { format, resolveConfig as prettierConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import {
  bitsOptions,
  cheapest,
  headlinesOf,
  modelCard,
  withoutFolder,
  type Card,
  type Measured,
  type Quality,
} from '../../scripts/model-card.ts';
import { packedModelInfo, type PackedModelInfo } from '../../src/node.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import { modelNames } from '../../src/run/model-box.ts';

const box = resolve(import.meta.dirname, '../../models');
const inForm = async (text: string): Promise<string> => {
  const options = await prettierConfig(join(box, 'README.md'));
  return format(text, { ...options, parser: 'markdown' });
};

const measured = (
  sampler: string,
  evaluations: number,
  [value, standardError]: [number, number],
): Measured<Quality> => ({
  command: `npx scorefield evaluate it --sampler ${sampler} --nfe ${evaluations}`,
  result: {
    extractor: 'eyes',
    distance: 'FD (eyes)',
    extractorFingerprint: '0',
    dimension: 8,
    n: 1000,
    reference: { count: 500, what: 'of the test part of emoji' },
    real: { what: 'of the training part of emoji' },
    frechet: { value, standardError },
    frechetFloor: { value: 0.25, standardError: 0.01 },
    frechetExcess: { value: value - 0.25, standardError },
    energy: { value: 0.1, standardError: 0.01 },
    energyFloor: { value: -0.001, standardError: 0.01 },
    classes: { cats: [0.25, 0.5], dogs: [0.75, 0.5] },
    sampler,
    evaluations,
    seconds: 12.34,
  },
});
const samplers = [
  measured('ddim', 10, [5, 0.2]),
  measured('ddim', 20, [3.3, 0.2]),
  measured('heun', 20, [3.2, 0.2]),
  measured('heun', 50, [3, 0.1]),
];
const config = resolveConfig({ kind: 'images', height: 8, width: 8 }, { data: { ref: 'emoji' }, train: { seed: 3 } });
const info: PackedModelInfo = {
  kind: 'model',
  name: 'it',
  folder: '/models/it',
  bytes: 1_234_567,
  parameters: 600_000,
  sampleShape: [3, 8, 8],
  classes: null,
  config,
  training: {
    step: 12_000,
    seconds: 3700,
    command: 'scorefield train emoji --steps 12000',
    env: { processors: 2, processor: 'a processor' },
  },
  sampling: { sampler: 'heun', nfe: 20 },
  bits: 16,
  rounding: [
    { noiseRatio: 0.01, relative: 0.0012 },
    { noiseRatio: 1, relative: 0.0003 },
  ],
  card: null,
  facts: {},
};
const card: Card = {
  fingerprint: 'f',
  samplers,
  quality: measured('heun', 20, [3.2, 0.2]),
  bits: {
    command: 'npx scorefield likelihood it',
    result: { data: 'emoji', n: 64, method: 'ode', bitsPerDim: 2.7182, standardError: 0.031, evaluations: 100 },
  },
  samples: { command: 'npx scorefield sample it', result: { seconds: 1.5, n: 64 } },
};

describe('the sampler of a model', () => {
  it('has the fewest evaluations within two standard errors of the best, and is the better one of equals', () => {
    expect(cheapest(samplers)).toBe(samplers[2]);
    expect(cheapest(samplers.slice(0, 2))).toBe(samplers[1]);
    expect(cheapest([])).toBeUndefined();
  });
});

describe('a card', () => {
  it('contains all that was measured, each with its command, as prettier formats it', async () => {
    const text = modelCard(info, card);
    for (const part of [
      '600,000 parameters',
      '12,000 steps of 32, seed 3',
      '1 h 1 min on 2 cores (a processor)',
      '1.23 MB in half precision, which changes the output by at most 0.12 %',
      '`heun` with 20 evaluations',
      'npx scorefield train emoji --steps 12000',
      '3.20 ± 0.20',
      'real ones of the training part of emoji',
      '2.718 ± 0.031 bits/dim over 64 samples of emoji',
      '**3.20 ± 0.20 (12.3 s)**',
      'cats, 25.0 % of the samples and 50.0 % of the data',
      ...[card.quality, card.bits, card.samples].map((one) => one?.command ?? 'missing'),
    ])
      expect(text).toContain(part);
    expect(await inForm(text)).toBe(text);
  });

  it('of a classifier contains its accuracy', async () => {
    const accuracy = { n: 200, reference: 'of one half of emoji', accuracy: { value: 0.9, standardError: 0.021 } };
    const of = {
      ...info,
      sampling: null,
      config: { ...config, task: 'classifier' as const, loss: { kind: 'cross-entropy' as const } },
    };
    const text = modelCard(of, {
      fingerprint: 'f',
      accuracy: { command: 'npx scorefield evaluate it', result: accuracy },
    });
    expect(text).toContain('right about 90.0 ± 2.1 % of 200 samples of one half of emoji');
    expect(text).not.toContain('## Quality');
    expect(await inForm(text)).toBe(text);
  });

  const ofLatents: PackedModelInfo = {
    ...info,
    config: {
      ...config,
      data: { ref: '/somewhere/faces' },
      latent: {
        run: '/somewhere/coder',
        net: { kind: 'autoencoder', channels: 2, width: 8, multipliers: [1, 2], patch: 2, blocks: 1 },
      },
    },
    training: {
      step: 12_000,
      seconds: 3700,
      command: 'scorefield train /somewhere/faces --latent /somewhere/coder --steps 12000',
      env: { processors: 2, processor: 'a processor' },
    },
  };

  it('of latents says that its bits are a bound, and no folder', async () => {
    expect(bitsOptions(ofLatents, 'train', '64')).toEqual(['--data', 'train', '--method', 'bound', '-n', '64']);
    expect(bitsOptions(info, 'test', '64')).toEqual(['--data', 'test', '-n', '64']);
    const bits = { ...card.bits!, result: { ...card.bits!.result, data: 'faces', method: 'bound' } };
    const text = modelCard(ofLatents, { ...card, bits });
    for (const part of [
      '[2, 2, 2] of an autoencoder, which is in the file',
      'At most 2.718 ± 0.031 bits/dim over 64 samples of faces, by the bound of the autoencoder',
      'npx scorefield train faces --latent coder --steps 12000',
      'its likelihood is a bound',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('/somewhere');
    expect(await inForm(text)).toBe(text);
    expect(headlinesOf({ ...card, bits })['bits/dim']).toBe('at most 2.718 ± 0.031 bits/dim over 64 samples of faces');
    expect(withoutFolder('{"data":"/somewhere/faces"}', '/somewhere/faces')).toBe('{"data":"faces"}');
  });

  it('of a student of latents says what takes it not', () => {
    const loss = { ...config.loss, kind: 'luhman' } as typeof config.loss;
    const text = modelCard({ ...ofLatents, config: { ...ofLatents.config, loss } }, card);
    expect(text).toContain('it has no likelihood, and `restore` does not take it, as it draws latents');
  });

  it('has a line for each headline', () => {
    expect(headlinesOf(card)).toEqual({
      quality: 'FD (eyes) 3.20 ± 0.20 of 1,000 samples; real ones have 0.250 ± 0.010',
      'bits/dim': '2.718 ± 0.031 bits/dim over 64 samples of emoji',
    });
  });
});

describe.each(modelNames())('the model %s in the box', (name) => {
  const folder = join(box, name);
  const own = packedModelInfo(name, folder);

  it('contains no path of the machine that measured it', () => {
    // Fractions and units have no slash at the start of a word.
    for (const file of ['card.json', 'README.md'])
      expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(/(?:^|[\s"'`=])\/\w+\/|[A-Z]:\\/m);
  });

  it('is small enough, and was measured as it is', () => {
    expect(own.bytes).toBeLessThanOrEqual(5_000_000);
    expect(own.card, 'make its card with scripts/make-model.ts').not.toBeNull();
  });

  it('has the card that its numbers make', () => {
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe(modelCard(own, own.card as Card));
    expect(existsSync(join(folder, 'samples.png'))).toBe(own.config.task === 'score');
  });
});
