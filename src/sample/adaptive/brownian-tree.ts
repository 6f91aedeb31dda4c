/** @file A Brownian path that can be asked for in any order, without being stored. */
import { foldIn, type Key } from '../../base/key.ts';
import { normal } from '../../base/random.ts';

/** The state of a path at a time, one number per coordinate. */
export type BrownianPath = (s: number) => Float64Array;

/** Levels below which a path is a single bridge: times closer than 2^-30 share its noise. */
const levels = 30;

/**
 * Standard Brownian motion on [0, 1], in `size` independent coordinates, as a pure function of key and time: W(1) is
 * normal, and the middle of each half, quarter and so on is drawn from its law given both ends, with the noise that the
 * key has for that node of the tree. A time k / 2^d costs d + 1 draws and has the exact joint law with all others.
 *
 * What a sampler learns of the path by trying a step is kept when it then tries a shorter one, so that rejecting steps
 * for what their noise did cannot change the law of the noise.
 * @see Li et al. 2020, "Scalable gradients for stochastic differential equations", section 4 and algorithm 3
 */
export function brownianTree(key: Key, size: number): BrownianPath {
  const end: Float64Array = normal(foldIn(key, 0), size);
  const start: Float64Array = new Float64Array(size);
  // The last way down the tree: what the next time shares with it is not drawn again.
  const trail: { readonly node: number; readonly w: Float64Array }[] = [];
  return (s) => {
    if (s <= 0) return start;
    let [left, right] = [0, 1];
    let [before, after] = [start, end];
    for (let node = 1, level = 0; s < right && level < levels; level++) {
      const middle = (left + right) / 2;
      const inside = level === levels - 1 ? s : middle;
      const known = inside === middle && trail[level]?.node === node ? trail[level] : undefined;
      const part = (inside - left) / (right - left);
      const w = known?.w ?? bridge(before, after, { part, length: right - left, key: foldIn(key, node) });
      if (inside === middle) trail[level] = { node, w };
      if (inside === s) return w;
      if (s < middle) [right, after] = [middle, w];
      else [left, before] = [middle, w];
      node = 2 * node + Number(s > middle);
    }
    return after;
  };
}

/** A draw of the path within an interval, given its state at both ends. */
function bridge(
  before: Float64Array,
  after: Float64Array,
  { part, length, key }: { readonly part: number; readonly length: number; readonly key: Key },
): Float64Array {
  const std = Math.sqrt(part * (1 - part) * length);
  return normal(key, before.length).map((z, i) => (1 - part) * before[i]! + part * after[i]! + std * z);
}
