/** @file The seams of a loss: trained, stopped and averaged parameters, dropout that calls share, and draws that take their time. */
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../src/backend/interpreter.ts';
import { key } from '../../src/base/key.ts';
import { add, expand, input, mul, reshape, square, sum } from '../../src/graph/build.ts';
import { isKind, topological } from '../../src/graph/node.ts';
import { network, type Scope } from '../../src/nn/network.ts';
import { ddpmpp } from '../../src/nn/unet/ddpmpp.ts';
import { denoising } from '../../src/score/objectives/denoising.ts';
import { sumPerSample } from '../../src/score/objectives/loss.ts';
import type { Objective } from '../../src/score/objectives/objective.ts';
import { compileTrainStep, defaultOptimizer, trainStepGraph } from '../../src/score/train-step.ts';
import { firstSteps, tiny } from '../train/tiny.ts';

const one = network('one', [1], (scope, x) => {
  const w = scope.param({ name: 'w', shape: [1], init: () => new Float64Array([2]), trainable: true });
  return mul(x, expand(reshape(w, [1, 1]), x.shape));
});

describe('the scopes of a loss', () => {
  /** w of a scope. */
  const objective: Objective = {
    kind: 'product',
    write: (owner, net, { scope, stopped, average, batch }) => {
      const x = input(owner, 'x', [batch, 1]);
      const label = input(owner, 'label', [batch]);
      const of = (own: Scope) => net.forward(own, x, label);
      const losses = sumPerSample(add(mul(of(scope), of(stopped)), mul(mul(of(scope), of(average)), 3)));
      return { loss: sum(losses), losses };
    },
    draw: () => ({ feeds: {}, times: [0] }),
  };

  it('are the trained parameters, the same without a gradient, and their average', async () => {
    const optimizer = { ...defaultOptimizer, clip: 1e9 };
    const step = await compileTrainStep(interpreter(), one, { batch: 1, objective, optimizer });
    const zero = new Float32Array(1);
    const [params, ema] = [Float32Array.of(2), Float32Array.of(5)];
    const state = { params, m: zero, v: zero, ema, fixed: new Float32Array(0) };
    const feeds = { x: Float32Array.of(1), label: Float32Array.of(0) };
    const { loss, gradientNorm } = await step.run(state, { feeds, key: key(0) }, 1);
    expect(loss).toBe(2 * 2 + 3 * 2 * 5);
    expect(gradientNorm).toBe(2 + 3 * 5);
  });

  it('share the dropout masks of one call each, and further calls have others', () => {
    const net = ddpmpp([1, 4, 4], { width: 4, multipliers: [1], blocks: 1, dropout: 0.3 });
    const calls = (scopes: (keyof Parameters<Objective['write']>[2])[]): { names: string[]; given: number } => {
      const of: Objective = {
        ...objective,
        write: (owner, _, site) => {
          const outputs = scopes.map((name) =>
            net.forward(site[name] as Scope, input(owner, 'x', [1, 1, 4, 4]), input(owner, 'label', [1])),
          );
          const losses = outputs.map((y) => sumPerSample(square(y))).reduce((a, b) => add(a, b));
          return { loss: sum(losses), losses };
        },
      };
      const { outputs, kept, masks } = trainStepGraph(net, { batch: 1, objective: of }, defaultOptimizer);
      const inputs = topological([...Object.values(outputs), ...Object.values(kept)]);
      const found = inputs.flatMap((node) => (isKind(node, 'input') ? [node.attrs.name] : []));
      return { names: found.filter((name) => name.startsWith('mask')), given: masks.length };
    };
    const { given } = calls(['scope']);
    expect(given).toBeGreaterThan(0);
    const shared = calls(['scope', 'stopped', 'average']);
    expect(shared.given).toBe(given);
    expect(shared.names).toHaveLength(given);
    expect(calls(['scope', 'scope']).given).toBe(2 * given);
    expect(calls(['average', 'average', 'scope']).given).toBe(2 * given);
  });
});

describe('draws', () => {
  it('get the number of the step, and may be promises, which changes no bit', async () => {
    const options = tiny(interpreter());
    const plain = denoising(options.process);
    const numbers: number[] = [];
    const late: Objective = {
      ...plain,
      draw: async (x0, batch, own, n) => {
        await Promise.resolve();
        numbers.push(n);
        return plain.draw(x0, batch, own, n);
      },
    };
    const expected = await firstSteps({ ...options, objective: plain }, 3);
    expect(await firstSteps({ ...options, objective: late }, 3)).toEqual(expected);
    expect(numbers).toEqual([1, 2, 3]);
  });
});
