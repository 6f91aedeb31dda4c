/** @file Laws of networks that are gradients. */
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../src/backend/interpreter.ts';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import { foldIn, key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { sizeOf, tensor, type Tensor } from '../../src/base/tensor.ts';
import { input } from '../../src/graph/build.ts';
import { evaluate } from '../../src/graph/evaluate.ts';
import { graph } from '../../src/graph/node.ts';
import { ddpmpp } from '../../src/nn/unet/ddpmpp.ts';
import { energyNetwork, energyOf } from '../../src/nn/energy.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { constantScope, layout, type Network, type ParamVectors } from '../../src/nn/network.ts';
import { scoreNet } from '../../src/nn/score-net.ts';
import { scoreModel } from '../../src/score/models/score-model.ts';
import { edmParametrization, epsilon } from '../../src/sde/learning/parametrization.ts';
import { vp } from '../../src/sde/processes/vp.ts';

const sde = vp();

/** Parameters of the size of initial ones, with no branch at zero. */
function randomParams(net: Network): ParamVectors {
  const { segments, trained, fixed } = layout(net);
  const vectors = { trained: new Float32Array(trained), fixed: new Float32Array(fixed) };
  for (const { name, shape, begin, end, trainable } of segments) {
    const scale = 1 / Math.sqrt(Math.max(1, sizeOf(shape.slice(1))) + 1);
    const values = normal(foldIn(key(1), name), end - begin).map((z) => z * scale);
    (trainable ? vectors.trained : vectors.fixed).set(values, begin);
  }
  return vectors;
}

const nets = [
  mlp(2, { width: 16, depth: 2, features: 8 }),
  scoreNet([1, 7, 8], { channels: [8, 16], features: 8 }),
  ddpmpp([1, 4, 2], { width: 4, multipliers: [1], blocks: 1, attention: [2] }),
];
const rows = 2;
const times = [0.1, 0.8];
const noise = (net: Network, name: string): Tensor =>
  tensor(normal(foldIn(key(2), name), rows * sizeOf(net.sampleShape)).map(Math.fround), [rows, ...net.sampleShape]);
const dot = (a: Tensor, b: Tensor): number => a.data.reduce((sum, value, i) => sum + value * b.data[i]!, 0);
const norm = (a: Tensor): number => Math.sqrt(dot(a, a));

describe.each(nets)('the energy of $kind', (inner) => {
  const net = energyNetwork(inner);
  const params = randomParams(net);

  it('has the parameters of the network, and its kind in its name', () => {
    const shown = ({ params: all }: Network): unknown =>
      all.map(({ name, shape, trainable }) => ({ name, shape, trainable }));
    expect(shown(net)).toEqual(shown(inner));
    expect([net.kind, net.sampleShape]).toEqual([`energy of ${inner.kind}`, inner.sampleShape]);
  });

  it('has minus the output as its gradient, by differences', () => {
    const g = graph();
    const x = noise(net, 'x');
    const v = noise(net, 'v');
    const [node, label] = [input(g, 'x', x.shape), input(g, 'label', [rows])];
    const scope = constantScope(net, params, g);
    const [energy, output] = [energyOf(inner)(scope, node, label), net.forward(scope, node, label)];
    const at = (data: Float64Array): Float64Array[] => evaluate([energy, output], { x: data, label: times });
    const h = 1e-5;
    const [after, before] = [h, -h].map((step) => at(x.data.map((value, j) => value + step * v.data[j]!))[0]!);
    const found = at(x.data)[1]!;
    const size = sizeOf(net.sampleShape);
    after!.forEach((value, i) => {
      const slope = (value - before![i]!) / (2 * h);
      let product = 0;
      for (let j = i * size; j < (i + 1) * size; j++) product -= found[j]! * v.data[j]!;
      expect(Math.abs(slope - product)).toBeLessThan(1e-7 * (1 + Math.abs(product) + Math.abs(value)));
    });
  });

  it.each([epsilon(), edmParametrization()])(
    'has a score with a symmetric Jacobian, by both derivatives',
    async (of) => {
      const process = { sde, parametrization: of(sde) };
      const [x, v, w] = ['x', 'v', 'w'].map((name) => noise(net, name)) as [Tensor, Tensor, Tensor];
      for (const backend of [interpreter(), nodeBackend({ threads: 1 })]) {
        const model = scoreModel(backend, net, { params, process });
        const [along, other] = [await model.scoreJvp(x, times, v), await model.scoreJvp(x, times, w)];
        const [a, b] = [dot(w, along.jvp), dot(v, other.jvp)];
        const size = norm(w) * norm(along.jvp) + norm(v) * norm(other.jvp);
        // Outputs are float32, and so are the angles of the time's features.
        expect(Math.abs(a - b) / size, backend.name).toBeLessThan(1e-5);
        const { vjp } = await model.scoreVjp(x, times, v);
        const gap = norm(
          tensor(
            vjp.data.map((value, j) => value - along.jvp.data[j]!),
            vjp.shape,
          ),
        );
        expect(gap / norm(along.jvp), backend.name).toBeLessThan(1e-4);
        await model.dispose();
        if (backend.name === 'interpreter') {
          // A network that is no gradient has none of it.
          const plain = scoreModel(backend, inner, { params, process });
          const [one, two] = [await plain.scoreJvp(x, times, v), await plain.scoreJvp(x, times, w)];
          expect(Math.abs(dot(w, one.jvp) - dot(v, two.jvp)) / size).toBeGreaterThan(1e-4);
          await plain.dispose();
        }
      }
    },
  );
});
