/** @file Samples of a process of tokens in steps, from its noise to tokens. */
import { foldIn, type Key } from '../../base/key.ts';
import { zeros, type Tensor } from '../../base/tensor.ts';
import { drawCategorical } from '../categorical.ts';
import { startLaw } from '../chain-bound.ts';
import { reverseLaw, type ReverseForm } from '../reverse-step.ts';
import type { TokenNoise } from '../token-noise.ts';
import { rowAt, type TokenProbabilities } from '../tokens.ts';
import type { UnmaskStep } from './unmask.ts';

/** What is drawn. */
export interface ReverseRequest {
  readonly probabilities: TokenProbabilities;
  readonly noise: TokenNoise;
  readonly form: ReverseForm;
  /** L, tokens of a sequence. */
  readonly length: number;
  /** One a sequence, of which each depends on its key alone. */
  readonly keys: readonly Key[];
}

/**
 * Draws sequences by the T steps of a process backward, one step per iteration: each token of x_{n-1} from p(x_{n-1} | x_n) by itself.
 * @see Austin et al. 2021, section 3
 */
export async function* reverseTokens(request: ReverseRequest): AsyncGenerator<UnmaskStep, Tensor> {
  const { probabilities, noise, form, length, keys } = request;
  const x = zeros([keys.length, length]);
  const each = (step: string | number, law: (at: number) => ArrayLike<number>): void => {
    keys.forEach((key, row) => {
      const own = foldIn(foldIn(key, 'tokens'), step);
      for (let i = 0; i < length; i++) {
        const at = row * length + i;
        x.data[at] = drawCategorical(foldIn(own, i), law(at));
      }
    });
  };
  const start = startLaw(noise);
  each('start', () => start);
  for (let n = noise.steps; n >= 1; n--) {
    const p = await probabilities(x, n / noise.steps);
    each(n, (at) => reverseLaw(noise, form, { n, seen: x.data[at] ?? 0, p: rowAt(p, at) }));
    yield { step: noise.steps - n + 1, steps: noise.steps, x };
  }
  return x;
}
