/** @file The least error that predicted noise can have at each noise level: that of the exact score. */
import { foldIn, key, split } from '../../base/key.ts';
import { normalBatch } from '../../base/random.ts';
import { tensor } from '../../base/tensor.ts';
import { drawMixture } from '../../data/sets/toy.ts';
import { meanEstimate } from '../../evaluate/estimate.ts';
import { noiseErrors, noiseLevels } from '../../evaluate/noise-levels.ts';
import { exactOf, processOf, type Setting } from './setting.ts';

/** Noise levels at which the floor is known, and samples of each. */
const count = 24;
const samples = 800;

/** An error at a noise level. */
export interface LevelError {
  /** sigma / alpha. */
  readonly noiseRatio: number;
  /** E||z - z'||^2 / D, with its standard error. */
  readonly error: number;
  readonly standardError: number;
}

/** The floor of the loss at each noise level. */
export async function* levelFloor(
  setting: Setting & { readonly seed: number },
): AsyncGenerator<undefined, readonly LevelError[]> {
  const sde = processOf(setting);
  const { score } = exactOf(setting);
  const own = foldIn(key(setting.seed), 'floor');
  const x0 = tensor(drawMixture('floor', setting.law, foldIn(own, 'data'), samples).values, [samples, 2]);
  const z = normalBatch(split(foldIn(own, 'noise'), samples), [2]);
  const found: LevelError[] = [];
  for (const { t, noiseRatio } of noiseLevels(sde, count)) {
    const { value, standardError } = meanEstimate(await noiseErrors({ sde, score }, { x0, z }, t));
    found.push({ noiseRatio, error: value, standardError });
    yield undefined;
  }
  return found;
}
