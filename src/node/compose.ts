/** @file Compositions of models in Node. */
import { composedSamples, type CompositionOptions, type CompositionResult, type CompositionStep } from '../model/composition.ts'; // prettier-ignore
import type { Model } from '../model/model.ts';
import type { RunOptions, Running } from '../model/running.ts';
import { nodeHost } from './host.ts';

/**
 * Draws samples of models together: of the product, the mixture or the negation of their densities.
 * @throws ConfigError if the models do not go together, or a correction needs energies that a network has not.
 * @example
 * ```ts
 * import { composeModels, openModel } from 'scorefield/node';
 *
 * const emoji = await openModel('emoji');
 * const parts = ['red heart', 'smiling face'].map((text) => emoji.given({ text }));
 * const { samples } = await composeModels(parts, { as: 'product', count: 4, steps: 20, corrections: 2 });
 * await samples.save('both.png');
 * ```
 */
export function composeModels(
  models: readonly Model[],
  options: CompositionOptions & RunOptions<CompositionStep> = {},
): Running<CompositionStep, CompositionResult> {
  return composedSamples(nodeHost({}), models, options);
}
