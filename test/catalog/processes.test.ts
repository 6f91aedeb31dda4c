/** @file What the names of processes, parametrizations and weightings build. */
import { describe, expect, it } from 'vitest';
import { builtIn } from '../../src/catalog/catalog.ts';
import { probit } from '../../src/base/probit.ts';
import { key } from '../../src/base/key.ts';
import { buildModel, buildTraining } from '../../src/catalog/build.ts';
import type { Plain } from '../../src/catalog/option.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import { cosineVp } from '../../src/sde/processes/cosine-vp.ts';
import { ddpm } from '../../src/sde/processes/ddpm.ts';
import { cosineBetas, linearBetas, quadraticBetas, smldSigmas } from '../../src/sde/processes/discrete.ts';
import { linearVe } from '../../src/sde/processes/linear-ve.ts';
import { dataPrediction, velocity, vPrediction } from '../../src/sde/learning/parametrization.ts';
import { rectifiedFlow } from '../../src/sde/processes/rectified-flow.ts';
import type { Sde } from '../../src/sde/sde.ts';
import { smld } from '../../src/sde/processes/smld.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { wavegrad } from '../../src/sde/processes/wavegrad.ts';
import { netKinds } from '../../src/catalog/kinds.ts';
import { parametrizationKinds, sdeKinds } from '../../src/catalog/kinds.ts';
import { isOfPoints, isOfSeries, issuesOf, points } from './sets.ts';
import { drawOf } from '../score/site.ts';

const data = { ref: 'some data' };
const sdeOf = (sde: Plain): Sde => buildModel(resolveConfig(points, { data, sde }), [2]).process.sde;

describe('every name is that of the object that it builds, since messages give it', () => {
  it.each(sdeKinds)('the process %s', (kind) => expect(sdeOf({ kind }).kind).toBe(kind));

  it.each(parametrizationKinds)('the parametrization %s', (kind) => {
    const config = resolveConfig(points, { data, parametrization: { kind } });
    expect(buildModel(config, [2]).process.parametrization.kind).toBe(kind);
  });

  it.each(netKinds)('the network %s', (kind) => {
    const [name, shape] = isOfPoints(kind)
      ? (['points', [2]] as const)
      : isOfSeries(kind)
        ? (['arrays', [1, 8]] as const)
        : (['images', [1, 8, 8]] as const);
    const set = { kind: name, ...(isOfSeries(kind) ? {} : { height: 8, width: 8 }) };
    const small = kind === 'score-net' ? { channels: [8, 8], features: 8 } : {};
    const config = resolveConfig(set, { data, net: { kind, ...small } });
    expect(buildModel(config, shape).net.kind).toBe(kind);
  });
});

const processes: readonly (readonly [Plain, Sde])[] = [
  [{ kind: 'linear-ve' }, linearVe()],
  [{ kind: 'linear-ve', sigmaMax: 7, tMin: 1e-3 }, linearVe({ sigmaMax: 7, tMin: 1e-3 })],
  [{ kind: 'cosine-vp' }, cosineVp()],
  [{ kind: 'cosine-vp', offset: 0.1, tMax: 0.9, tEnd: 0.01 }, cosineVp({ offset: 0.1, tMax: 0.9, tEnd: 0.01 })],
  [{ kind: 'rectified-flow' }, rectifiedFlow()],
  [{ kind: 'rectified-flow', tMax: 0.9 }, rectifiedFlow({ tMax: 0.9 })],
  [{ kind: 'smld' }, smld()],
  [
    { kind: 'smld', sigmaMin: 0.1, sigmaMax: 4, levels: 10 },
    smld({ sigmas: smldSigmas({ sigmaMin: 0.1, sigmaMax: 4, levels: 10 }) }),
  ],
  [{ kind: 'wavegrad' }, wavegrad()],
  [{ kind: 'wavegrad', betaMax: 8, steps: 50 }, wavegrad({ betaMax: 8, steps: 50 })],
  [{ kind: 'ddpm' }, ddpm()],
  [{ kind: 'ddpm', betaMax: 9, steps: 30 }, ddpm({ betas: linearBetas({ betaMax: 9, steps: 30 }) })],
  [{ kind: 'ddpm-quadratic', steps: 30 }, ddpm({ betas: quadraticBetas({ steps: 30 }) })],
  [{ kind: 'ddpm-cosine', offset: 0.02, steps: 30 }, ddpm({ betas: cosineBetas({ offset: 0.02, steps: 30 }) })],
];

describe.each(processes)('%j', (options, expected) => {
  it('is the process of the library', () => {
    const sde = sdeOf(options);
    const numbers = ({ tMin, tEnd, tMax, priorStd, levels }: Sde): object => {
      return { tMin, tEnd, tMax, priorStd, levels };
    };
    expect(numbers(sde)).toEqual(numbers(expected));
    for (const part of [0, 0.3, 0.77, 1]) {
      const t = expected.tMin + part * (expected.tMax - expected.tMin);
      const at = (of: Sde): readonly number[] => [of.alpha(t), of.sigma(t), of.f(t), of.g(t)];
      expect(at(sde)).toEqual(at(expected));
    }
  });
});

