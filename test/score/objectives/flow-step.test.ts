/** @file Estimates and steps inside of a graph against those of samplers, for every SDE and parametrization. */
import { describe, expect, it } from 'vitest';
import { key, split } from '../../../src/base/key.ts';
import { normalBatch } from '../../../src/base/random.ts';
import type { Tensor } from '../../../src/base/tensor.ts';
import { add, input, mul, tanh } from '../../../src/graph/build.ts';
import { evaluate } from '../../../src/graph/evaluate.ts';
import { graph, type Node } from '../../../src/graph/node.ts';
import { constantScope } from '../../../src/nn/network.ts';
import { perSample } from '../../../src/score/objectives/loss.ts';
import {
  cleanLevel,
  ddimFeeds,
  ddimStep,
  denoised,
  denoisedFeeds,
  heunFeeds,
  heunStep,
  levelAt,
} from '../../../src/score/objectives/flow-step.ts';
import { tweedie } from '../../../src/sample/denoise.ts';
import { ddim } from '../../../src/sample/steps/ddim.ts';
import { heun } from '../../../src/sample/steps/heun.ts';
import {
  dataPrediction,
  directScore,
  edmParametrization,
  epsilon,
  velocity,
  vPrediction,
} from '../../../src/sde/learning/parametrization.ts';
import type { ScoreFn } from '../../../src/sde/score-fn.ts';
import type { Sde } from '../../../src/sde/sde.ts';
import { cosineGrid } from '../../../src/sde/time/time-grid.ts';
import { allSdes } from '../../sde/all.ts';
import { formula } from '../loss-of.ts';

const parametrizations = { epsilon, dataPrediction, vPrediction, velocity, directScore, edmParametrization };
const net = formula([2], (_, x, label) => add(tanh(mul(x, 0.7)), perSample(mul(label, 1e-3), x)));
const scope = constantScope(net, { trained: new Float32Array(), fixed: new Float32Array() }, graph());

/** The numbers of a node, computed in float64 of inputs that float32 has rounded. */
function valueOf(node: Node, feeds: Readonly<Record<string, ArrayLike<number>>>): Float64Array {
  return evaluate([node], feeds)[0]!;
}

/** Inputs and coefficients are rounded to 2^-24 each; sums of a few terms may lose a digit of the largest. */
function expectClose(found: Float64Array, expected: Tensor, size: number): void {
  found.forEach((value, i) => expect(Math.abs(value - expected.data[i]!) / size).toBeLessThan(1e-5));
}

describe.each(allSdes)('$kind', (sde: Sde) => {
  const [, from = 0, to = 0] = cosineGrid(sde, 4);

  it.each(Object.entries(parametrizations))(
    '%s: estimate, DDIM step and Heun step are those of samplers',
    async (_, of) => {
      const process = { sde, parametrization: of()(sde) };
      const own = process.parametrization;
      const score: ScoreFn = (x, t) => {
        const time = t as number;
        const data = x.data.map(
          (v) => own.skip(time) * v + own.out(time) * (Math.tanh(0.7 * own.inScale(time) * v) + 1e-3 * own.label(time)),
        );
        return Promise.resolve({ shape: x.shape, data });
      };
      const keys = split(key(1), 3);
      const size = Math.hypot(sde.alpha(from), sde.sigma(from));
      const z = normalBatch(keys, [2]);
      const x = { shape: z.shape, data: Float64Array.from(Float32Array.from(z.data, (v) => size * v)) };
      const g = graph();
      const place = { net, scope };
      const start = input(g, 'start', [3, 2]);
      const estimate = denoised(start, place, 'from');
      const next = ddimStep(start, estimate, 'first');
      const end = heunStep({ x: start, estimate, next, nextEstimate: denoised(next, place, 'to') }, 'second');
      const times = (t: number): number[] => [t, t, t];
      const steps = times(from).map((t) => ({ from: levelAt(sde, t), to: levelAt(sde, to) }));
      const feeds = {
        start: x.data,
        ...denoisedFeeds('from', process, times(from)),
        ...denoisedFeeds('to', process, times(to)),
        ...ddimFeeds('first', steps),
        ...heunFeeds('second', steps),
      };
      const known = await tweedie(sde, score, x, from);
      const scale = 1 + size / sde.alpha(from) + Math.max(...known.data.map(Math.abs));
      expectClose(valueOf(estimate, feeds), known, scale);
      const after = sde.alpha(to) * scale;
      expectClose(valueOf(next, feeds), (await ddim()(sde, score)(keys, x, from, to)).x, after);
      expectClose(valueOf(end, feeds), (await heun()(sde, score)(keys, x, from, to)).x, after);
    },
  );

  it('a state at a time that counts as clean is its own estimate, and a step without noise ends at the estimate', () => {
    const process = { sde, parametrization: edmParametrization()(sde) };
    const g = graph();
    const x = input(g, 'x', [2, 2]);
    const estimate = denoised(x, { net, scope }, 'at');
    const data = [1, -2, 0.5, 3];
    const feeds = { x: data, ...denoisedFeeds('at', process, [from, to], { cleanAt: to }) };
    const found = valueOf(estimate, feeds);
    [2, 3].forEach((i) => expect(found[i]! * sde.alpha(to)).toBeCloseTo(data[i]!, 5));
    expect(found[0]! * sde.alpha(from)).not.toBeCloseTo(data[0]!, 2);
    const steps = [from, to].map((t) => ({ from: levelAt(sde, t), to: cleanLevel }));
    expect([...valueOf(ddimStep(x, estimate, 'last'), { ...feeds, ...ddimFeeds('last', steps) })]).toEqual([...found]);
    const second = heunStep({ x, estimate, next: x, nextEstimate: x }, 'half');
    expect([...valueOf(second, { ...feeds, ...heunFeeds('half', steps) })]).toEqual([...found]);
  });
});
