/** @file The update of the parameters, on flat vectors, as part of a graph. */
import { add, div, maximum, mul, reshape, slice, sqrt, square, sub, sum } from '../graph/build.ts';
import type { Node } from '../graph/node.ts';
import type { RateDecay } from './learning-rate.ts';
import { withMatrices, type VectorPart } from './muon.ts';

/** The state that a training step carries on, each `[P]`. */
export interface OptimizerState {
  readonly params: Node;
  /** First and second moments of the gradient. */
  readonly m: Node;
  readonly v: Node;
  /** Exponential moving average of the parameters. */
  readonly ema: Node;
}

/** Constants of Adam. */
export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Largest global norm of the gradient; larger ones are scaled down to it. */
  readonly clip: number;
  /** The parameters, whose matrices take the steps of Muon; all take those of Adam by default. */
  readonly muon?: readonly VectorPart[] | undefined;
}

/** Names of the numbers that the host computes for each step, in the order of the input vector. */
export const stepNumbers = ['learningRate', 'correction1', 'correction2', 'emaDecay'] as const;

/**
 * One step of Adam with clipping by global norm and an average of the parameters:
 * g' = g clip / max(|g|, clip), m' = b1 m + (1 - b1) g', v' = b2 v + (1 - b2) g'^2,
 * params' = params - rate (m' / (1 - b1^n)) / (sqrt(v' / (1 - b2^n)) + epsilon), ema' = decay ema + (1 - decay) params'.
 * @param numbers - `[4]`: the rate, 1 / (1 - b1^n), 1 / (1 - b2^n) and the decay of step n
 * @see Kingma and Ba 2015, algorithm 1
 */
export function adamStep(
  state: OptimizerState,
  gradient: Node,
  { numbers, beta1, beta2, epsilon, clip, muon }: AdamOptions & { numbers: Node },
): OptimizerState & { gradientNorm: Node } {
  const number = (name: (typeof stepNumbers)[number]): Node => {
    const begin = stepNumbers.indexOf(name);
    return reshape(slice(numbers, 0, { begin, end: begin + 1 }), []);
  };
  const gradientNorm = sqrt(sum(square(gradient)));
  const g = mul(gradient, div(clip, maximum(gradientNorm, clip)));
  const m = add(mul(state.m, beta1), mul(g, 1 - beta1));
  const v = add(mul(state.v, beta2), mul(square(g), 1 - beta2));
  const adam = div(mul(m, number('correction1')), add(sqrt(mul(v, number('correction2'))), epsilon));
  // The momentum is taken a step ahead (Nesterov); its size does not matter.
  const direction = muon ? withMatrices(adam, add(mul(m, beta1), mul(g, 1 - beta1)), muon) : adam;
  const params = sub(state.params, mul(direction, number('learningRate')));
  const ema = add(params, mul(sub(state.ema, params), number('emaDecay')));
  return { params, m, v, ema, gradientNorm };
}

/**
 * The host's numbers of step n (counted from 1): linear warm-up of the rate and its decay, and an average that warms up too.
 * @param spent - the part of the minutes of the training that is spent, 0 to 1
 */
export function stepNumbersAt(
  n: number,
  options: { learningRate: number; warmup: number; decay?: RateDecay; emaDecay: number; beta1: number; beta2: number },
  spent = 0,
): Float32Array {
  const { learningRate, warmup, decay = () => 1, emaDecay, beta1, beta2 } = options;
  return Float32Array.of(
    learningRate * Math.min(1, n / Math.max(warmup, 1)) * decay(n, spent),
    1 / (1 - beta1 ** n),
    1 / (1 - beta2 ** n),
    Math.min(emaDecay, (1 + n) / (10 + n)),
  );
}
