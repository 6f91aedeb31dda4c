/** @file Losses of tokens: their values are the bounds that the mathematics of discrete diffusion says, and their gradients those of differences. */
import { describe, expect, it } from 'vitest';
import { foldIn, key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { tensor } from '../../src/base/tensor.ts';
import { maskedNats, maskSchedules } from '../../src/discrete/masked.ts';
import { stepNats } from '../../src/discrete/chain-bound.ts';
import { tokenNoises } from '../../src/discrete/token-noise.ts';
import { input } from '../../src/graph/build.ts';
import { evaluate } from '../../src/graph/evaluate.ts';
import { graph } from '../../src/graph/node.ts';
import { gradient } from '../../src/graph/vjp.ts';
import { softmax } from '../../src/graph/build.ts';
import { layout, vectorScope, type Network } from '../../src/nn/network.ts';
import { dilated } from '../../src/nn/tokens/dilated.ts';
import { transformer } from '../../src/nn/tokens/transformer.ts';
import { maskedTokens } from '../../src/score/objectives/tokens/masked.ts';
import type { Objective } from '../../src/score/objectives/objective.ts';
import { tokenSteps } from '../../src/score/objectives/tokens/steps.ts';
import { drawOf, siteOf } from './site.ts';

const [batch, length, tokens] = [4, 5, 3];
const x0 = Float32Array.from({ length: batch * length }, (_, i) => (i * i + Math.floor(i / 3)) % tokens);
const net = (timed: boolean): Network => transformer([length], { tokens, timed, width: 8, depth: 1, heads: 2 });

function written(objective: Objective, own: Network, seed: number) {
  const { trained } = layout(own);
  const g = graph();
  const params = input(g, 'params', [trained]);
  const { scope } = vectorScope(own, { trained: params, fixed: undefined });
  const { loss, losses } = objective.write(g, own, siteOf(scope, batch));
  const p = softmax(own.forward(scope, input(g, 'x', [batch, length]), input(g, 'label', [batch])));
  const drawn = drawOf(objective, x0, batch, key(seed));
  const at = normal(foldIn(key(3), 'params'), trained).map((z) => 0.3 * z);
  return { loss, losses, p, params, drawn, at };
}

const objectives = [
  ...Object.values(maskSchedules).map((schedule) => maskedTokens(schedule, { tokens })),
  ...Object.values(tokenNoises).flatMap((make) =>
    (['mixture', 'published'] as const).map((form) =>
      tokenSteps(make({ tokens, steps: 6 }), { form, crossEntropy: 0.1 }),
    ),
  ),
];

describe('the loss of masked tokens', () => {
  it.each(Object.values(maskSchedules))('is the bound at the drawn times: $kind', (schedule) => {
    const { losses, p, drawn, at } = written(maskedTokens(schedule, { tokens }), net(false), 5);
    const [shares, laws] = evaluate([losses, p], { ...drawn.feeds, params: at });
    const x = tensor(drawn.feeds['x']!, [batch, length]);
    const clean = tensor(x0, [batch, length]);
    const all = tensor(laws!, [batch, length, tokens]);
    drawn.times.forEach((t, row) => {
      const nats = maskedNats(all, { x, x0: clean, row });
      expect(shares![row]! * batch * length).toBeCloseTo(schedule.weight(t) * nats, 5);
    });
    // Where nothing is masked, the clean token is seen; what is seen is never weighed.
    expect(x.data.every((token, i) => token === tokens || token === x0[i])).toBe(true);
  });
});

describe('the loss of steps', () => {
  it.each(
    Object.values(tokenNoises).flatMap((make) => (['mixture', 'published'] as const).map((form) => ({ make, form }))),
  )('is the term of the bound at the drawn steps: $form', ({ make, form }) => {
    const noise = make({ tokens, steps: 6 });
    const { losses, p, drawn, at } = written(tokenSteps(noise, { form, crossEntropy: 0 }), net(true), 6);
    const [shares, laws] = evaluate([losses, p], { ...drawn.feeds, params: at });
    const x = tensor(drawn.feeds['x']!, [batch, length]);
    const clean = tensor(x0, [batch, length]);
    const all = tensor(laws!, [batch, length, tokens]);
    Array.from(drawn.feeds['label']!, (t) => Math.round(t * noise.steps)).forEach((n, row) => {
      const nats = stepNats(noise, form, { n, x, x0: clean, p: all, row });
      expect(shares![row]! * batch * length).toBeCloseTo(nats, 4);
    });
  });
});

describe.each(objectives.map((objective, i) => ({ objective, i })))(
  'objective $i, $objective.kind',
  ({ objective }) => {
    it('has the gradient that differences find', () => {
      const { loss, losses, params, drawn, at } = written(objective, net(objective.kind === 'd3pm'), 2);
      const [slope] = gradient(loss, [params]);
      const [value, shares, found] = evaluate([loss, losses, slope!], { ...drawn.feeds, params: at });
      expect(shares!.reduce((a, b) => a + b, 0)).toBeCloseTo(value![0]!, 9);
      const [h, direction] = [1e-5, normal(key(4), at.length)];
      const [up, down] = [h, -h].map(
        (step) => evaluate([loss], { ...drawn.feeds, params: at.map((p, j) => p + step * direction[j]!) })[0]![0]!,
      );
      const product = found!.reduce((sum, s, j) => sum + s * direction[j]!, 0);
      expect(Math.abs(product - (up! - down!) / (2 * h))).toBeLessThan(
        1e-6 * (1 + Math.abs(value![0]!) + Math.abs(product)),
      );
    });
  },
);

describe.each([
  transformer([6], { tokens, width: 8, depth: 2, heads: 2 }),
  dilated([6], { tokens, width: 8, depth: 3, cycle: 2 }),
  dilated([6], { tokens, width: 8, depth: 5, cycle: 5, timed: true }),
])('the network $kind', (own) => {
  const g = graph();
  const { trained } = layout(own);
  const params = input(g, 'params', [trained]);
  const { scope } = vectorScope(own, { trained: params, fixed: undefined });
  const p = softmax(own.forward(scope, input(g, 'x', [1, 6]), input(g, 'label', [1])));
  const run = (x: readonly number[]): Float64Array =>
    Float64Array.from(
      evaluate([p], {
        x: Float64Array.from(x),
        label: Float64Array.of(0.5),
        params: normal(key(7), trained).map((z) => 0.5 * z),
      })[0]!,
    );

  it('says laws that depend on every token on both sides, and on the order', () => {
    const one = run([0, 1, 3, 2, 1, 0]);
    for (let i = 0; i < 6; i++) expect(one.subarray(3 * i, 3 * i + 3).reduce((a, b) => a + b)).toBeCloseTo(1, 9);
    for (const other of [
      [1, 1, 3, 2, 1, 0],
      [0, 1, 3, 2, 1, 1],
      [0, 1, 3, 2, 0, 1],
    ])
      expect(
        Math.max(
          ...run(other)
            .subarray(6, 9)
            .map((value, k) => Math.abs(value - one[6 + k]!)),
        ),
      ).toBeGreaterThan(1e-4);
  });
});
