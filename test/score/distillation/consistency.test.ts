/** @file Consistency distillation and training of linear networks on N(0, 1/4), whose lowest points are known. */
import { describe, expect, it } from 'vitest';
import { key } from '../../../src/base/key.ts';
import { evaluate } from '../../../src/graph/evaluate.ts';
import { graph } from '../../../src/graph/node.ts';
import { constantScope } from '../../../src/nn/network.ts';
import { consistency, type ConsistencyOptions } from '../../../src/score/distillation/consistency.ts';
import {
  doublingLevels,
  easyPairs,
  easyTarget,
  neighboringPairs,
} from '../../../src/score/distillation/consistency-pairs.ts';
import type { Drawn } from '../../../src/score/objectives/objective.ts';
import { edmParametrization } from '../../../src/sde/learning/parametrization.ts';
import { edm } from '../../../src/sde/processes/edm.ts';
import { rectifiedFlow } from '../../../src/sde/processes/rectified-flow.ts';
import { vp } from '../../../src/sde/processes/vp.ts';
import { noiseRatio } from '../../../src/sde/time/noise-ratio.ts';
import { karrasGrid } from '../../../src/sde/time/time-grid.ts';
import { siteOf } from '../site.ts';
import { estimateFactor, lowest, perTime } from './linear.ts';

const sde = edm();
const std = 0.5;
const process = { sde, parametrization: edmParametrization({ sigmaData: std })(sde) };
const exact = {
  net: perTime(process, [1]),
  params: { trained: new Float32Array(1), fixed: new Float32Array() },
  process,
};

function drawn(options: ConsistencyOptions, batch: number): Drawn {
  const made = consistency(process, options).draw(new Float32Array(batch), batch, key(4), 1);
  if (made instanceof Promise) throw new Error('a promise');
  return made;
}

/** Four pairs of x_0 and z that have the moments of the data and the noise. */
const quadrature = (batch: number) =>
  [1, -1].flatMap((a) =>
    [1, -1].map((b) => ({ x0: new Float64Array(batch).fill(std * a), z: new Float64Array(batch).fill(b) })),
  );

describe('discrete consistency training', () => {
  const golden = {
    2: 0.005125,
    3: 0.097658,
    5: 0.233633,
    11: 0.376384,
    18: 0.423038,
    21: 0.433775,
    40: 0.464858,
    41: 0.465706,
  };
  it.each(Object.entries(golden))('with %s levels draws samples of the known deviation', (levels, value) => {
    const count = Number(levels) - 1;
    const options = { pairs: neighboringPairs(sde, { levels: () => count + 1 }) };
    const times = karrasGrid()(sde, count).slice(0, -1);
    const net = perTime(process, times);
    const { feeds, times: seen } = drawn(options, count);
    expect(new Set(seen)).toEqual(new Set(times));
    const all = quadrature(count).map((own) => ({ ...feeds, ...own }));
    let k = times.map(() => 0);
    // A level is right once the one below it is.
    for (let round = 0; round < count; round++)
      k = lowest(consistency(process, options), net, { feeds: all, k, batch: count });
    // Six digits are printed; those of float32 add up over the levels.
    expect(Math.abs(80 * estimateFactor(process, times[0]!, k[0]!) - value)).toBeLessThan(3e-6);
  });

  it('sees one noise at both times', () => {
    const { feeds } = drawn({ pairs: neighboringPairs(sde, { levels: () => 5 }) }, 4);
    const [x, next] = ['noised', 'next'].map((at) => feeds[`${at}.z`]!);
    expect([...x!]).toEqual(karrasGrid()(sde, 4).slice(0, -1).map(Math.fround));
    expect([...next!]).toEqual(karrasGrid()(sde, 4).slice(1).map(Math.fround));
  });
});

describe('consistency distillation', () => {
  /** Root mean square of the loss of the exact map of the flow, A(sigma) = v(tMin) / v(sigma). */
  function errorOf(levels: number, solver: 'ddim' | 'heun'): number {
    const times = karrasGrid()(sde, levels - 1).slice(0, -1);
    const options = { pairs: neighboringPairs(sde, { levels: () => levels }), teacher: exact, solver };
    const v = (t: number): number => Math.hypot(std, sde.sigma(t));
    const gains = times.map((t) => {
      const [zero, one] = [0, 1].map((k) => estimateFactor(process, t, k)) as [number, number];
      return (v(sde.tMin) / v(t) - zero) / (one - zero);
    });
    const net = perTime(process, times);
    const { feeds } = drawn(options, levels - 1);
    const g = graph();
    const scope = constantScope(net, { trained: Float32Array.from(gains), fixed: new Float32Array() }, g);
    const { loss } = consistency(process, options).write(g, net, siteOf(scope, levels - 1));
    const total = quadrature(levels - 1).reduce((sum, own) => sum + evaluate([loss], { ...feeds, ...own })[0]![0]!, 0);
    return Math.sqrt(total / 4);
  }

  it.each([
    ['ddim', 2],
    ['heun', 3],
  ] as const)('the exact map is its fixed point but for the error of a step of %s, of order %d', (solver, order) => {
    const errors = [21, 41, 81].map((levels) => errorOf(levels, solver));
    const found = errors.slice(1).map((error, i) => Math.log2(errors[i]! / error));
    // The order is that of small steps: the second halving is nearer to it.
    expect(Math.abs(found[1]! - order)).toBeLessThan(0.35);
    expect(errors[2]!).toBeLessThan(solver === 'heun' ? 2e-4 : 4e-3);
  });
});

