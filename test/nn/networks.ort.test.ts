import { describe, expect, it } from 'vitest';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import { input, mul, sum } from '../../src/graph/build.ts';
import { evaluate } from '../../src/graph/evaluate.ts';
import { gradient } from '../../src/graph/vjp.ts';
import { classifiers, feedsOf, instance, others, unets, values } from './all.ts';

const backend = nodeBackend({ threads: 1 });
const distance = (a: ArrayLike<number>, b: Float64Array): number =>
  Math.hypot(...b.map((v, i) => v - a[i]!)) / Math.hypot(...b);

describe.each([...unets, ...others, ...classifiers])('%s in ONNX Runtime', (_label, net) => {
  it('has the values and the gradients of the interpreter', async () => {
    const { y, inputs } = instance(net, 2);
    const [x, , params] = inputs;
    const u = input(y.graph, 'u', y.shape);
    const [dx, dParams] = gradient(sum(mul(u, y)), [x, params]);
    const { classes, fixed, ...own } = feedsOf(net, 2);
    const feeds = {
      ...own,
      u: values('u', y.shape),
      ...(net.classes > 0 ? { classes } : {}),
      ...(fixed.length > 0 ? { fixed } : {}),
    };
    // Random frequencies would magnify the rounding of a label to float32: both sides get the rounded one.
    const rounded = Object.fromEntries(Object.entries(feeds).map(([name, data]) => [name, Float32Array.from(data)]));
    const program = await backend.compile({ y, dx: dx!, dParams: dParams! });
    const found = await program.run(rounded);
    await program.dispose();
    const expected = evaluate([y, dx!, dParams!], rounded);
    // Rounding of float32 is 6e-8; normalizations over the two pixels of a coarse level magnify it.
    for (const [i, name] of (['y', 'dx', 'dParams'] as const).entries())
      expect(distance(found[name], expected[i]!), name).toBeLessThan(2e-4);
  });
});
