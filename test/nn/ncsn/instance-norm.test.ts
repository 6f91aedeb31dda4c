import { describe, expect, it } from 'vitest';
import { key } from '../../../src/base/key.ts';
import { normal } from '../../../src/base/random.ts';
import { input } from '../../../src/graph/build.ts';
import { evaluate } from '../../../src/graph/evaluate.ts';
import { graph, type Node } from '../../../src/graph/node.ts';
import { conditionalInstanceNormPlus, instanceNormPlus, nearestLevel } from '../../../src/nn/ncsn/instance-norm.ts';
import type { Param, Scope } from '../../../src/nn/network.ts';
import { elu } from '../../../src/nn/ncsn/refine-net.ts';

type Feeds = Readonly<Record<string, ArrayLike<number>>>;

/** Values of a graph whose parameters are inputs. */
function value(feeds: Feeds, write: (scope: Scope, of: (name: string, shape: readonly number[]) => Node) => Node) {
  const g = graph();
  const params: Param[] = [];
  const scope: Scope = {
    param: (param) => {
      params.push(param);
      return input(g, param.name, param.shape);
    },
    mask: () => undefined,
  };
  const y = write(scope, (name, shape) => input(g, name, shape));
  return { data: [...evaluate([y], feeds)[0]!], params };
}

/**
 * Two channels of two pixels, [1, 3] and [10, 14]. Each standardized is [-1, 1] / sqrt(1 + 1e-5 / variance), and the means 2
 * and 12 have the mean 7 and the unbiased variance 50.
 */
const x = [1, 3, 10, 14];
const [narrow, broad] = [1 / Math.sqrt(1 + 1e-5), 2 / Math.sqrt(4 + 1e-5)];
const shift = 5 / Math.sqrt(50 + 1e-5);

describe('InstanceNorm++', () => {
  it('is what was worked out by hand', () => {
    const { data, params } = value({ x, weight: [2, 1], alpha: [1, 0.5], bias: [0, 100] }, (scope, of) =>
      instanceNormPlus(scope, of('x', [1, 2, 1, 2])),
    );
    const expected = [2 * (-narrow - shift), 2 * (narrow - shift), 100 - broad + shift / 2, 100 + broad + shift / 2];
    data.forEach((v, i) => expect(v).toBeCloseTo(expected[i]!, 12));
    expect(params.map(({ name, shape }) => [name, shape])).toEqual([['weight', [2]], ['alpha', [2]], ['bias', [2]]]); // prettier-ignore
  });

  it('begins with gain and alpha near 1 and no bias', () => {
    const { params } = value({ x, weight: [1, 1], alpha: [1, 1], bias: [0, 0] }, (scope, of) =>
      instanceNormPlus(scope, of('x', [1, 2, 1, 2])),
    );
    const [gain, alpha, bias] = params.map(({ init }) => init(key(1), [10_000]));
    for (const values of [gain!, alpha!]) {
      const mean = values.reduce((a, b) => a + b, 0) / 10_000;
      const std = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / 10_000);
      // Standard errors of 10000 draws: 0.02 / 100 of the mean, 0.02 / 141 of the deviation; 4 of each.
      expect(Math.abs(mean - 1)).toBeLessThan(8e-4);
      expect(Math.abs(std - 0.02)).toBeLessThan(5.7e-4);
    }
    expect(bias!.every((v) => v === 0)).toBe(true);
  });

  it('with levels takes the factors of the row that each sample names', () => {
    const factors = { weight: [1, 1, 2, 3], alpha: [0, 0, 1, 2], bias: [0, 0, 5, 7] };
    const { data, params } = value({ x: [...x, ...x], levels: [0, 1, 1, 0], ...factors }, (scope, of) =>
      conditionalInstanceNormPlus(scope, of('x', [2, 2, 1, 2]), of('levels', [2, 2])),
    );
    const second = [-narrow, narrow, -broad, broad];
    const first = [
      5 + 2 * (-narrow - shift),
      5 + 2 * (narrow - shift),
      7 + 3 * (-broad + 2 * shift),
      7 + 3 * (broad + 2 * shift),
    ];
    data.forEach((v, i) => expect(v).toBeCloseTo([...first, ...second][i]!, 12));
    expect(params.map(({ shape }) => shape)).toEqual([[2, 2], [2, 2], [2, 2]]); // prettier-ignore
  });
});

describe('the nearest level', () => {
  it('is a one-hot row, the first or the last beyond the ends', () => {
    const positions = [-3, -0.1, 0, 0.49, 0.5, 0.51, 1, 1.49, 1.5, 2, 2.6, 3, 40];
    const { data } = value({ label: positions }, (_scope, of) => nearestLevel(of('label', [positions.length]), 4));
    const rows = positions.map((p) => {
      const level = Math.min(3, Math.max(0, Math.floor(p + 0.5)));
      return [0, 1, 2, 3].map((i) => (i === level ? 1 : 0));
    });
    expect(data).toEqual(rows.flat());
  });
});

describe('ELU', () => {
  it('is x above 0 and e^x - 1 below, for numbers of any size', () => {
    const at = [-800, -5, -1, -1e-9, 0, 1e-9, 2, 800, ...normal(key(3), 20)];
    const { data } = value({ x: at }, (_scope, of) => elu(of('x', [at.length])));
    // Adding and taking away the 1 of e^x - 1 rounds by 1e-16 of 1, or of x.
    data.forEach((v, i) => expect(Math.abs(v - (at[i]! > 0 ? at[i]! : Math.expm1(at[i]!)))).toBeLessThan(3e-13));
  });
});
