/** @file The programs that the studio writes, run with the library: they compute what its panels show. */
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../src/backend/interpreter.ts';
import * as catalog from '../../src/catalog.ts';
import * as data from '../../src/data.ts';
import * as evaluate from '../../src/evaluate.ts';
import * as root from '../../src/index.ts';
import * as sde from '../../src/sde.ts';
import * as training from '../../src/train.ts';
import { finish } from '../../src/sample/sampler.ts';
import { initialState, type State } from '../../src/studio/state/address.ts';
import { lawOf } from '../../src/studio/state/law.ts';
import { fieldProgram, learnProgram, sampleProgram } from '../../src/studio/tabs/programs.ts';
import { learn } from '../../src/studio/work/learn.ts';
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
    const state: State = { ...initialState, data: 'eight-gaussians', by: ['ddim', 'pc'], nfe: 12, seed: 5 };
    const setting = settingOf(state);
    const lines = await printed(sampleProgram(state, setting, 200), entries);
    for (const [name, nfe, distance] of lines) {
      const ask = { ...setting, sampler: String(name), nfe: 12, seed: 5, n: 200 };
      const found = await finish(race(exactOf(setting).score, ask));
      expect(nfe).toBe(found.evaluations);
      expect((distance as { readonly value: number }).value).toBeCloseTo(found.distance.value, 3);
    }
    expect(lines).toHaveLength(2);
  });

  it.each(['many', 'one'] as const)('train as the tab Learn does, noise levels: %s', async (levels) => {
    const state: State = { ...initialState, width: 16, levels };
    const setting = settingOf(state);
    const steps = 100;
    const lines = await printed(learnProgram(state, setting, steps), entries);
    const inbox = { take: () => [], arrival: () => Promise.resolve() };
    const ask = { ...setting, seed: state.seed, width: 16, rate: state.rate, levels, goal: steps };
    for await (const report of learn(interpreter(), ask, { inbox, keep: () => undefined })) {
      if (report?.waiting !== true) continue;
      expect(lines.map(([step]) => step)).toEqual([steps]);
      expect(lines[0]?.[1]).toBeCloseTo(report.smoothedLoss, 4);
      break;
    }
  });
});
