/** @file How the learning rate falls with the steps of a training, after its warm-up. */
import { above, checkOptions, positiveInteger } from '../base/check.ts';

/** The factor of the learning rate at a step, counted from 1, of a training of whose minutes a part is spent, 0 to 1 (default 0). */
export type RateDecay = (step: number, spent?: number) => number;

/**
 * 1 up to a step, then the root of it over the step: the rate of a training without an end.
 * @param from - the last step of the full rate
 * @throws ConfigError unless `from` is a positive integer.
 * @see Karras et al. 2024, "Analyzing and improving the training dynamics of diffusion models", eq. 67
 */
export function inverseSqrtDecay(from: number): RateDecay {
  checkOptions(positiveInteger('decayFrom', from));
  return (step) => 1 / Math.sqrt(Math.max(1, step / from));
}

/**
 * 1 up to a step, then half a cosine down to 0 at the last step or at the end of the minutes, whichever is nearer.
 * @param options - `from`: the last step of the full rate, 0 for none; `steps`: the last step of the training, Infinity (default) for one that minutes end
 * @throws ConfigError unless both are whole numbers, the first below the second.
 * @see Loshchilov and Hutter 2017, "SGDR: stochastic gradient descent with warm restarts", eq. 5
 */
export function cosineDecay({ from, steps = Infinity }: { readonly from: number; readonly steps?: number }): RateDecay {
  checkOptions(
    [Number.isInteger(from) && from >= 0, 'decayFrom', `expected a whole number of 0 or more, got ${from}`],
    ...(steps === Infinity ? [] : [positiveInteger('steps', steps), above('steps', steps, ['decayFrom', from])]),
  );
  return (step, spent = 0) => {
    const part = step <= from ? 0 : Math.min(1, Math.max(spent, (step - from) / (steps - from)));
    return (1 + Math.cos(Math.PI * part)) / 2;
  };
}
