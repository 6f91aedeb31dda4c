/** @file The handle of a model of tokens: it writes sequences, fills gaps, and measures. */
import { withArticle } from '../../base/words.ts';
import { ConfigError } from '../../base/errors.ts';
import { foldIn, key, split } from '../../base/key.ts';
import { batchOf, tensor, type Tensor } from '../../base/tensor.ts';
import { given } from '../../catalog/config/given.ts';
import { objectiveOf } from '../../catalog/config/loss.ts';
import { dataKindOf } from '../../catalog/data-kinds/find.ts';
import { loadBatch } from '../../data/batch.ts';
import { alphabetOf, type TokenSet } from '../../data/kinds/token-set.ts';
import { batchOfTokens, type TokenProbabilities } from '../../discrete/tokens.ts';
import type { Corruption } from '../../discrete/corruption.ts';
import { reverseTokens } from '../../discrete/sampling/reverse-chain.ts';
import { unmask, type UnmaskStep } from '../../discrete/sampling/unmask.ts';
import { tokenNet } from '../../score/models/token-net.ts';
import { interleaved, type Host } from '../host.ts';
import { running, type Running, type RunOptions } from '../running.ts';
import type { TrainedModel } from '../trained.ts';
import { estimateBits, together, type BitsStep, type TokenBits, type TokenBitsOptions } from './token-bits.ts';

/** How sequences are drawn. */
export interface TokenDrawing {
  /** How many. Default 5. */
  readonly count?: number | undefined;
  /** Seed of the sequences, of which each depends on its number alone. Default 0. */
  readonly seed?: number | undefined;
  /** Of masks: steps from masks to tokens; one for each token, in random order, by default. */
  readonly steps?: number | undefined;
  /** Of masks: what log probabilities are divided by; below 1 likely tokens are likelier. Default 1. */
  readonly temperature?: number | undefined;
}

/** A step of drawing, and the part that is done. */
export type TokenStep = UnmaskStep & { readonly fraction: number };

/** Sequences that were drawn. */
export interface DrawnTokens {
  /** As a set of the kind of the data. */
  readonly set: TokenSet;
  /** Network evaluations for each sequence. */
  readonly evaluations: number;
  readonly seconds: number;
}

/** What is known of a sequence whose gaps are to be filled. */
export interface Gaps {
  /** L tokens; K where nothing is known. */
  readonly tokens: ArrayLike<number>;
  /** Positions that are filled; others of which nothing is known are left out of the result. Default all of which nothing is known. */
  readonly fill?: readonly number[] | undefined;
}

/** An open model of tokens. */
export interface TokenModel extends AsyncDisposable {
  readonly trained: TrainedModel;
  /** What each token is, in the order of their numbers. */
  readonly alphabet: readonly string[];
  /** L. */
  readonly length: number;
  readonly corruption: Corruption;
  /** p(x0_i | x_t) of noised tokens `[B, L]`, `[B, L, K]`. */
  readonly probabilities: TokenProbabilities;
  /** Draws sequences. */
  sample(options?: TokenDrawing & RunOptions<TokenStep>): Running<TokenStep, DrawnTokens>;
  /**
   * Fills gaps: draws of what is not known given what is.
   * @throws ConfigError if the model was not trained with masks.
   */
  fill(gaps: Gaps, options?: TokenDrawing & RunOptions<TokenStep>): Running<TokenStep, DrawnTokens>;
  /** A bound of the bits that sequences have under the model. */
  bits(set: TokenSet, options: TokenBitsOptions & RunOptions<BitsStep>): Running<BitsStep, TokenBits>;
}

/**
 * The handle of a trained model of tokens.
 * @throws ConfigError if it is a model of something else.
 */
export async function tokenModelOf(host: Host, trained: TrainedModel): Promise<TokenModel> {
  const { config, data, net, params, catalog, name } = trained;
  const objective = objectiveOf(config.loss, catalog);
  if (objective.corruption === undefined)
    throw new ConfigError([
      { path: 'model', message: `expected a model of tokens, ${name} is ${withArticle(config.task)}` },
    ]);
  const alphabet = alphabetOf(data.scaler);
  const [length = 1] = data.shape;
  const states = alphabet.length;
  const corruption = objective.corruption(given(config.loss), states);
  const copies = corruption.kind === 'masked';
  const own = tokenNet(await host.backend(1), net, { params, copies, maxBatch: together });
  const { probabilities } = own;
  const kind = dataKindOf(data, catalog);

  async function* drawn(
    steps: AsyncGenerator<UnmaskStep, Tensor>,
    count: number,
    about: string,
  ): AsyncGenerator<TokenStep, DrawnTokens> {
    const [before, started] = [own.evaluations(), performance.now()];
    for (;;) {
      const next = await steps.next();
      if (next.done === true) {
        const set = kind.toSet(next.value, data, { name: about }) as TokenSet;
        const seconds = (performance.now() - started) / 1000;
        return { set, evaluations: (own.evaluations() - before) / count, seconds };
      }
      yield { ...next.value, fraction: next.value.step / next.value.steps };
    }
  }

  const unmasked = (
    start: Tensor,
    { seed = 0, steps, temperature, fill }: TokenDrawing & { fill?: readonly number[] | undefined },
  ) => {
    if (corruption.kind !== 'masked')
      throw new ConfigError([
        {
          path: 'model',
          message: `expected a model that was trained with masks (--objective masked), ${name} has the noise ${corruption.noise.kind}`,
        },
      ]);
    const keys = split(foldIn(key(seed), 'sequences'), batchOf(start));
    return unmask({
      probabilities,
      start,
      keys,
      states,
      steps,
      temperature,
      schedule: corruption.schedule,
      only: fill,
    });
  };
  const masks = (count: number): Tensor => tensor(new Float64Array(count * length).fill(states), [count, length]);

  return {
    trained,
    alphabet,
    length,
    corruption,
    probabilities,
    sample: ({ signal, onProgress, count = 5, ...options } = {}) =>
      running(
        () => {
          if (corruption.kind === 'masked')
            return interleaved(host, drawn(unmasked(masks(count), options), count, name));
          const { steps, temperature, seed = 0 } = options;
          if (steps !== undefined || temperature !== undefined)
            throw new ConfigError([
              {
                path: steps === undefined ? 'temperature' : 'steps',
                message: `is of models of masks; ${name} has ${corruption.noise.steps} steps of its own`,
              },
            ]);
          const keys = split(foldIn(key(seed), 'sequences'), count);
          return interleaved(host, drawn(reverseTokens({ probabilities, ...corruption, length, keys }), count, name));
        },
        { signal, onProgress },
      ),
    fill: ({ tokens, fill }, { signal, onProgress, count = 5, ...options } = {}) =>
      running(
        () => {
          const start = batchOfTokens(Array.from({ length: count }, () => tokens));
          return interleaved(host, drawn(unmasked(start, { ...options, fill }), count, name));
        },
        { signal, onProgress },
      ),
    bits: (set, { signal, onProgress, ...options }) =>
      running(
        () => {
          const x0 = loadBatch(set, data.scaler, options.rows, foldIn(key(options.seed ?? 0), 'data'));
          return interleaved(host, estimateBits({ probabilities, corruption, states, length, x0 }, options));
        },
        { signal, onProgress },
      ),
    [Symbol.asyncDispose]: () => own.dispose(),
  };
}
