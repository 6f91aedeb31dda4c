/** @file The networks and the loss of shapes: symmetry, any number of points, the published loss, and two stages that do not disturb each other. */
import { describe, expect, it } from 'vitest';
import { foldIn, key } from '../../src/base/key.ts';
import { normal, permutation } from '../../src/base/random.ts';
import { latentProcess, latentWeighing } from '../../src/catalog/latents.ts';
import { constant, input } from '../../src/graph/build.ts';
import { evaluate } from '../../src/graph/evaluate.ts';
import { graph } from '../../src/graph/node.ts';
import { gradient } from '../../src/graph/vjp.ts';
import { partParams, requireLatent } from '../../src/nn/latent.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { constantScope, layout, vectorScope, type Network, type ParamVectors } from '../../src/nn/network.ts';
import { shapeNet, type ShapeNetOptions } from '../../src/nn/shapes/shape-net.ts';
import { latentDenoising, type LatentOptions } from '../../src/score/objectives/latent.ts';
import { directScore } from '../../src/sde/learning/parametrization.ts';
import { smldSigmas } from '../../src/sde/processes/discrete.ts';
import { smld } from '../../src/sde/processes/smld.ts';
import { drawOf, siteOf } from './site.ts';

const small: ShapeNetOptions = { latent: 4, width: 6, depth: 2, encoderWidth: 8, priorWidth: 5, priorDepth: 1 };
const [points, batch] = [7, 3];
const net = shapeNet([points, 3], small);
const sde = smld({ sigmas: smldSigmas({ sigmaMin: 0.01, sigmaMax: 1, levels: 10 }) });
const process = { sde, parametrization: directScore({ label: 'logSigma' })(sde) };
const { trained, fixed } = layout(net);
const params: ParamVectors = {
  trained: Float32Array.from(normal(foldIn(key(0), 'trained'), trained), (z) => 0.4 * z),
  fixed: Float32Array.from(normal(foldIn(key(0), 'fixed'), fixed)),
};

/** What a part of the network says of clouds `[B, N, 3]`. */
function outputOf(part: 'encoder' | 'decoder', whole: Network, x: Float64Array, latents?: Float64Array): Float64Array {
  const own = requireLatent(whole).latent[part];
  const g = graph();
  const scope = constantScope(own, partParams(requireLatent(whole), part, params), g);
  const count = x.length / (own.sampleShape[0]! * 3);
  const label = constant(g, new Float64Array(count).fill(-0.7), [count]);
  const rows = latents && constant(g, latents, [count, 4]);
  return evaluate([own.forward(scope, constant(g, x, [count, ...own.sampleShape]), label, rows)], {})[0]!;
}

const x = normal(key(1), points * 3);
const latents = normal(key(2), 4);
const order = permutation(key(3), points);
const turned = Float64Array.from(x, (_, j) => x[3 * order[Math.floor(j / 3)]! + (j % 3)]!);

describe('a network of shapes', () => {
  it('gives each point its score by itself, bit for bit, wherever it stands and however many there are', () => {
    const [own, other] = [outputOf('decoder', net, x, latents), outputOf('decoder', net, turned, latents)];
    order.forEach((from, to) =>
      expect(other.subarray(3 * to, 3 * to + 3)).toEqual(own.subarray(3 * from, 3 * from + 3)),
    );
    const two = outputOf('decoder', shapeNet([2, 3], small), x.slice(3, 9), latents);
    expect(two).toEqual(own.subarray(3, 9));
    expect(
      outputOf(
        'decoder',
        net,
        x,
        latents.map((z) => z + 1),
      ),
    ).not.toEqual(own);
  });

  it('has the same parameters for any number of points, and a part has its own of them', () => {
    const sizes = (one: Network): readonly string[] => one.params.map(({ name, shape }) => `${name} ${shape.join()}`);
    expect(sizes(shapeNet([500, 3], small))).toEqual(sizes(net));
    const { encoder, decoder, prior } = net.latent;
    const parts = [encoder, decoder, prior].map((part) => layout(part).trained);
    expect(parts.reduce((sum, size) => sum + size, 0)).toBe(trained);
  });

  it('finds a latent of mean 0 and variance 1 that does not depend on the order of the points, nor on points that are there twice', () => {
    const own = outputOf('encoder', net, x);
    expect(outputOf('encoder', net, turned)).toEqual(own);
    const twice = outputOf('encoder', shapeNet([2 * points, 3], small), Float64Array.from([...x, ...turned]));
    twice.forEach((value, k) => expect(value).toBeCloseTo(own[k]!, 12));
    expect(own.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 9);
    expect(own.reduce((sum, value) => sum + value ** 2, 0) / 4).toBeCloseTo(1, 3);
    // Moved points are another shape.
    expect(
      outputOf(
        'encoder',
        net,
        x.map((value) => value + 1),
      ),
    ).not.toEqual(own);
  });

  it.each<[ShapeNetOptions, RegExp]>([
    [{ latent: 1 }, /latent: expected a whole number of at least 2, got 1/],
    [{ encoderWidth: 6 }, /encoderWidth: expected a multiple of 4, got 6/],
    [{ depth: 0 }, /depth/],
  ])('refuses %j', (options, problem) => expect(() => shapeNet([4, 3], options)).toThrow(problem));

  it('is of clouds in space', () => {
    expect(() => shapeNet([4, 2])).toThrow(/expected clouds \[N, 3\]/);
    expect(() => requireLatent(mlp(2))).toThrow(/expected a network with a latent, got mlp/);
  });
});

