/** @file Predicted errors of denoised estimates, for scores of Gaussians that are right and that are too sure. */
import { expect, it } from 'vitest';
import { key, split } from '../../../src/base/key.ts';
import { normalBatch } from '../../../src/base/random.ts';
import {
  denoisingCalibration,
  type DenoisingCalibration,
} from '../../../src/model/evaluation/denoising-calibration.ts';
import type { ScoreJvpFn } from '../../../src/sde/score-fn.ts';
import { vp } from '../../../src/sde/processes/vp.ts';

const sde = vp();

/** The score of N(0, v I), noised. */
const scoreOf =
  (variance: number): ScoreJvpFn =>
  (x, t, probe) => {
    const of = sde.alpha(Number(t)) ** 2 * variance + sde.sigma(Number(t)) ** 2;
    return Promise.resolve({
      score: { ...x, data: x.data.map((value) => -value / of) },
      jvp: { ...x, data: probe.data.map((value) => -value / of) },
    });
  };

async function measured(variance: number): Promise<readonly DenoisingCalibration[]> {
  const steps = denoisingCalibration({ sde, scoreJvp: scoreOf(variance) }, normalBatch(split(key(1), 200), [6]), {
    levels: 6,
    batch: 64,
  });
  for (;;) {
    const next = await steps.next();
    if (next.done === true) return next.value;
  }
}

it('are those found for the score of the data, and have their closed form', async () => {
  for (const { ratio, predicted, noiseRatio } of await measured(1)) {
    expect(Math.abs(ratio.value - 1)).toBeLessThan(4 * ratio.standardError);
    // Data of unit variance: r^2 / (1 + r^2).
    expect(predicted).toBeCloseTo(noiseRatio ** 2 / (1 + noiseRatio ** 2), 6);
  }
});

it('are below those found for a score that is too sure', async () => {
  const last = (await measured(0.25)).at(-1)!;
  expect(last.ratio.value).toBeLessThan(1 - 4 * last.ratio.standardError);
});
