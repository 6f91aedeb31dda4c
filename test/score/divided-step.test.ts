/** @file A step in parts is the step: of every loss, with any number of parts and members. */
import { describe, expect, it } from 'vitest';
import { interpreter } from '../../src/backend/interpreter.ts';
import type { Backend } from '../../src/backend/program.ts';
import { localGroup } from '../../src/base/group.ts';
import { foldIn, key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { sizeOf } from '../../src/base/tensor.ts';
import { objectives as records } from '../../src/catalog/objectives/index.ts';
import { maskSchedules } from '../../src/discrete/masked.ts';
import { tokenNoises } from '../../src/discrete/token-noise.ts';
import { autoencoder, ofLatents } from '../../src/nn/autoencoder.ts';
import { classifier } from '../../src/nn/classifier.ts';
import { dequantizer } from '../../src/nn/dequantizer.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { initialize, layout, type Network } from '../../src/nn/network.ts';
import { transformer } from '../../src/nn/tokens/transformer.ts';
import { ddpmpp } from '../../src/nn/unet/ddpmpp.ts';
import { withEnd } from '../../src/nn/with-end.ts';
import { withVariance } from '../../src/nn/with-variance.ts';
import { batchPart, divides, mostParts, partOf } from '../../src/score/batch-parts.ts';
import { consistency } from '../../src/score/distillation/consistency.ts';
import { easyPairs } from '../../src/score/distillation/consistency-pairs.ts';
import { meanFlow } from '../../src/score/distillation/mean-flow.ts';
import { pairDistillation } from '../../src/score/distillation/luhman.ts';
import { progressiveDistillation } from '../../src/score/distillation/progressive.ts';
import { shortcut } from '../../src/score/distillation/shortcut.ts';
import { compileDividedStep, requireDivisible } from '../../src/score/divided-step.ts';
import { meanMatching } from '../../src/score/objectives/mean-matching.ts';
import { bridgeMatching } from '../../src/score/objectives/bridge-matching.ts';
import { crossEntropy } from '../../src/score/objectives/cross-entropy.ts';
import { otCoupling } from '../../src/score/objectives/coupling.ts';
import { latentDenoising } from '../../src/score/objectives/latent.ts';
import { denoising } from '../../src/score/objectives/denoising.ts';
import { dequantization } from '../../src/score/objectives/dequantization.ts';
import type { Objective } from '../../src/score/objectives/objective.ts';
import { reconstruction } from '../../src/score/objectives/reconstruction.ts';
import { lsgm } from '../../src/score/objectives/lsgm.ts';
import { maskedTokens } from '../../src/score/objectives/tokens/masked.ts';
import { tokenSteps } from '../../src/score/objectives/tokens/steps.ts';
import { compileTrainStep, defaultOptimizer, readState, type TrainState } from '../../src/score/train-step.ts';
import { epsilon, velocity } from '../../src/sde/learning/parametrization.ts';
import { lengthEnds, sectionEnds } from '../../src/sde/learning/step-ends.ts';
import { rectifiedFlow } from '../../src/sde/processes/rectified-flow.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { objectivesOf } from './objectives.ts';

const batch = 12;
const [sde, flow] = [vp(), rectifiedFlow()];
const process = { sde, parametrization: epsilon()(sde) };
const small = { width: 6, depth: 1, features: 4 };
const net = mlp(2, small);
const frozen = { net, params: initialize(net, key(1)), process };
const ends = (own: typeof lengthEnds) => ({ sde: flow, parametrization: velocity()(flow), ends: own });
const image = ddpmpp([1, 4, 4], { width: 4, multipliers: [1], blocks: 1, dropout: 0.3 });
const byteNet = ddpmpp([1, 2, 2], { width: 4, multipliers: [1], blocks: 1 });
const byteFlow = dequantizer([1, 2, 2], { layers: 2, width: 2 });
const bytes = { net: byteNet, params: initialize(byteNet, key(2)), process };
const coder = autoencoder([1, 4, 4], { channels: 1, width: 4, multipliers: [1, 1], patch: 1 });
const joint = ofLatents(ddpmpp([1, 2, 2], { width: 4, multipliers: [1], blocks: 1 }), coder.autoencoder, {
  joint: true,
});
const withSteps = (columns: number): Network =>
  withEnd({ classes: 0, ends: columns }, (classes) => mlp(2, { ...small, classes }));
const words = (timed: boolean): Network =>
  transformer([5], { tokens: 3, timed, width: 8, depth: 1, heads: 2, dropout: 0.2 });

/** Every loss with a network that it trains. */
const cases: readonly (readonly [string, Objective, Network])[] = [
  ...Object.entries(objectivesOf(process)).map(
    ([name, objective]) =>
      [name, objective, name.endsWith('learned') ? withVariance([2], ([d = 2]) => mlp(d, small)) : net] as const,
  ),
  ['denoising with dropout', denoising(process), image],
  ['denoising with a coupling', denoising(process, { coupling: otCoupling() }), net],
  ['denoising with classes', denoising(process), mlp(2, { ...small, classes: 3 })],
  ['consistency training', consistency(process, { pairs: easyPairs(sde), target: 'average' }), net],
  ['consistency distillation', consistency(process, { pairs: easyPairs(sde), teacher: frozen, huber: 0.1 }), net],
  ['progressive', progressiveDistillation(process, { teacher: frozen, steps: 4 }), net],
  ['luhman', pairDistillation(process), net],
  ['mean matching', meanMatching({ sde: flow, parametrization: velocity()(flow) }, { epsilon: 0.5, times: [1, 0.4, 0] }), net], // prettier-ignore
  ['bridge matching', bridgeMatching({ sde: flow, parametrization: velocity()(flow) }, 0.5), net],
  ['reconstruction', reconstruction({ latent: 4 }), coder],
  ['lsgm', lsgm(process, { weighting: 'drop-all-iw', latent: 4 }), joint],
  ['mean-flow', meanFlow(ends(lengthEnds)), withSteps(lengthEnds.columns)],
  ['shortcut', shortcut(ends(sectionEnds(8)), { sections: 8, share: 1 / 2 }), withSteps(sectionEnds(8).columns)],
  ['cross-entropy', crossEntropy(process, { classes: 3 }), classifier([1, 4, 4], { classes: 3, width: 4 })],
  ['dequantization', dequantization(bytes, byteFlow, { factor: 2 / 255, shift: 127.5 }), byteFlow.net],
  ['masked', maskedTokens(Object.values(maskSchedules)[0]!, { tokens: 3 }), words(false)],
  [
    'd3pm',
    tokenSteps(Object.values(tokenNoises)[0]!({ tokens: 3, steps: 6 }), { form: 'mixture', crossEntropy: 0.1 }),
    words(true),
  ],
];

const optimizer = { ...defaultOptimizer, warmup: 1, learningRate: 1e-2, clip: 1e-2, profiles: [5] };
const workers = (count: number): Backend => ({ ...interpreter(), workers: count });

/** A state away from where networks begin, which is at zero outputs. */
function stateOf(own: Network): TrainState {
  const { trained } = layout(own);
  const draw = (name: string): Float32Array => Float32Array.from(normal(foldIn(key(4), name), trained), (z) => 0.3 * z);
  const [params, ema] = [draw('params'), draw('ema')];
  const { fixed } = initialize(own, key(5));
  return { params, ema, m: draw('m'), v: draw('v').map((z) => z * z), profiles: [ema], fixed };
}

/** What a loss reads of a batch. */
async function drawn(objective: Objective, own: Network) {
  const size = batch * sizeOf(objective.joint ? (own.autoencoder?.dataShape ?? []) : own.sampleShape);
  const tokens = own.kind === 'transformer';
  const bytewise = objective.kind === 'dequantization';
  const x0 = Float32Array.from(normal(key(6), size), (z, i) =>
    tokens ? (i * i) % 3 : bytewise ? ((i * 37) % 200) / 255 : z,
  );
  const { feeds } = await objective.draw(x0, batch, key(7), 3);
  const columns = objective.classes ?? own.classes;
  const rows = Float32Array.from({ length: batch * columns }, (_, i) =>
    Number(i % columns === Math.floor(i / columns) % 3),
  );
  // Training feeds the other ends of pairs.
  const states = { 'bridge-matching': 1, 'mean-matching': 2 }[objective.kind];
  const z = states !== undefined && { z: Float32Array.from(normal(key(9), states * size)) };
  return { feeds: { ...feeds, ...z, ...(columns > 0 && { classes: rows }) }, key: key(8) };
}

/** What a step has come to, as numbers. */
async function outcome(step: Awaited<ReturnType<typeof compileDividedStep>>, objective: Objective, own: Network) {
  const { state, loss, losses, gradientNorm, finite } = await step.run(
    stateOf(own),
    await drawn(objective, own),
    3,
    0.25,
  );
  const { params, m, v, ema, profiles } = await readState(state);
  await step.dispose();
  return { scalars: Float32Array.of(loss, gradientNorm), losses, params, m, v, ema, profile: profiles![0]!, finite };
}

/** Sums of float32 numbers in another order differ by a few roundings of the largest. */
function expectClose(found: Awaited<ReturnType<typeof outcome>>, expected: Awaited<ReturnType<typeof outcome>>): void {
  expect(found.finite).toBe(true);
  for (const name of ['scalars', 'losses', 'm', 'v', 'params', 'ema', 'profile'] as const) {
    const largest = expected[name].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const error = expected[name].reduce((most, value, i) => Math.max(most, Math.abs(value - found[name][i]!)), 0);
    expect(error, name).toBeLessThan(1e-5 * largest);
  }
}

describe.each(cases)('the step of %s', (_, objective, own) => {
  it('is the same in parts and among members, to rounding', async () => {
    const expected = await outcome(
      await compileTrainStep(interpreter(), own, { batch, objective, optimizer }),
      objective,
      own,
    );
    expect(mostParts(objective, batch, 4)).toBeGreaterThan(1);
    const options = { batch, objective, optimizer, parts: workers(4) };
    expectClose(await outcome(await compileDividedStep(interpreter(), own, options), objective, own), expected);
    const members = localGroup(2).map(async (group) =>
      outcome(await compileDividedStep(interpreter(), own, { ...options, parts: workers(3), group }), objective, own),
    );
    const [first, second] = await Promise.all(members);
    expectClose(first!, expected);
    expect(second).toEqual(first);
  });
});

it('every named loss is among them, by its kind', () => {
  const known = new Set(cases.map(([, { kind }]) => kind));
  const others: Readonly<Record<string, string>> = {
    ...{ dsm: 'denoising', ncsn: 'denoising', ddpm: 'denoising', hybrid: 'vlb' },
    ...{
      'consistency-distillation': 'consistency',
      'consistency-training': 'consistency',
      'easy-consistency': 'consistency',
    },
  };
  // A step on both latents and samples is never divided.
  const whole = ['shape-gf'];
  for (const { name } of records) if (!whole.includes(name)) expect(known).toContain(others[name] ?? name);
  const latents = latentDenoising(process, { latent: 2, prior: process, priorWeighing: {} });
  expect(mostParts(latents, batch, 4)).toBe(1);
});

describe('the parts of a batch', () => {
  it('have every row once, and a share of each section', () => {
    for (const [sections, count] of [
      [[12], 3],
      [[4, 8], 4],
      [[0, 6], 2],
    ] as const) {
      const parts = Array.from({ length: count }, (_, i) => batchPart(sections, count, i).rows);
      const total = sections[0] + (sections[1] ?? 0);
      expect(parts.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, i) => i));
      for (const rows of parts) expect(rows.filter((row) => row < sections[0])).toHaveLength(sections[0] / count);
    }
  });

  it('read their rows of arrays of all samples, and their block of those of a section', () => {
    const part = batchPart([2, 4], 2, 1);
    expect([...partOf('x', Float32Array.of(0, 1, 2, 3, 4, 5), [3], part)]).toEqual([1, 4, 5]);
    expect([...partOf('x', Float32Array.of(7, 8), [1], part)]).toEqual([8]);
    expect(() => partOf('x', Float32Array.of(7, 8, 9), [1], part)).toThrow(
      "input 'x': expected 2 parts of 1 values, got 3",
    );
  });

  it('are as many as divide the batch, and none of a loss that says nothing of its sections', () => {
    const plain = denoising(process);
    expect(mostParts(plain, 12, 5)).toBe(4);
    expect(mostParts(plain, 7, 4)).toBe(1);
    const own: Objective = { kind: plain.kind, write: plain.write, draw: plain.draw };
    expect(mostParts(own, 12, 4)).toBe(1);
    // An eighth of 12 samples is 2, of 3 samples none.
    expect(divides(shortcut(ends(sectionEnds(8)), { sections: 8, share: 1 / 8 }), 12, 4)).toBe(false);
    expect(() => requireDivisible(plain, 7, 2)).toThrow('expected a batch with equal parts for 2 members, got 7');
    expect(() => requireDivisible(own, 12, 2)).toThrow(
      'a step of the loss denoising cannot be divided among 2 members',
    );
  });
});
