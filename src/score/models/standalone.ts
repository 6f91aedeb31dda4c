/** @file The score as a graph that needs nothing but x and t: what other programs than this one run. */
import { add, input, mul } from '../../graph/build.ts';
import { graph, type Graph, type Node } from '../../graph/node.ts';
import type { Network, Scope } from '../../nn/network.ts';
import type { TimeFunction } from '../../sde/time/piecewise.ts';
import { atTimes } from '../objectives/at-times.ts';
import type { ScoreProcess } from '../coefficients.ts';
import { perSample } from '../objectives/loss.ts';
import { networkParts } from './score-model.ts';

/** What a standalone graph computes; `reverseVariance`, as of `Scores`, if the network has a second part. */
export type StandaloneOutput = 'score' | 'denoised' | 'alpha' | 'sigma' | 'reverseVariance';

/**
 * The graph of the score s(x, t), of the denoised estimate (x + sigma^2 s) / alpha and of alpha and sigma, with the
 * functions of time as constants. Inputs are `x` `[B, …]`, `t` `[B]` and, of a network with classes, `classes` `[B, K]`, of one of steps their
 * `end` `[B, E]`.
 *
 * The estimate is written D = keep x + gain F with keep = (1 + sigma^2 skip) / alpha and gain = sigma^2 out / alpha in
 * float64, since the sum x + sigma^2 s cancels.
 * @param parts - where the parameters come from, in the graph, and the process
 * @throws UnsupportedError if the functions of the SDE are too rough for polynomials, see `piecewise`.
 */
export function standaloneGraph(
  net: Network,
  { scopeOf, process }: { readonly scopeOf: (owner: Graph) => Scope; readonly process: ScoreProcess },
  batch: number,
): Readonly<Partial<Record<StandaloneOutput, Node>>> & Readonly<Record<'score', Node>> {
  const g = graph();
  const x = input(g, 'x', [batch, ...net.sampleShape]);
  const t = input(g, 't', [batch]);
  const classes = net.classes === 0 ? undefined : input(g, 'classes', [batch, net.classes]);
  const end = net.ends === undefined ? undefined : input(g, 'end', [batch, net.ends]);
  const at = atTimes(t, timeFunctions(process), {
    from: process.sde.tMin,
    to: process.sde.tMax,
    ...(process.sde.levels && { levels: process.sde.levels }),
  });
  const times = (factor: Node | number, y: Node): Node =>
    mul(typeof factor === 'number' ? factor : perSample(factor, y), y);
  const all = (value: Node | number): Node => (typeof value === 'number' ? add(mul(t, 0), value) : value);
  const { main, rest } = networkParts(net, scopeOf(g), { x: times(at.inScale, x), label: all(at.label), classes, end });
  const sum = (a: Node | number, b: Node | number): Node =>
    a === 0 ? times(b, main) : b === 0 ? times(a, x) : add(times(a, x), times(b, main));
  return {
    score: sum(at.skip, at.out),
    denoised: sum(at.keep, at.gain),
    alpha: all(at.alpha),
    sigma: all(at.sigma),
    ...(rest && { reverseVariance: rest }),
  };
}

type TimeFunctionName = 'alpha' | 'sigma' | 'skip' | 'out' | 'inScale' | 'label' | 'keep' | 'gain';

function timeFunctions({ sde, parametrization: p }: ScoreProcess): Readonly<Record<TimeFunctionName, TimeFunction>> {
  // 1 + sigma^2 skip is 0 for a network that predicts the data, but for float64 rounding; beside gain F such errors are nothing.
  const rounding = 1e-14;
  const kept = (t: number): number => {
    const factor = 1 + sde.sigma(t) ** 2 * p.skip(t);
    return Math.abs(factor) < rounding ? 0 : factor / sde.alpha(t);
  };
  return {
    alpha: { of: (t) => sde.alpha(t) },
    sigma: { of: (t) => sde.sigma(t) },
    skip: { of: (t) => p.skip(t) },
    out: { of: (t) => p.out(t) },
    inScale: { of: (t) => p.inScale(t) },
    label: { of: (t) => p.label(t) },
    keep: { of: kept, harmless: (t) => rounding / sde.alpha(t) },
    gain: { of: (t) => (sde.sigma(t) ** 2 * p.out(t)) / sde.alpha(t) },
  };
}
