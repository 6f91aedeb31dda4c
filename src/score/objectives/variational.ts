/** @file The variational bound of DDPM, alone or beside the simple loss. */
import { dimensionOf } from '../../base/tensor.ts';
import { ConfigError } from '../../base/errors.ts';
import { indexOf, stratified } from '../../base/random.ts';
import { foldIn } from '../../base/key.ts';
import { add, exp, expand, input, mul, neg, slice, square, stopGradient, sub, sum } from '../../graph/build.ts';
import type { Graph, Node } from '../../graph/node.ts';
import type { Network } from '../../nn/network.ts';
import type { Bins } from '../../sde/learning/bins.ts';
import { chainTimes } from '../../sde/time/discrete-times.ts';
import { priorDivergence, reverseChain, type ReverseStep } from '../../sde/reverse-chain.ts';
import type { ScoreProcess } from '../coefficients.ts';
import { edgesOf, logMassBetween } from './decoder.ts';
import { oneSection, perSample, sumPerSample } from './loss.ts';
import { noised, noiseFeeds, type Noised } from './noised.ts';
import type { LossSite, Objective } from './objective.ts';

/**
 * Variance of a reverse step: 'small' is the posterior's beta~, 'large' is beta, 'learned' lies between them in the
 * logarithm, where the second part of the network's output says.
 */
export type VarianceKind = 'small' | 'large' | 'learned';

/** Options of `variationalBound`. */
export interface VariationalOptions {
  /** Variance of the reverse steps. Default small. */
  readonly variance?: VarianceKind;
  /** Ascending times of the chain, `chainTimes` of the SDE by default. */
  readonly times?: readonly number[];
  /** Bins of the data, for a decoder of their probabilities; by default the decoder is a Gaussian density. */
  readonly bins?: Bins;
  /**
   * The factor of the bound beside the simple loss, the mean of ||sigma s + z||^2; the bound then teaches the variance
   * alone. By default there is no simple loss and the bound teaches everything.
   */
  readonly besideSimple?: number;
}

/**
 * Factors per sample of the terms of the bound, in units of the small standard deviation, so that what is close to it
 * loses no digits in float32.
 */
const factorNames = ['gain', 'ratio', 'spread', 'perStd', 'constant', 'first'] as const;
type Factor = (typeof factorNames)[number];
type Factors = Readonly<Record<Factor, Node>>;

/**
 * The bound L_vlb of -log2 p(x_0) in bits per dimension of the model's range (of the data themselves where there are
 * bins): T KL(q(x_{i-1} | x_i, x_0) || p(x_{i-1} | x_i)) at a step i drawn uniformly from 2 to T, or -log p(x_0 | x_1) for
 * i = 1, plus the divergence from the prior. It is the bound of `discreteBound`, with its decoder.
 *
 * `besideSimple` makes it L_hybrid = L_simple + besideSimple L_vlb with the mean fixed in L_vlb. The learned
 * variance is exp(v log beta + (1 - v) log beta~) with v from a network of two parts (`withVariance`).
 * @throws ConfigError (from `write`) if the variance is to be learned and the network has one part.
 * @see Ho et al. 2020, eq. 5 and 13; Nichol and Dhariwal 2021, eq. 15 and 16
 */
