import { describe, expect, it } from 'vitest';
import { combine, map } from '../../src/base/arith.ts';
import { ConfigError, NumericalError } from '../../src/base/errors.ts';
import { takeRows, tensor, type Tensor } from '../../src/base/tensor.ts';
import type { OdeFunction, OdeRequest, OdeResult } from '../../src/ode/adaptive.ts';
import { bosh3, bosh3Rounds } from '../../src/ode/bosh3.ts';
import { dopri5, dopri5Rounds } from '../../src/ode/dopri5.ts';

type Field = (t: number, y: Float64Array) => readonly number[];

const dormandPrince = { pair: 'Dormand-Prince', solver: dopri5, rounds: dopri5Rounds, order: 5, stages: 6 };
const bogackiShampine = { pair: 'Bogacki-Shampine', solver: bosh3, rounds: bosh3Rounds, order: 3, stages: 3 };
const pairs = [dormandPrince, bogackiShampine];

/** A right-hand side that treats each row alone. */
function rowwise(field: Field): OdeFunction {
  return (t, y) => {
    const size = y.data.length / t.length;
    const data = t.flatMap((time, i) => field(time, y.data.subarray(i * size, (i + 1) * size)));
    return Promise.resolve(tensor(data, y.shape));
  };
}

const problems: readonly { name: string; field: Field; y0: number[]; from: number; to: number; exact: number[] }[] = [
  { name: 'decay', field: (_, y) => [-y[0]!], y0: [1], from: 0, to: 3, exact: [Math.exp(-3)] },
  { name: 'growth, backwards', field: (_, y) => [y[0]!], y0: [2], from: 1, to: -2, exact: [2 * Math.exp(-3)] },
  {
    name: 'an oscillator',
    field: (_, y) => [y[1]!, -y[0]!],
    y0: [0, 1],
    from: 0,
    to: 7,
    exact: [Math.sin(7), Math.cos(7)],
  },
  {
    name: 'a time-dependent rate',
    field: (t, y) => [-2 * t * y[0]!],
    y0: [1],
    from: -1,
    to: 1.5,
    exact: [Math.exp(1 - 2.25)],
  },
  { name: 'a nonlinear one', field: (_, y) => [y[0]! ** 2], y0: [1], from: 0, to: 0.9, exact: [10] },
];

function worstError(y: Tensor, exact: readonly number[]): number {
  return Math.max(...exact.map((value, j) => Math.abs(y.data[j]! - value)));
}

function solve(
  field: Field,
  y0: readonly number[],
  { solver = dopri5, ...request }: OdeRequest & { solver?: typeof dopri5 },
): Promise<OdeResult> {
  return solver(rowwise(field), tensor(y0, [1, y0.length]), request);
}

const cases = pairs.flatMap((pair) => problems.map((problem) => ({ ...pair, ...problem })));

describe.each(cases)('$name by $pair', ({ solver, order: expected, stages, field, y0, from, to, exact }) => {
  const tightest = expected === 5 ? 1e-11 : 1e-8;

  it('is solved to the tolerance', async () => {
    for (const tol of [1e-3, 1e-5, 1e-7, 1e-9, 1e-11].filter((value) => value >= tightest)) {
      const { y, status, t } = await solve(field, y0, { solver, from, to, rtol: tol, atol: tol });
      expect(status).toEqual(['ok']);
      expect(t).toEqual([to]);
      // Local errors of tol add up, over more steps for the pair of lower order, and grow with the solution: y' = y^2
      // multiplies them by up to 100 in value.
      expect(worstError(y, exact)).toBeLessThan(tol * (exact[0] === 10 ? 1000 : expected === 5 ? 20 : 60));
    }
  });

  it('converges with the order of its better solution', async () => {
    // One solve per interval, with tolerances so wide that each is one step after the 2 evaluations of the start.
    const errors: number[] = [];
    for (const steps of [32, 64]) {
      let y: Tensor = tensor(y0, [1, y0.length]);
      for (let i = 0; i < steps; i++) {
        const at = (k: number): number => from + (k / steps) * (to - from);
        const wide = { rtol: 100, atol: 100 };
        const result = await solver(rowwise(field), y, { from: at(i), to: at(i + 1), ...wide });
        expect(result.evals).toEqual([2 + stages]);
        ({ y } = result);
      }
      errors.push(worstError(y, exact));
    }
    const order = Math.log2(errors[0]! / errors[1]!);
    expect(order).toBeGreaterThan(expected - 0.4);
    expect(order).toBeLessThan(expected + 0.6);
  });

  it('takes steps in proportion to tolerance^(-1 / order)', async () => {
    const evals = [];
    // Ten times as many steps for a tolerance that is 10^order times smaller.
    for (const tol of [tightest / 10, tightest / 10 ** (1 + expected)].map((value) => value * 10 ** expected))
      evals.push((await solve(field, y0, { solver, from, to, rtol: tol, atol: tol })).evals[0]!);
    expect(evals[1]! / evals[0]!).toBeGreaterThan(6);
    expect(evals[1]! / evals[0]!).toBeLessThan(12);
  });
});

