/** @file The programs that the studio writes, run with the library: they compute what its panels show. */
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../src/backend/interpreter.ts';
import * as catalog from '../../src/catalog.ts';
import * as data from '../../src/data.ts';
import * as evaluate from '../../src/evaluate.ts';
import * as root from '../../src/index.ts';
import * as sampling from '../../src/sample.ts';
import * as sde from '../../src/sde.ts';
import * as training from '../../src/train.ts';
import { finish } from '../../src/sample/sampler.ts';
import { initialState, type State } from '../../src/studio/state/address.ts';
import { lawOf } from '../../src/studio/state/law.ts';
import { learnProgram } from '../../src/studio/tabs/learn-program.ts';
import { fieldProgram } from '../../src/studio/tabs/programs.ts';
import { chainsProgram, sampleProgram, waysProgram } from '../../src/studio/tabs/sample/programs.ts';
import { chains } from '../../src/studio/work/chains.ts';
import { ways } from '../../src/studio/work/ways.ts';
import { learn } from '../../src/studio/work/learn.ts';
import { learnedScores } from '../../src/studio/work/learned.ts';
import { paths } from '../../src/studio/work/paths.ts';
import { race } from '../../src/studio/work/race.ts';
import { printed } from './printed.ts';
import { exactOf, type Setting } from '../../src/studio/work/setting.ts';

/** The entries of the package by their names; the engine is the interpreter of the library. */
const entries: Readonly<Record<string, object>> = {
  scorefield: root,
  'scorefield/catalog': catalog,
  'scorefield/data': data,
  'scorefield/evaluate': evaluate,
  'scorefield/sample': sampling,
  'scorefield/sde': sde,
  'scorefield/train': training,
  'scorefield/node': { nodeBackend: interpreter },
};

const settingOf = (state: State): Setting => ({ law: lawOf(state), sde: state.sde });
const states: readonly State[] = [
  { ...initialState, n: 250 },
  { ...initialState, n: 250, data: 'eight-gaussians', sde: 'sub-vp', flow: 'ode', seed: 3 },
  { ...initialState, n: 250, data: 'two-moons', sde: 've' },
  { ...initialState, n: 250, data: 'drawn', p: Array.from({ length: 40 }, (_, i) => Math.sin(i)) },
];

describe('the programs of the studio', () => {
  it.each(states)('end with the particles of the tab Field: $data, $sde, $flow', async (state) => {
    const setting = settingOf(state);
    const [[positions]] = (await printed(fieldProgram(state, setting), entries)) as [[Float64Array]];
    let last: Float32Array | undefined;
    const { seed, n, flow, sde: process } = state;
    for await (const { x } of paths(exactOf(setting).score, { sde: process, seed, n, flow })) last = x;
    const worst = positions.reduce((most, value, i) => Math.max(most, Math.abs(value - (last?.[i] ?? NaN))), 0);
    // The page shows them over hypot(alpha, sigma), which is 1 to a thousandth here; numbers of the law have four decimals.
    expect(worst).toBeLessThan(5e-3);
  });

  it('measure the distances of the tab Sample', async () => {
    const state: State = { ...initialState, data: 'eight-gaussians', by: ['ddim', 'pc'], nfe: 12, seed: 5, n: 250 };
    const setting = settingOf(state);
    const lines = await printed(sampleProgram(state, setting, 0), entries);
    for (const [name, , nfe, distance] of lines) {
      const ask = { ...setting, sampler: String(name), nfe: 12, seed: 5, n: 250 };
      const found = await finish(race(exactOf(setting).score, ask));
      expect(nfe).toBe(found.evaluations);
      expect((distance as { readonly value: number }).value).toBeCloseTo(found.distance.value, 3);
    }
    expect(lines).toHaveLength(2);
  });

  it('measure how near the flow comes to where it began', async () => {
    const state: State = { ...initialState, n: 250, seed: 2 };
    const setting = settingOf(state);
    const [[, , apart]] = (await printed(waysProgram(state, setting, 0), entries)) as [[string, string, number]];
    const ask = { ...setting, seed: 2, n: 250, way: 'reverse-ode' } as const;
    const { roundTrip = NaN } = await finish(ways(exactOf(setting).score, ask));
    // Numbers of the law have four decimals.
    expect(Math.abs(apart / roundTrip - 1)).toBeLessThan(0.1);
  });

  it('find the weights that chains end with', async () => {
    const state: State = { ...initialState, n: 250, seed: 2, last: 0.1 };
    const setting = settingOf(state);
    const lines = await printed(chainsProgram(state, setting, 0, 0.1), entries);
    for (const [kind, weights] of lines) {
      const ask = { ...setting, kind: kind as 'langevin', seed: 2, n: 250, first: 1, last: 0.1, step: 0.1 };
      const found = await finish(chains(ask));
      expect((weights as readonly { value: number }[])[0]?.value).toBeCloseTo(found.weights[0]?.found.value ?? NaN, 2);
    }
    expect(lines).toHaveLength(2);
  });

  it('race with the score of a network that they train, as the page does', async () => {
    const state: State = {
      ...initialState,
      data: 'eight-gaussians',
      by: ['ddim'],
      nfe: 8,
      n: 250,
      score: 'both',
      width: 16,
      points: 500,
      batch: 64,
    };
    const setting = settingOf(state);
    const lines = await printed(sampleProgram(state, setting, 20), entries);
    const scores = learnedScores(interpreter());
    const inbox = { take: () => [], arrival: () => Promise.resolve() };
    const ask = { ...setting, ...state, goal: 20 };
    for await (const report of learn(interpreter(), ask, { inbox, keep: scores.put }))
      if (report?.waiting === true) break;
    const found = await finish(race(scores.score, { ...setting, sampler: 'ddim', nfe: 8, seed: state.seed, n: 250 }));
    expect(lines.map(([, of]) => of)).toEqual(['exact', 'learned']);
    expect((lines[1]?.[3] as { value: number }).value).toBeCloseTo(found.distance.value, 3);
    expect((lines[0]?.[3] as { value: number }).value).toBeLessThan(found.distance.value);
  });

  it.each([
    ['many', 'vp'],
    ['one', 'vp'],
    ['none', 'vp'],
    ['many', 'edm'],
  ] as const)('train as the tab Learn does, noise levels: %s, process: %s', async (levels, sde) => {
    const state: State = { ...initialState, width: 16, levels, sde };
    const setting = settingOf(state);
    const steps = 100;
    const lines = await printed(learnProgram(state, setting, steps), entries);
    const inbox = { take: () => [], arrival: () => Promise.resolve() };
    const ask = { ...setting, ...state, goal: steps };
    for await (const report of learn(interpreter(), ask, { inbox, keep: () => undefined })) {
      if (report?.waiting !== true) continue;
      expect(lines.map(([step]) => step)).toEqual([steps]);
      expect(lines[0]?.[1]).toBeCloseTo(report.smoothedLoss, 4);
      break;
    }
  });
});