const x0 = Float32Array.from(normal(key(4), batch * points * 3), (z) => 0.5 * z);
const weighing = { weighting: (t: number) => sde.sigma(t) ** 3, reduction: 'mean' } as const;
const objectiveOf = (own: Partial<LatentOptions> = {}) =>
  latentDenoising(process, {
    latent: 4,
    copies: 2,
    prior: latentProcess,
    priorWeighing: latentWeighing,
    ...weighing,
    ...own,
  });

/** A loss with its derivative. */
function written(own: Partial<LatentOptions> = {}) {
  const objective = objectiveOf(own);
  const g = graph();
  const [vector, frozen] = [input(g, 'params', [trained]), input(g, 'fixed', [fixed])];
  const { scope } = vectorScope(net, { trained: vector, fixed: frozen });
  const { loss, losses } = objective.write(g, net, siteOf(scope, batch));
  const [slope] = gradient(loss, [vector]);
  const drawn = drawOf(objective, x0, batch, key(5));
  const at = (trainedAt: Float64Array) =>
    evaluate([loss, losses, slope!], { ...drawn.feeds, params: trainedAt, fixed: params.fixed });
  return { drawn, at };
}

const start = Float64Array.from(params.trained);

describe('the loss of shapes', () => {
  it('is the squared displacement over sigma, as published, of each shape given its latent', () => {
    const { drawn, at } = written();
    const [, losses] = at(start);
    const z = drawn.feeds['z']!;
    const size = points * 3;
    const found = outputOf('encoder', net, Float64Array.from(x0));
    for (let b = 0; b < batch; b++) {
      const sigma = sde.sigma(drawn.times[b]!);
      const own = Float64Array.from({ length: size }, (_, j) => x0[b * size + j]! + sigma * z[b * size + j]!);
      const g = graph();
      const { decoder } = net.latent;
      const scope = constantScope(decoder, partParams(net, 'decoder', params), g);
      const rows = constant(g, found.subarray(4 * b, 4 * b + 4).slice(), [1, 4]);
      const label = constant(g, Float64Array.of(Math.log(sigma)), [1]);
      const [raw] = evaluate([decoder.forward(scope, constant(g, own, [1, points, 3]), label, rows)], {});
      // The displacement that the network says is sigma^2 s = sigma F; the true one is -sigma z.
      const sum = raw!.reduce((all, value, j) => all + (sigma * value + sigma * z[b * size + j]!) ** 2 / sigma, 0);
      expect(losses![b]! / (sum / size / batch)).toBeCloseTo(1, 5);
    }
  });

  it('has the gradient that differences find', () => {
    const { at } = written({ latentNoise: 0.3 });
    const [, , slope] = at(start);
    const segments = layout(net).segments.filter(({ trainable }) => trainable);
    for (const { name, begin } of segments) {
      // The encoder learns by the first loss alone, whose shares they are.
      const value = (shift: number): number => {
        const [loss, losses] = at(start.map((v, j) => (j === begin ? v + shift : v)));
        return name.startsWith('encoder') ? losses!.reduce((sum, share) => sum + share, 0) : loss![0]!;
      };
      const h = 1e-5;
      const expected = (value(h) - value(-h)) / (2 * h);
      expect(Math.abs(slope![begin]! - expected), name).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected)));
    }
  });

  it('draws the same for the same step, at the levels that it is given, and other noise for every copy of a latent', () => {
    const { drawn } = written();
    expect(drawOf(objectiveOf(), x0, batch, key(5))).toEqual(drawn);
    const noise = drawn.feeds['latent.z']!;
    expect(noise).toHaveLength(batch * 2 * 4);
    expect(new Set(Array.from(noise)).size).toBe(noise.length);
    expect(drawn.feeds['latentNoise']).toBeUndefined();
    expect(written({ latentNoise: 0.1 }).drawn.feeds['latentNoise']).toHaveLength(batch * 4);
  });
});