describe('agreement with an independent implementation', () => {
  // scipy 1.17: solve_ivp(f, (from, to), y0, method='RK45' and 'RK23', rtol=tol, atol=tol), its nfev and last state.
  const predatorPrey: Field = (_, y) => [1.5 * y[0]! - y[0]! * y[1]!, y[0]! * y[1]! - 3 * y[1]!];
  const driven: Field = (t, y) => [-2 * t * y[0]! + Math.cos(t)];
  it.each([
    {
      pair: dormandPrince,
      field: predatorPrey,
      y0: [10, 5],
      from: 0,
      to: 5,
      tol: 1e-3,
      evals: 122,
      y: [0.26402073792603414, 3.1779321303122146],
    },
    {
      pair: dormandPrince,
      field: predatorPrey,
      y0: [10, 5],
      from: 0,
      to: 5,
      tol: 1e-5,
      evals: 296,
      y: [0.26416033455915355, 3.1338959794718955],
    },
    {
      pair: dormandPrince,
      field: predatorPrey,
      y0: [10, 5],
      from: 0,
      to: 5,
      tol: 1e-8,
      evals: 938,
      y: [0.26418676754754217, 3.134132999017603],
    },
    { pair: dormandPrince, field: driven, y0: [1], from: 2, to: -1, tol: 1e-3, evals: 56, y: [20.075485759451727] },
    { pair: dormandPrince, field: driven, y0: [1], from: 2, to: -1, tol: 1e-5, evals: 110, y: [20.09341119978831] },
    { pair: dormandPrince, field: driven, y0: [1], from: 2, to: -1, tol: 1e-8, evals: 374, y: [20.093320029051025] },
    {
      pair: bogackiShampine,
      field: predatorPrey,
      y0: [10, 5],
      from: 0,
      to: 5,
      tol: 0.001,
      evals: 170,
      y: [0.2522174525367368, 3.309251088710791],
    },
    {
      pair: bogackiShampine,
      field: predatorPrey,
      y0: [10, 5],
      from: 0,
      to: 5,
      tol: 1e-5,
      evals: 629,
      y: [0.26406501296742435, 3.1359004338753667],
    },
    {
      pair: bogackiShampine,
      field: predatorPrey,
      y0: [10, 5],
      from: 0,
      to: 5,
      tol: 1e-7,
      evals: 2789,
      y: [0.2641855699033862, 3.1341509367504927],
    },
    { pair: bogackiShampine, field: driven, y0: [1], from: 2, to: -1, tol: 0.001, evals: 65, y: [19.95875564833629] },
    { pair: bogackiShampine, field: driven, y0: [1], from: 2, to: -1, tol: 1e-5, evals: 230, y: [20.090882265937758] },
    { pair: bogackiShampine, field: driven, y0: [1], from: 2, to: -1, tol: 1e-7, evals: 1001, y: [20.09328412236049] },
  ])(
    '$pair.pair: $evals evaluations from $from to $to at $tol',
    async ({ pair, field, y0, from, to, tol, evals, y }) => {
      const result = await solve(field, y0, { solver: pair.solver, from, to, rtol: tol, atol: tol });
      expect(result.evals).toEqual([evals]);
      // The same steps up to rounding, which the controller amplifies a little.
      y.forEach((value, j) => expect(result.y.data[j]! / value).toBeCloseTo(1, 10));
    },
  );
});

