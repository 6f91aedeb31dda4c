/** @file The Schroedinger bridge between samples of two laws: its particles at every place of the clock, and its drifts. */
import { foldIn, key, split } from '../../base/key.ts';
import { takeRows, tensor, type Tensor } from '../../base/tensor.ts';
import { pinnedPaths } from '../../bridge/paths.ts';
import { pointBridge, type PointBridge } from '../../bridge/point-bridge.ts';
import type { Mixture } from '../../data/dataset.ts';
import { drawMixture } from '../../data/sets/toy.ts';
import { cellCenters, clockSteps } from './setting.ts';

/** What is asked. */
export interface BridgeAsk {
  /** The laws of both sets. */
  readonly from: Mixture;
  readonly to: Mixture;
  /** Variance of the noise over the whole way. */
  readonly epsilon: number;
  /** Points of each set. */
  readonly n: number;
  readonly seed: number;
}

/** A bridge. */
export interface BridgeFound extends Pick<PointBridge, 'squaredDistance' | 'entropy'> {
  /** x and y of the points of each set. */
  readonly from: Float32Array;
  readonly to: Float32Array;
  /** x and y of the particles at each step of the clock. */
  readonly at: readonly Float32Array[];
}

/** What is asked of a drift. */
export interface DriftAsk extends BridgeAsk {
  /** Place of the clock, 0 at the first set. */
  readonly place: number;
  readonly way: 'forward' | 'backward';
  /** Half the side of the picture, and arrows of a side. */
  readonly reach: number;
  readonly arrows: number;
}

interface Solved {
  readonly from: Tensor;
  readonly to: Tensor;
  readonly bridge: PointBridge;
}

/** The one that was asked for last, whose drift is asked for at many places. */
let last: { readonly text: string; readonly solved: Solved } | undefined;

function solved({ from, to, epsilon, n, seed }: BridgeAsk): Solved {
  const text = JSON.stringify([from, to, epsilon, n, seed]);
  if (last?.text === text) return last.solved;
  const drawn = (law: Mixture, name: string): Tensor =>
    tensor(drawMixture(name, law, foldIn(key(seed), name), n).values, [n, 2]);
  const [a, b] = [drawn(from, 'from'), drawn(to, 'to')];
  const own = { from: a, to: b, bridge: pointBridge(a, b, { epsilon }) };
  last = { text, solved: own };
  return own;
}

/** The plan between samples of both laws, and a path of each start to an end that is drawn from it. */
export function bridgeOf(ask: BridgeAsk): BridgeFound {
  const { from, to, bridge } = solved(ask);
  const keysOf = (name: string): ReturnType<typeof split> => split(foldIn(key(ask.seed), name), ask.n);
  const ends = takeRows(to, bridge.drawEnds(keysOf('ends')));
  const paths = pinnedPaths([from, ends], { steps: clockSteps, epsilon: ask.epsilon, keys: keysOf('paths') });
  return {
    from: Float32Array.from(from.data),
    to: Float32Array.from(to.data),
    at: paths.map(({ data }) => Float32Array.from(data)),
    squaredDistance: bridge.squaredDistance,
    entropy: bridge.entropy,
  };
}

/** The drift of one direction at the cells of the arrows, x and y in turn; none without noise. */
export async function driftOf({ place, way, reach, arrows, ...ask }: DriftAsk): Promise<Float32Array | undefined> {
  const drift = solved(ask).bridge[way];
  // At its end a drift has no limit; a step of the clock before, it leads to the nearest point.
  const left = Math.max(1 / clockSteps, way === 'forward' ? 1 - place : place);
  const found = await drift?.(cellCenters(arrows, { reach, scale: 1 }), left);
  return found && Float32Array.from(found.data);
}
