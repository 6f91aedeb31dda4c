/** @file A trained network of series against the Gaussian field that its data are: how near it is to the least loss that there is, and the posterior of what is missing. */
import { describe, expect, it } from 'vitest';
import { combine, map } from '../../src/base/arith.ts';
import { key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { batchOf, tensor, type Tensor } from '../../src/base/tensor.ts';
import { coveredBy } from '../../src/evaluate/crps.ts';
import { meanEstimate } from '../../src/evaluate/estimate.ts';
import { floatArraySet } from '../../src/data/float-arrays/read-float-array.ts';
import type { FloatArraySet } from '../../src/data/float-arrays/float-array.ts';
import { commonFactor } from '../../src/data/scaler.ts';
import { mask } from '../../src/inverse/operator/sensing/mask.ts';
import { fieldPosterior } from '../../src/inverse/posterior/field-posterior.ts';
import { trainModel } from '../../src/node.ts';
import { autoregressionSpectrum } from '../../src/sde/exact/field-spectrum.ts';
import { gaussianField } from '../../src/sde/exact/gaussian-field.ts';
import { timeOfNoiseRatio } from '../../src/sde/time/noise-ratio.ts';
import { vp } from '../../src/sde/processes/vp.ts';

const length = 16;
const spectrum = autoregressionSpectrum(length, { coefficients: [0.6, -0.4] });
const law = gaussianField(vp(), { spectrum });
const setOf = (x: Tensor): FloatArraySet =>
  floatArraySet(
    {
      axes: { count: batchOf(x), channels: 1, grid: [['l', length]], order: 'none' },
      data: Float64Array.from(x.data),
    },
    'field',
    { periodic: ['l'] },
  );
const fresh = law.draw(split(key(2), 300));
const model = await trainModel(setOf(law.draw(split(key(1), 5000))), {
  ...{ steps: 500, batch: 64, threads: 1 },
  config: { net: { width: 16, depth: 4 }, train: { learningRate: 4e-3, emaDecay: 0.99 } },
});

describe('a network trained on an autoregression around a circle', () => {
  it.each([0.2, 1, 4])('predicts the noise at a ratio of %d to the data nearly as well as can be', async (ratio) => {
    const { process, data } = model.trained;
    const { sde } = process;
    const factor = commonFactor(data.scaler);
    // The law of the data as the network sees them.
    const seen = gaussianField(sde, { spectrum: map(spectrum, (l) => factor ** 2 * l) });
    const t = timeOfNoiseRatio(sde, ratio);
    const z = normalBatch(split(key(3), batchOf(fresh)), [length]);
    const x = combine([sde.alpha(t) * factor, fresh], [sde.sigma(t), z]);
    const rows = tensor(x.data, [batchOf(x), 1, length]);
    const [found, exact] = [await model.score(rows, t), await seen.score(x, t)];
    const errorsOf = (score: Tensor): Float64Array =>
      Float64Array.from({ length: batchOf(x) }, (_, i) => {
        let sum = 0;
        for (let j = i * length; j < (i + 1) * length; j++) sum += (sde.sigma(t) * score.data[j]! + z.data[j]!) ** 2;
        return sum / length;
      });
    const [own, least] = [errorsOf(found), errorsOf(exact)];
    const floor = meanEstimate(least);
    expect(Math.abs(floor.value - seen.noiseFloor(t))).toBeLessThan(3 * floor.standardError);
    // The excess is that of a short training, of the same samples and noise, so that its error is small.
    const excess = meanEstimate(own.map((error, i) => error - least[i]!));
    expect(excess.value).toBeGreaterThan(-3 * excess.standardError);
    expect(excess.value).toBeLessThan(0.1 * floor.value);
  });

  it('fills gaps by the posterior', async () => {
    const known = Uint8Array.from({ length }, (_, j) => Number(j < 6 || j === 10));
    const [count, windows] = [40, 60];
    const truth = tensor(fresh.data.slice(0, windows * length), [windows, length]);
    const holes = setOf(map(truth, (value, at) => (known[at % length] === 1 ? value : NaN)));
    const { samples } = await model.complete(holes, { count, seed: 4, steps: 16 });
    const drawn = (samples as unknown as FloatArraySet).values;
    const operator = mask([length], tensor(known, [length]));
    const exact = fieldPosterior(law, { operator, noiseStd: 0, y: operator.apply(truth) });
    const [half, misses]: [number[], number[]] = [[], []];
    for (let w = 0; w < windows; w++) {
      let [inside, sum, there] = [0, 0, 0];
      for (let j = 0; j < length; j++) {
        if (known[j] === 1) continue;
        const own = Float64Array.from({ length: count }, (_, k) => drawn[(w * count + k) * length + j]!);
        inside += coveredBy(own, truth.data[w * length + j]!, 0.5);
        sum += own.reduce((a, b) => a + b, 0) / count - exact.mean.data[w * length + j]!;
        there++;
      }
      half.push(inside / there);
      misses.push(sum / there);
    }
    const [within, miss] = [meanEstimate(half), meanEstimate(misses)];
    expect(Math.abs(within.value - 0.5)).toBeLessThan(3 * within.standardError);
    expect(Math.abs(miss.value)).toBeLessThan(3 * miss.standardError);
  });
});