describe.each(pairs)('a batch by $pair', ({ solver, rounds: roundsOf, stages }) => {
  // Rows of very different difficulty: the frequency is the third coordinate.
  const field: Field = (t, y) => [y[2]! * y[1]!, -y[2]! * y[0]! + Math.sin(t), 0];
  const y0 = tensor([1, 0, 0.1, 1, 0, 40, 0, 2, 3, 5, 5, 0, 1e3, 0, 7], [5, 3]);
  const request = { from: 1, to: 0.01, rtol: 1e-6, atol: 1e-6 };

  it('gives each sample what it gets alone, bit for bit', async () => {
    const together = await solver(rowwise(field), y0, request);
    expect(new Set(together.evals).size).toBeGreaterThan(2);
    for (let i = 0; i < 5; i++) {
      const alone = await solver(rowwise(field), takeRows(y0, [i]), request);
      expect(alone.y.data).toEqual(takeRows(together.y, [i]).data);
      expect(alone.evals[0]).toBe(together.evals[i]);
    }
  });

  it('evaluates only the samples that still need it, counts them and says which they are', async () => {
    const counts = [0, 0, 0, 0, 0];
    const sizes: number[] = [];
    const inner = rowwise(field);
    const { evals } = await solver(
      (t, y, rows) => {
        expect(t).toHaveLength(rows.length);
        rows.forEach((row, i) => {
          counts[row]!++;
          expect(y.data[3 * i + 2]).toBe(y0.data[3 * row + 2]);
        });
        sizes.push(rows.length);
        return inner(t, y, rows);
      },
      y0,
      request,
    );
    expect(evals).toEqual(counts);
    expect(sizes[0]).toBe(5);
    expect(Math.min(...sizes)).toBe(1);
    for (const n of evals) expect((n - 2) % stages).toBe(0);
  });

  it('shows its progress without changing what it has shown', async () => {
    const rounds = roundsOf(rowwise(field), y0, request);
    const seen: { t: readonly number[]; y: Tensor; copy: Float64Array }[] = [];
    for await (const { t, y } of rounds) seen.push({ t, y, copy: y.data.slice() });
    expect(seen.length).toBeGreaterThan(5);
    for (const { y, copy } of seen) expect(y.data).toEqual(copy);
    seen.slice(1).forEach(({ t }, i) => t.forEach((time, row) => expect(time).toBeLessThanOrEqual(seen[i]!.t[row]!)));
    expect(seen.at(-1)!.t).toEqual([0.01, 0.01, 0.01, 0.01, 0.01]);
  });

  it('gives up a sample that needs too many steps, and no other', async () => {
    const full = await solver(rowwise(field), y0, request);
    const hardest = full.evals.indexOf(Math.max(...full.evals));
    const maxSteps = (Math.max(...full.evals) - 2) / stages - 1;
    const { y, t, status, evals } = await solver(rowwise(field), y0, { ...request, maxSteps });
    status.forEach((s, i) => expect(s).toBe(i === hardest ? 'maxSteps' : 'ok'));
    expect(evals[hardest]).toBe(2 + stages * maxSteps);
    expect(t[hardest]).toBeGreaterThan(0.01);
    for (const i of [0, 1, 2, 3, 4].filter((row) => row !== hardest))
      expect(takeRows(y, [i]).data).toEqual(takeRows(full.y, [i]).data);
  });

  it('may be empty, and an empty interval costs nothing', async () => {
    const none = await solver(rowwise(field), tensor([], [0, 3]), request);
    expect(none).toMatchObject({ evals: [], status: [] });
    const still = await solver(rowwise(field), y0, { from: 1, to: 1 });
    expect(still).toMatchObject({ y: y0, evals: [0, 0, 0, 0, 0], status: ['ok', 'ok', 'ok', 'ok', 'ok'] });
  });
});

describe('trouble', () => {
  it('a pole in the way ends with a step that is too small', async () => {
    const { status, t } = await solve((_, y) => [y[0]! ** 2], [1], { from: 0, to: 2 });
    expect(status).toEqual(['stepTooSmall']);
    expect(t[0]).toBeCloseTo(1, 3); // y = 1 / (1 - t)
  });

  it('a trial step that leaves the domain is tried again with a smaller one', async () => {
    // dy/dt = -1 / (2 y): y = sqrt(1 - t), beyond which sqrt gives NaN.
    const { y, status } = await solve((t) => [-0.5 / Math.sqrt(1 - t)], [1], {
      from: 0,
      to: 1 - 1e-8,
      rtol: 1e-6,
      atol: 1e-6,
    });
    expect(status).toEqual(['ok']);
    expect(y.data[0]).toBeCloseTo(1e-4, 4);
    const jump = await dopri5((_t, x) => Promise.resolve(map(x, (v) => (v > 1.5 ? NaN : 1))), tensor([1], [1, 1]), {
      from: 0,
      to: 0.4,
    });
    expect(jump.y.data[0]).toBeCloseTo(1.4, 12);
  });

  it('a state or slope that is not finite at the start is an error', async () => {
    await expect(solve(() => [NaN], [1], { from: 0, to: 1 })).rejects.toThrow(NumericalError);
    await expect(solve(() => [1], [Infinity], { from: 0, to: 1 })).rejects.toThrow(NumericalError);
  });

  it.each([{ rtol: 0 }, { atol: -1 }, { maxSteps: 0 }, { maxSteps: 1.5 }])('%o is refused', async (options) => {
    await expect(solve(() => [0], [1], { from: 0, to: 1, ...options })).rejects.toThrow(ConfigError);
  });

  it('a constant solution is kept exactly', async () => {
    const y0 = tensor([1, 2, 3, 4], [2, 2]);
    const { y, evals } = await dopri5((_, x) => Promise.resolve(combine([0, x])), y0, { from: 1, to: 0 });
    expect(y.data).toEqual(y0.data);
    for (const n of evals) expect(n).toBeLessThan(60);
  });
});