it.each([
  [{ kind: 'rectified-flow', tMax: 1 }, 'sde.tMax: expected a number below 1, got 1'],
  [{ kind: 'cosine-vp', tMax: 2 }, 'sde.tMax: expected a number below 1, got 2'],
  [{ kind: 'linear-ve', tMin: 1 }, 'sde.tMax: expected a number above tEnd = 1, got 1'],
  [{ kind: 'smld', levels: 1 }, 'sde.levels: expected at least 2, got 1'],
  [{ kind: 'smld', sigmaMax: 0.001 }, 'sde.sigmaMax: expected a number above sigmaMin = 0.01, got 0.001'],
  [{ kind: 'smld', tMin: 0.1 }, 'sde.tMin: unknown key; expected sigmaMin, sigmaMax, levels'],
  [{ kind: 'ddpm-cosine', betaMin: 1 }, 'sde.betaMin: unknown key; expected offset, steps'],
  [
    { kind: 'ddpm', steps: 20 },
    'sde.steps: expected more than betaMax = 20 steps (and 2 or more), so that every beta_i is below 1, got 20',
  ],
])('%j is refused', (sde, issue) => {
  expect(issuesOf(() => buildTraining(resolveConfig(points, { data, sde }), points))).toEqual([issue]);
});

it.each([
  ['x0', dataPrediction(), 'min-snr'],
  ['v', vPrediction(), 'v'],
  ['velocity', velocity(), 'flow-matching'],
])('the parametrization %s comes with the weights of its paper', (kind, of, weighting) => {
  const config = resolveConfig(points, { data, parametrization: { kind } });
  const { parametrization } = buildModel(config, [2]).process;
  const expected = of(vp());
  expect(parametrization.kind).toBe(kind);
  for (const t of [1e-5, 0.4, 1])
    expect([parametrization.skip(t), parametrization.out(t), parametrization.label(t)]).toEqual([
      expected.skip(t),
      expected.out(t),
      expected.label(t),
    ]);
  expect(config.loss).toMatchObject({ weighting });
  const asked = resolveConfig(points, { data, parametrization: { kind }, loss: { weighting: 'likelihood' } });
  expect(asked.loss).toMatchObject({ weighting: 'likelihood' });
});

it('the largest weight of min-snr can be chosen, and is 5', () => {
  const weightsOf = (gamma: Plain): Float32Array => {
    const { objective } = buildTraining(
      resolveConfig(points, { data, loss: { weighting: 'min-snr', ...gamma } }),
      points,
    );
    return drawOf(objective, new Float32Array(128), 64, key(1)).feeds['weight']!;
  };
  expect(weightsOf({})).toEqual(weightsOf({ gamma: 5 }));
  // Far below both limits lambda / sigma^2 = gamma / SNR, at the smallest times.
  expect(weightsOf({ gamma: 10 })[0]! / weightsOf({})[0]!).toBeCloseTo(2, 5);
});

it('logit-normal times are those of rectified flow on every process', () => {
  const times = builtIn.times.find(({ name }) => name === 'logit-normal')!;
  for (const u of [0.05, 0.3, 0.5, 0.9]) {
    const logistic = 1 / (1 + Math.exp(-probit(u)));
    expect(times.build(rectifiedFlow(), {})(u)).toBeCloseTo(logistic, 9);
    const t = times.build(vp(), {})(u);
    expect(vp().sigma(t) / (vp().alpha(t) + vp().sigma(t))).toBeCloseTo(logistic, 9);
  }
});

it('log-normal times lie where a run says', () => {
  const optionsOf = (loss: object): Plain => ({ data: { ref: points.name }, sde: { kind: 'edm' }, loss });
  const ratios = (loss: object): number[] => {
    const { objective } = buildTraining(resolveConfig(points, optionsOf(loss)), points);
    const { times } = drawOf(objective, new Float32Array(2 * 1000), 1000, key(0));
    return times.map(Math.log);
  };
  const moments = (values: readonly number[]): [mean: number, std: number] => {
    const mean = values.reduce((a, b) => a + b) / values.length;
    return [mean, Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)];
  };
  // 1,000 stratified times: errors of their moments are below a hundredth.
  for (const [loss, mean, std] of [
    [{}, -1.2, 1.2],
    [{ timesMean: -0.4, timesStd: 0.7 }, -0.4, 0.7],
  ] as const) {
    const [foundMean, foundStd] = moments(ratios(loss));
    expect(foundMean).toBeCloseTo(mean, 1);
    expect(foundStd).toBeCloseTo(std, 1);
  }
  expect(() => ratios({ times: 'uniform', timesMean: 0 })).toThrow(
    /loss.timesMean: is of the times log-normal or logit-normal/,
  );
});
