/** @file Shortcut models of linear networks, which end as students of progressive distillation do. */
import { describe, expect, it } from 'vitest';
import { key } from '../../../src/base/key.ts';
import { evaluate } from '../../../src/graph/evaluate.ts';
import { add, lookup, matmul, mul, reshape, slice } from '../../../src/graph/build.ts';
import { graph } from '../../../src/graph/node.ts';
import { network, constantScope, type Network } from '../../../src/nn/network.ts';
import { withEnd } from '../../../src/nn/with-end.ts';
import { fewStepTimes } from '../../../src/sample/few-steps.ts';
import type { ScoreProcess } from '../../../src/score/coefficients.ts';
import { shortcut } from '../../../src/score/distillation/shortcut.ts';
import { edmParametrization, velocity } from '../../../src/sde/learning/parametrization.ts';
import { sectionEnds } from '../../../src/sde/learning/step-ends.ts';
import { rectifiedFlow } from '../../../src/sde/processes/rectified-flow.ts';
import { drawOf, siteOf } from '../site.ts';
import { angleSde, estimateFactor, lowest } from './linear.ts';

const sections = 8;
const levels = [1, 2, 4];

/** F = k_i x with a number for each step of each length, and 0 where there is no step. */
function perStep({ sde, parametrization }: ScoreProcess): Network {
  const total = levels.reduce((sum, n) => sum + n, 0);
  return withEnd({ classes: 0, ends: levels.length }, (classes) =>
    network(
      'per step',
      [1],
      (scope, x, label, ends) => {
        const k = scope.param({ name: 'k', shape: [total], init: () => new Float64Array(total), trainable: true });
        const gains = levels.map((n, level) => {
          const labels = fewStepTimes(sde, n).map((t) => parametrization.label(t));
          const borders = Float64Array.from(labels.slice(1), (next, i) => (labels[i]! + next) / 2).toReversed();
          const rows = new Float64Array(n * n);
          for (let i = 0; i < n; i++) rows[(n - 1 - i) * n + i] = 1;
          const own = reshape(slice(k, 0, { begin: n - 1, end: 2 * n - 1 }), [n, 1]);
          const [batch = 1] = x.shape;
          const chosen = n === 1 ? matmul(mul(x, 0), own) : matmul(lookup(label, { borders, rows }), own);
          const gain = n === 1 ? add(chosen, reshape(own, [1, 1])) : reshape(chosen, [batch, 1]);
          return mul(gain, slice(ends!, 1, { begin: level, end: level + 1 }));
        });
        return mul(x, gains.reduce(add));
      },
      { classes },
    ),
  );
}

describe('N(0, 1/4) on the schedule of progressive distillation', () => {
  const sde = angleSde();
  // With F = 0 the preconditioning of EDM is exact for this data.
  const process = { sde, parametrization: edmParametrization({ sigmaData: 0.5 })(sde), ends: sectionEnds(sections) };
  const net = perStep(process);
  const objective = shortcut(process, { sections, share: 0.75, target: 'average' });
  const batch = 64;
  const { feeds } = drawOf(objective, new Float32Array(batch).fill(0.3), batch, key(2));

  it('a step of any length ends where the 8-step sampler does', () => {
    let k = new Array<number>(7).fill(0);
    // A length is right once half of it is.
    for (let length = 0; length < levels.length; length++) k = lowest(objective, net, { feeds: [feeds], k, batch });
    const golden = [[0.411373354], [0.087756048, 0.534836748], [0.025604739, 0.14106036, 0.341261603, 0.736786059]];
    levels.forEach((n, level) =>
      fewStepTimes(sde, n).forEach((t, i) => {
        const d = estimateFactor(process, t, k[n - 1 + i]!);
        // Coefficients are float32.
        expect(Math.abs(d - golden[level]![i]!)).toBeLessThan(1e-6);
      }),
    );
  });

  it('no gradient goes through the two short steps', () => {
    const of = (target: 'stopped' | 'average'): readonly number[] =>
      lowest(shortcut(process, { sections, share: 0.75, target }), net, {
        feeds: [feeds],
        k: new Array(7).fill(0.1),
        batch,
      });
    expect(of('stopped')).toEqual(of('average'));
  });
});

it('without long steps it is flow matching', () => {
  const sde = rectifiedFlow();
  const process = { sde, parametrization: velocity()(sde), ends: sectionEnds(4) };
  const net = withEnd({ classes: 0, ends: 2 }, (classes) => network('half', [1], (_, x) => mul(x, 0.5), { classes }));
  const objective = shortcut(process, { sections: 4, share: 0 });
  const { feeds, times } = drawOf(
    objective,
    Float32Array.from({ length: 16 }, (_, i) => i / 8 - 1),
    16,
    key(6),
  );
  const g = graph();
  const none = { trained: new Float32Array(), fixed: new Float32Array() };
  const [losses] = evaluate([objective.write(g, net, siteOf(constantScope(net, none, g), 16)).losses], feeds);
  times.forEach((t, i) => {
    const [x0, z] = [feeds['x0']![i]!, feeds['z']![i]!];
    const x = (1 - t) * x0 + t * z;
    const expected = (0.5 * x - (z - x0)) ** 2 / 16;
    // Near t = 0 the velocity is the quotient of two small float32 numbers.
    expect(Math.abs(losses![i]! - expected)).toBeLessThan(1e-5 + (1e-6 / t) * Math.sqrt(expected));
  });
});