export function variationalBound(process: ScoreProcess, options: VariationalOptions = {}): Objective {
  const { variance = 'small', times = chainTimes(process.sde), bins, besideSimple } = options;
  const { sde } = process;
  const steps = reverseChain(sde, times);
  const last = times.at(-1) ?? sde.tMax;
  return {
    kind: besideSimple === undefined ? 'vlb' : 'hybrid',
    sections: oneSection,
    write: (owner, net, site) => {
      const at = noised(owner, net, site);
      const each = (name: string): Node => input(owner, name, [site.batch]);
      const factor = Object.fromEntries(factorNames.map((name) => [name, each(name)])) as Factors;
      const error = add(at.scaledScore, at.z);
      const logRatio = logRatioOf(variance, net, { at, factor });
      const meanError = besideSimple === undefined ? error : stopGradient(error);
      const bound = boundTerms(owner, { site, at, factor }, { meanError, logRatio, binned: bins !== undefined });
      const own = add(mul(each('boundWeight'), bound), each('offset'));
      const losses =
        besideSimple === undefined ? own : add(mul(each('simpleWeight'), sumPerSample(square(error))), own);
      return { loss: sum(losses), losses };
    },
    draw: (x0, batch, key) => {
      const size = x0.length / batch;
      const quantiles = Array.from(stratified(foldIn(key, 'times'), batch));
      const drawn = quantiles.flatMap((u) => steps[indexOf(u, steps.length)] ?? []);
      const drawnTimes = drawn.map(({ t }) => t);
      const factors = drawn.map((step) => factorsOf(step, variance));
      const bits = (besideSimple ?? 1) / (batch * size * Math.LN2); // from nats of a sample to the loss
      const offset = Float32Array.from(drawn, (_, i) => {
        const squares = x0.subarray(i * size, (i + 1) * size).reduce((total, value) => total + value * value, 0);
        return bits * priorDivergence(sde, last, { squares, size });
      });
      const feeds = {
        ...noiseFeeds(process, { x0, batch, times: drawnTimes }, key),
        ...Object.fromEntries(
          factorNames.map((name) => [name, Float32Array.from(factors, (factor) => factor[name])] as const),
        ),
        ...(bins === undefined ? {} : edgesOf(x0, bins)),
        simpleWeight: new Float32Array(batch).fill(1 / (batch * size)),
        boundWeight: new Float32Array(batch).fill(steps.length * bits),
        offset,
      };
      return { feeds, times: drawnTimes };
    },
  };
}

/** The factors of a step; the one to the data has no posterior variance, and one variance for 'small' and 'large'. */
function factorsOf(step: ReverseStep, variance: VarianceKind): Readonly<Record<Factor, number>> {
  const { gain, posterior, logSmall, logLarge } = step;
  const first = posterior === 0;
  const log = first && variance !== 'learned' ? logLarge : logSmall;
  return {
    gain: gain * Math.exp(-0.5 * log),
    ratio: posterior / Math.exp(log),
    spread: logLarge - log,
    perStd: Math.exp(-0.5 * log),
    // What a term adds for each number of a sample, beside what depends on the network.
    constant: 0.5 * (first ? Math.log(2 * Math.PI) + log : -1),
    first: Number(first),
  };
}

/** log of the reverse variance relative to the small one, `[B, …]`; undefined where it is the small one. */
function logRatioOf(
  variance: VarianceKind,
  net: Network,
  { at: { x, raw }, factor }: { readonly at: Noised; readonly factor: Factors },
): Node | undefined {
  if (variance === 'small') return undefined;
  const spread = expand(perSample(factor.spread, x), x.shape);
  if (variance === 'large') return spread;
  const channels = dimensionOf(x, 1);
  if (raw.shape[1] !== 2 * channels)
    throw new ConfigError([
      {
        path: 'variance',
        message: `expected a network with a second part for the variance (withVariance), got ${net.kind}`,
      },
    ]);
  return mul(slice(raw, 1, { begin: channels, end: 2 * channels }), spread);
}

/** Terms of the bound in nats, `[B]`. */
function boundTerms(
  owner: Graph,
  { site, at, factor }: { readonly site: LossSite; readonly at: Noised; readonly factor: Factors },
  options: { readonly meanError: Node; readonly logRatio: Node | undefined; readonly binned: boolean },
): Node {
  const { meanError, logRatio, binned } = options;
  const of = (name: Factor): Node => perSample(factor[name], at.x);
  // Mean of the model less that of the posterior, or for the first step less the data, in small standard deviations.
  const d = mul(of('gain'), meanError);
  const squares = add(square(d), of('ratio'));
  const quadratic = logRatio === undefined ? squares : add(logRatio, mul(squares, exp(neg(logRatio))));
  const gaussian = add(mul(0.5, quadratic), of('constant'));
  if (!binned) return sumPerSample(gaussian);
  const edge = (name: 'above' | 'below'): Node => {
    const distance = sub(mul(of('perStd'), input(owner, name, [site.batch, ...at.x.shape.slice(1)])), d);
    return logRatio === undefined ? distance : mul(distance, exp(mul(-0.5, logRatio)));
  };
  const decoded = neg(logMassBetween(edge('above'), edge('below')));
  return sumPerSample(add(gaussian, mul(of('first'), sub(decoded, gaussian))));
}