describe('easy consistency tuning', () => {
  it('has the published targets in each stage', () => {
    const stages = [0, 1, 2, 3, 7];
    const golden = {
      0.1: [0, 0, 0.039998, 0.069999, 0.098125],
      0.5: [0, 0, 0.24873, 0.374365, 0.492148],
      1: [0, 0.212117, 0.606059, 0.803029, 0.987689],
      5: [2.366143, 3.683071, 4.341536, 4.670768, 4.979423],
    };
    for (const [t, values] of Object.entries(golden))
      // Six digits are printed.
      values.forEach((value, i) => expect(Math.abs(easyTarget(Number(t), stages[i]!) - value)).toBeLessThan(1e-6));
  });

  it.each([edm(), vp(), rectifiedFlow()])('$kind: pairs draw closer from stage to stage and stay in time', (own) => {
    const pairs = easyPairs(own, { stageSteps: 10, stages: 4 });
    for (const u of [0.01, 0.3, 0.7, 0.999]) {
      const all = [1, 10, 11, 21, 31, 1000].map((n) => pairs(u, n));
      for (const { from, to } of all) {
        expect(from).toBe(all[0]!.from);
        expect(to ?? own.tMin).toBeLessThanOrEqual(from);
      }
      const ends = all.map(({ to }) => to ?? 0);
      expect(ends).toEqual(ends.toSorted((a, b) => a - b));
      expect([ends[0], ends[4]]).toEqual([ends[1], ends[5]]);
    }
  });

  it('begins as the training of a denoiser: targets at the data are the data', () => {
    const options = { pairs: () => ({ from: 2, to: undefined }), huber: 0 };
    const { feeds } = drawn(options, 2);
    const net = perTime(process, [1]);
    const g = graph();
    const scope = constantScope(net, { trained: Float32Array.of(0.3), fixed: new Float32Array() }, g);
    const { losses } = consistency(process, options).write(g, net, siteOf(scope, 2));
    const [x0, z] = [[0.4, -0.2], [1, 2]] as const; // prettier-ignore
    const found = evaluate([losses], { ...feeds, x0, z })[0]!;
    const d = estimateFactor(process, 2, Math.fround(0.3));
    found.forEach((loss, i) => expect(2 * loss).toBeCloseTo(Math.abs(d * (x0[i]! + 2 * z[i]!) - x0[i]!), 5));
  });
});

describe('schedules', () => {
  it('levels double in each stage', () => {
    const levels = doublingLevels({ stageSteps: 50_000 });
    const firsts = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((stage) => levels(50_000 * stage + 1));
    expect(firsts).toEqual([11, 21, 41, 81, 161, 321, 641, 1281, 1281]);
    expect([levels(50_000), levels(50_001)]).toEqual([11, 21]);
  });

  it('the grid of 11 levels is the published one', () => {
    const golden = [
      0.002, 0.01672075, 0.0850872, 0.31828328, 0.96541693, 2.515219, 5.8389476, 12.381576, 24.408342, 45.313734, 80,
    ];
    karrasGrid()(sde, 10)
      .toReversed()
      .forEach((t, i) => expect(Math.abs(noiseRatio(sde, t) / golden[i]! - 1)).toBeLessThan(3e-7));
  });

  it('pairs of the log-normal law are as likely as its mass between their levels', () => {
    const golden = [0.062633, 0.181737, 0.245501, 0.213494, 0.142446, 0.080605, 0.04108, 0.01958, 0.008944, 0.00398];
    const pairs = neighboringPairs(sde, { levels: () => 11, law: 'log-normal' });
    const times = karrasGrid()(sde, 10).toReversed();
    const n = 5000;
    const counts = new Map<number, number>();
    for (let i = 0; i < n; i++) {
      const { from, to } = pairs((i + 0.5) / n, 1);
      const place = times.indexOf(to!);
      expect(times[place + 1]).toBe(from);
      counts.set(place, (counts.get(place) ?? 0) + 1);
    }
    // A share of n evenly spaced quantiles is right to 1 / n.
    golden.forEach((share, i) => expect(Math.abs((counts.get(i) ?? 0) / n - share)).toBeLessThan(1.01 / n));
  });
});
