/** @file What rounding its parameters does to the output of a network. */
import type { Backend } from '../../backend/program.ts';
import { combine, dotPerSample } from '../../base/arith.ts';
import { foldIn, key, split } from '../../base/key.ts';
import { normalBatch, permutation } from '../../base/random.ts';
import type { Tensor } from '../../base/tensor.ts';
import type { RoundingAt } from '../../run/model-file.ts';
import type { ParameterBits } from '../../run/parameter-bits.ts';
import { classCount } from '../../catalog/kinds.ts';
import type { DataSet } from '../../data/dataset.ts';
import { fromFloat16, toFloat16 } from '../../io/float16.ts';
import { dequantize, quantize } from '../../io/quantize.ts';
import { isAutoencoder, isOfLatents, type WithAutoencoder } from '../../nn/autoencoder.ts';
import type { ParamVectors } from '../../nn/network.ts';
import { autoencoderModel } from '../../score/models/autoencoder-model.ts';
import { classifierModel } from '../../score/models/classifier-model.ts';
import { scoreModel } from '../../score/models/score-model.ts';
import { noiseRatio, timeOfNoiseRatio } from '../../sde/time/noise-ratio.ts';
import { modelInputs } from '../density/likelihood-estimates.ts';
import type { TrainedModel } from '../trained.ts';

const samples = 64;
const levels = 8;

/** Numbers as they are read from the file of a model. */
const rounded: Readonly<Record<ParameterBits, (numbers: Float32Array) => Float32Array>> = {
  16: (numbers) => numbers.map((value) => fromFloat16(toFloat16(value))),
  8: (numbers) => dequantize(quantize(numbers)),
};

/**
 * The change of a score (of a classifier, of its log probabilities) by rounding the trained parameters to so many bits (default 16, half precision), at 8 noise levels from the first to the last
 * of the run: the root mean square over 64 samples of the data, which are noised by the same noise each time, relative to
 * that of the output itself.
 */
export async function measureRounding(
  backend: Backend,
  run: TrainedModel,
  set: DataSet,
  bits: ParameterBits = 16,
): Promise<readonly RoundingAt[]> {
  const { sde } = run.process;
  const base = foldIn(key(0), 'rounding');
  const rows = Array.from(permutation(foldIn(base, 'rows'), set.count)).slice(0, samples);
  const x0 = await seenBy(backend, run, modelInputs(run, set, rows, base));
  const z = normalBatch(split(foldIn(base, 'noise'), rows.length), run.net.sampleShape);
  const [least, most] = [noiseRatio(sde, sde.tEnd), noiseRatio(sde, sde.tMax)];
  const times =
    run.sampling.oneLevel || isAutoencoder(run.net)
      ? [sde.tEnd]
      : Array.from({ length: levels }, (_, i) => timeOfNoiseRatio(sde, least * (most / least) ** (i / (levels - 1))));
  const states = times.map((t) => ({ t, x: combine([sde.alpha(t), x0], [sde.sigma(t), z]) }));
  const { params } = run;
  const before = await outputs(backend, run, params, states);
  const after = await outputs(backend, run, { ...params, trained: rounded[bits](params.trained) }, states);
  return states.map(({ t }, i) => {
    const [exact, changed] = [before[i], after[i]];
    if (exact === undefined || changed === undefined) return { noiseRatio: noiseRatio(sde, t), relative: NaN };
    const change = combine([1, changed], [-1, exact]);
    return {
      noiseRatio: noiseRatio(sde, t),
      relative: Math.sqrt(total(change) / Math.max(total(exact), Number.MIN_VALUE)),
    };
  });
}

/** Samples of data as a network sees them. */
async function seenBy(backend: Backend, { net, params }: TrainedModel, x: Tensor): Promise<Tensor> {
  if (!isOfLatents(net)) return x;
  const model = autoencoderModel(backend, net, { params });
  try {
    return (await model.encode(x)).mean;
  } finally {
    await model.dispose();
  }
}

/** What is decoded of the latents of samples, which have no noise. */
async function reconstructions(
  backend: Backend,
  net: WithAutoencoder,
  params: ParamVectors,
  states: readonly { readonly x: Tensor }[],
): Promise<readonly Tensor[]> {
  const model = autoencoderModel(backend, net, { params });
  try {
    const found: Tensor[] = [];
    for (const { x } of states) found.push(await model.decode((await model.encode(x)).mean));
    return found;
  } finally {
    await model.dispose();
  }
}

function total(x: Tensor): number {
  return dotPerSample(x, x).reduce((sum, value) => sum + value, 0);
}

async function outputs(
  backend: Backend,
  { net, process, config }: TrainedModel,
  params: ParamVectors,
  states: readonly { readonly t: number; readonly x: Tensor }[],
): Promise<readonly Tensor[]> {
  if (isAutoencoder(net)) return reconstructions(backend, net, params, states);
  const classes = classCount(config.net);
  const classifies = config.task === 'classifier';
  const model = classifies
    ? await classifierModel(backend, net, { params, classes, sde: process.sde, maxBatch: samples })
    : scoreModel(backend, net, { params, process, maxBatch: samples });
  const found: Tensor[] = [];
  try {
    for (const { t, x } of states)
      found.push(await ('logProbabilities' in model ? model.logProbabilities(x, t) : model.score(x, t)));
  } finally {
    await model.dispose();
  }
  return found;
}

/** The noise level at which rounding changes most. */
export function largestChange(rounding: readonly RoundingAt[]): RoundingAt | undefined {
  return [...rounding].sort((a, b) => b.relative - a.relative)[0];
}
