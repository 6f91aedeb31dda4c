/** @file Whether samples follow the score of a model, in a Node process. */
import { checkOptions } from '../base/check.ts';
import type { Tensor } from '../base/tensor.ts';
import { matrixProducts } from '../backend/matrix-product.ts';
import { selfTest, type SelfTestAt, type SelfTestOptions } from '../model/evaluation/self-test.ts';
import type { Model } from '../model/model.ts';
import { running, type RunOptions, type Running } from '../model/running.ts';
import { requireAllLevels } from '../model/trained.ts';
import { nodeHost, type EngineOptions } from './host.ts';

/**
 * Tests whether samples follow the score of a model, at several noise levels: the kernel Stein discrepancy with a p-value. It needs no data.
 * @param x - samples in the range of the model, `[n, …]`, such as `samples.x`
 * @throws ConfigError if the model has no score at all noise levels, or there are fewer than 40 samples.
 * @example
 * ```ts
 * import { openModel, testSelf } from 'scorefield/node';
 *
 * const model = await openModel('fashion-mnist');
 * const { samples } = await model.sample({ count: 200 });
 * for (const { noiseRatio, pValue } of await testSelf(model, samples.x)) console.log(noiseRatio, pValue);
 * ```
 */
export function testSelf(
  model: Pick<Model, 'score' | 'sde' | 'trained'>,
  x: Tensor,
  {
    signal,
    onProgress,
    threads,
    device,
    ...own
  }: SelfTestOptions & EngineOptions & RunOptions<{ readonly fraction: number }> = {},
): Running<{ readonly fraction: number }, readonly SelfTestAt[]> {
  return running(
    async function* () {
      requireScore(model);
      const products = matrixProducts(await nodeHost({ threads, device }).backend(1));
      try {
        const steps = selfTest(model, x, { product: (a, b, sizes) => products.of(a, b, sizes), ...own });
        for (;;) {
          const next = await steps.next();
          if (next.done === true) return next.value;
          yield { fraction: next.value };
        }
      } finally {
        await products.dispose();
      }
    },
    { signal, onProgress },
  );
}

/** @throws ConfigError unless a model has learned the score at all noise levels. */
export function requireScore({ trained }: Pick<Model, 'trained'>): void {
  requireAllLevels(trained);
  checkOptions([
    trained.sampling.student === undefined,
    'self',
    `expected a score, ${trained.name} is a student, whose estimate is where the flow ends`,
  ]);
}
