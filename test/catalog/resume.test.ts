import { describe, expect, it } from 'vitest';
import type { Plain } from '../../src/catalog/option.ts';
import { resolveConfig, resumeConfig } from '../../src/catalog/config/resolve.ts';
import { images, issuesOf, points } from './sets.ts';

const stored = resolveConfig(points, { data: { ref: 'two-gaussians' }, train: { steps: 100 } });

describe('a run that goes on', () => {
  it('keeps its configuration where nothing, or the same, is asked for', () => {
    expect(resumeConfig(stored, {})).toEqual(stored);
    expect(resumeConfig(stored, { data: { ref: 'two-gaussians', size: undefined }, train: {} })).toEqual(stored);
    expect(resumeConfig(stored, { ...structuredClone(stored) })).toEqual(stored);
    expect(resumeConfig(stored, { sde: { kind: 'vp', betaMax: 20 } })).toEqual(stored);
  });

  it.each(['steps', 'checkpointEvery', 'keep', 'logEvery', 'sampleEvery'])('may change train.%s', (name) => {
    expect(resumeConfig(stored, { train: { [name]: 7 } })).toEqual({
      ...stored,
      train: { ...stored.train, [name]: 7 },
    });
  });

  it('ends by the limit that is asked for last', () => {
    const timed = resumeConfig(stored, { train: { minutes: 7 } });
    expect([timed.train.steps, timed.train.minutes]).toEqual([undefined, 7]);
    expect(timed).toEqual({ ...stored, train: timed.train });
    const counted = resumeConfig(timed, { train: { steps: 9 } });
    expect([counted.train.steps, counted.train.minutes]).toEqual([9, undefined]);
    expect(resumeConfig(timed, {})).toEqual(timed);
  });

  it('may change nothing else: every key of every part is what the run is', async () => {
    const runs = [
      stored,
      resolveConfig(await images(32), {
        data: { ref: 'emoji', size: 32 },
        net: { kind: 'score-net' },
        sde: { kind: 've' },
      }),
      resolveConfig(await images(32), { data: { ref: 'emoji' }, sde: { kind: 'edm' } }),
    ];
    const free = ['steps', 'minutes', 'checkpointEvery', 'keep', 'logEvery', 'sampleEvery'];
    const other = (value: unknown): unknown =>
      typeof value === 'number' ? value * 2 + 1 : typeof value === 'boolean' ? !value : 'another';
    for (const run of runs)
      for (const [part, keys] of Object.entries(run)) {
        if (typeof keys === 'string') {
          expect(issuesOf(() => resumeConfig(run, { [part]: 'another' }))[0]).toMatch(
            new RegExp(`^${part}: this run has`),
          );
          continue;
        }
        for (const [name, value] of Object.entries((keys ?? {}) as Plain)) {
          if (part === 'train' && free.includes(name)) continue;
          const asked = { [part]: { [name]: other(value) } };
          expect(issuesOf(() => resumeConfig(run, asked))).toEqual([
            `${part}.${name}: this run has ${JSON.stringify(value)}, got ${JSON.stringify(other(value))}; start a new run to change it`,
          ]);
        }
      }
  });

  it('reports every contradiction, unknown key and bad value at once', () => {
    const asked = {
      data: { ref: 'emoji' },
      net: { width: 3 },
      sde: { kind: 've', sigmaMax: 3 },
      train: { seed: 4, steps: 0, logEvery: 5 },
      foo: 1,
    };
    expect(issuesOf(() => resumeConfig(stored, asked)).toSorted()).toEqual(
      [
        'data.ref: this run has "two-gaussians", got "emoji"; start a new run to change it',
        'net.width: this run has 128, got 3; start a new run to change it',
        'sde.kind: this run has "vp", got "ve"; start a new run to change it',
        'sde.sigmaMax: unknown key; expected betaMin, betaMax, tMin, tEnd',
        'train.seed: this run has 0, got 4; start a new run to change it',
        'train.steps: expected at least 1, got 0',
        'foo: unknown key; expected task, data, range, scale, condition, latent, net, sde, parametrization, loss, train',
      ].toSorted(),
    );
  });

  it('has no key that it did not have, even where that key is one', () => {
    expect(issuesOf(() => resumeConfig(stored, { sde: { tMin: 0.1 }, data: { limit: 5 } }))).toEqual([
      'sde.tMin: this run has 0.00001, got 0.1; start a new run to change it',
      'data.limit: this run has nothing, got 5; start a new run to change it',
    ]);
  });

  it('takes what a run of an older version left unsaid', () => {
    const { scale, ...old } = resolveConfig({ kind: 'points' }, { data: { ref: 'x.npy' } });
    expect(scale).toBe('columns');
    const asked = { data: { ref: 'x.npy', layout: 'points' }, scale: 'common' };
    expect(resumeConfig(old, asked)).toMatchObject({ data: { layout: 'points' }, scale: 'common' });
    expect(issuesOf(() => resumeConfig(old, { scale: 'columns' }))[0]).toMatch(/^scale: this run has nothing, got/);
    const said = { ...old, data: { ...old.data, layout: 'nhw' as const } };
    expect(issuesOf(() => resumeConfig(said, asked))[0]).toMatch(/^data.layout: this run has "nhw"/);
  });
});
