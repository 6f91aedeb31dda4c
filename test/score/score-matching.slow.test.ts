/** @file Exact and sliced score matching against closed forms, finite differences and denoising. */
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/base/errors.ts';
import { foldIn, key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { add, input, mul, neg, reshape, sin, sum } from '../../src/graph/build.ts';
import { evaluate } from '../../src/graph/evaluate.ts';
import { graph } from '../../src/graph/node.ts';
import { constantScope, type Forward } from '../../src/nn/network.ts';
import type { ScoreProcess } from '../../src/score/coefficients.ts';
import { denoising } from '../../src/score/objectives/denoising.ts';
import { exactScoreMatching, type ScoreMatchingOptions } from '../../src/score/objectives/exact.ts';
import type { Objective } from '../../src/score/objectives/objective.ts';
import { slicedScoreMatching, type ProjectionLaw } from '../../src/score/objectives/sliced.ts';
import { amongTimes, geometricTimes } from '../../src/sde/time/discrete-times.ts';
import { directScore, edmParametrization } from '../../src/sde/learning/parametrization.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { ve } from '../../src/sde/processes/ve.ts';
import { allSdes } from '../sde/all.ts';
import { formula, lossOf, meanOf } from './loss-of.ts';
import { drawOf } from './site.ts';

const laws: readonly ProjectionLaw[] = ['gaussian', 'rademacher', 'sphere'];
const f32 = (values: Float64Array): Float32Array => Float32Array.from(values);

describe('a model s = -x of N(0, 1) in D dimensions, without noise', () => {
  const sde = ve();
  const process: ScoreProcess = { sde, parametrization: directScore({ scaleBySigma: false })(sde) };
  const [size, batch] = [5, 2000];
  const net = formula([size], (_scope, x) => neg(x));
  const x0 = f32(normal(key(1), size * batch));
  const half = 'halfSum';
  // lambda = 1, so that the loss is the published one.
  const plain: ScoreMatchingOptions = { clean: true, reduction: half, weighting: () => 1, times: () => sde.tMin };
  const shares = (objective: Objective): number[] => {
    const { losses } = lossOf(objective, net, { x0, batch, key: key(2) });
    return Array.from(losses, (share) => share * batch);
  };
  const squares = Array.from({ length: batch }, (_, i) =>
    x0.subarray(i * size, (i + 1) * size).reduce((total, x) => total + x * x, 0),
  );

  it('has the exact loss ||x||^2 / 2 - D of each sample, of mean -D / 2', () => {
    const found = shares(exactScoreMatching(process, plain));
    found.forEach((share, i) => expect(share).toBeCloseTo(squares[i]! / 2 - size, 4));
    const { mean, error } = meanOf(found);
    expect(Math.abs(mean + size / 2)).toBeLessThan(4 * error);
    // The variance of ||x||^2 / 2 is D / 2.
    expect(error).toBeCloseTo(Math.sqrt(size / 2 / batch), 2);
  });

  it.each(laws)('has the sliced losses of mean -D / 2 with directions of the law %s', (law) => {
    for (const varianceReduced of [false, true]) {
      const { mean, error } = meanOf(shares(slicedScoreMatching(process, { ...plain, law, varianceReduced })));
      expect(Math.abs(mean + size / 2)).toBeLessThan(4 * error);
    }
  });

  it('has the loss -1/2 where directions have unit length', () => {
    // Of a radius sqrt(D) both terms are D times those of unit length.
    const { mean, error } = meanOf(
      shares(slicedScoreMatching(process, { ...plain, law: 'sphere' })).map((s) => s / size),
    );
    expect(Math.abs(mean + 0.5)).toBeLessThan(4 * error);
  });

  it('has the exact loss by reduced variance where v^T v is D for every direction', () => {
    const exact = shares(exactScoreMatching(process, plain));
    for (const law of ['rademacher', 'sphere'] as const)
      shares(slicedScoreMatching(process, { ...plain, law, varianceReduced: true })).forEach((share, i) =>
        expect(share).toBeCloseTo(exact[i]!, 4),
      );
  });

  it('spreads less with reduced variance, and with more directions', () => {
    const spread = (options: object): number =>
      meanOf(shares(slicedScoreMatching(process, { ...plain, ...options }))).error;
    const law = 'gaussian';
    expect(spread({ law, varianceReduced: true })).toBeLessThan(0.9 * spread({ law }));
    expect(spread({ law, projections: 8 })).toBeLessThan(0.7 * spread({ law }));
  });
});

describe('directions', () => {
  it.each(laws)('of the law %s have E[v v^T] = I', (law) => {
    const sde = vp();
    const [size, batch] = [4, 20_000];
    const objective = slicedScoreMatching({ sde, parametrization: directScore()(sde) }, { law, projections: 2 });
    const { feeds } = drawOf(objective, new Float32Array(size * batch), batch, key(3));
    const [v, other] = [feeds['v.0']!, feeds['v.1']!];
    expect(other).not.toEqual(v);
    for (let a = 0; a < size; a++)
      for (let b = 0; b <= a; b++) {
        const { mean } = meanOf(Array.from({ length: batch }, (_, i) => v[i * size + a]! * v[i * size + b]!));
        // No product of two coordinates has a variance above 2.
        expect(Math.abs(mean - Number(a === b)), `${a}, ${b}`).toBeLessThan(4 * Math.sqrt(2 / batch));
      }
    if (law === 'sphere')
      for (let i = 0; i < 50; i++)
        expect(v.subarray(i * size, (i + 1) * size).reduce((total, x) => total + x * x, 0)).toBeCloseTo(size, 5);
  });

  it('are at least one', () => {
    const sde = vp();
    const process = { sde, parametrization: directScore()(sde) };
    for (const projections of [0, 1.5, -1])
      expect(() => slicedScoreMatching(process, { projections })).toThrow(ConfigError);
  });
});

describe('the exact loss of a score that is no gradient', () => {
  const sde = vp();
  const process = { sde, parametrization: edmParametrization({ sigmaData: 0.7 })(sde) };
  const [shape, batch] = [[2, 2, 1], 6] as const;
  const size = 4;
  // Every output depends on every input, and on the time.
  const forward: Forward = (_scope, x, label) => {
    const mixed = mul(sin(add(x, reshape(sum(x, [1, 2, 3]), [x.shape[0]!, 1, 1, 1]))), 0.5);
    return add(mixed, mul(x, reshape(sin(label), [x.shape[0]!, 1, 1, 1])));
  };
  const net = formula(shape, forward);
  const x0 = f32(normal(key(4), size * batch));

  it('has the squares and the trace that finite differences of the score find', () => {
    const objective = exactScoreMatching(process, { reduction: 'halfSum' });
    const { feeds, times } = drawOf(objective, x0, batch, key(5));
    const { losses } = lossOf(objective, net, { x0, batch, key: key(5) });
    const g = graph();
    const s = ((): ReturnType<Forward> => {
      const x = input(g, 'x', [batch, ...shape]);
      const of = (name: string): ReturnType<typeof input> => input(g, name, [batch]);
      const wide = (name: string): ReturnType<Forward> => reshape(of(name), [batch, 1, 1, 1]);
      const raw = net.forward(
        constantScope(net, { trained: new Float32Array(), fixed: new Float32Array() }, g),
        mul(x, wide('inScale')),
        of('label'),
      );
      return add(mul(x, wide('skip')), mul(raw, wide('out')));
    })();
    const { parametrization: p } = process;
    const coefficients = Object.fromEntries(
      (['skip', 'out', 'inScale', 'label'] as const).map((name) => [name, times.map((t) => p[name](t))]),
    );
    const x = Float64Array.from(x0, (value, j) => {
      const i = Math.floor(j / size);
      return feeds['alpha']![i]! * value + feeds['sigma']![i]! * feeds['z']![j]!;
    });
    const scoreAt = (at: Float64Array): Float64Array => evaluate([s], { x: at, ...coefficients })[0]!;
    const found = scoreAt(x);
    const h = 1e-5;
    times.forEach((t, i) => {
      let value = 0;
      for (let j = i * size; j < (i + 1) * size; j++) {
        const [after, before] = [h, -h].map((step) => scoreAt(x.with(j, x[j]! + step))[j]!);
        value += 0.5 * found[j]! ** 2 + (after! - before!) / (2 * h);
      }
      const expected = (value * sde.sigma(t) ** 2) / batch;
      // Coefficients of the loss are float32.
      expect(Math.abs(losses[i]! - expected)).toBeLessThan(1e-5 * (1 + Math.abs(expected)));
    });
  });
});

describe.each(allSdes)('Gaussian data under $kind', (sde) => {
  const std = 0.8;
  const [size, batch] = [3, 2500];
  const process = { sde, parametrization: edmParametrization({ sigmaData: 1 })(sde) };
  const x0 = f32(normal(foldIn(key(6), 'data'), size * batch).map((z) => std * z));
  // A score that is wrong, in a way that depends on x.
  const net = formula([size], (_scope, x) => mul(sin(x), 0.3));
  const sharesOf = (objective: Objective): number[] => {
    const { losses } = lossOf(objective, net, { x0, batch, key: key(7) });
    return Array.from(losses, (share) => share * batch);
  };
  const among = { times: amongTimes(geometricTimes(sde, 5)) };

  it.each([
    ['all times', {}],
    ['five levels', among],
  ] as const)('has exact and sliced losses equal to denoising less D, at %s', (_name, times) => {
    const options = { ...times, reduction: 'sum' } as const;
    const denoised = sharesOf(denoising(process, options));
    const others = [
      exactScoreMatching(process, options),
      ...laws.flatMap((law) =>
        [false, true].map((varianceReduced) => slicedScoreMatching(process, { ...options, law, varianceReduced })),
      ),
    ];
    for (const objective of others) {
      // Times, data and noise are the same, so the difference of each sample is what spreads.
      const { mean, error } = meanOf(sharesOf(objective).map((share, i) => denoised[i]! - share));
      expect(Math.abs(mean - size), objective.kind).toBeLessThan(4 * error);
      expect(error).toBeLessThan(0.2 * size);
    }
  });
});
