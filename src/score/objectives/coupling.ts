/** @file Couplings: which noise belongs to which data in the pairs that a velocity is learned from. */
import { assignment } from '../../base/assignment.ts';
import type { Key } from '../../base/key.ts';
import { normalInto } from '../../base/random.ts';
import type { Clean } from './noised.ts';

/** Pairs of data and noise. */
export interface Coupled {
  /** `[B, …]`, end to end. */
  readonly x0: Float32Array;
  /** Standard normal, the noise of each sample: x_t = alpha x0 + sigma z. */
  readonly z: Float32Array;
}

/**
 * Draws the noise of a batch of samples, or pairs of its own. A coupling of a continuous flow has the law of the data and the standard normal as its
 * marginals; what it leaves open is which belong together. It depends on its arguments alone.
 * @param labels - the class of each sample, where a network is conditional on them
 * @see Liu et al. 2023, "Flow straight and fast", section 2.1; Tong et al. 2024, "Improving and generalizing flow-based generative models with minibatch
 * optimal transport", section 3.2
 */
export type Coupling = (clean: Clean & { readonly labels?: ArrayLike<number> }, key: Key) => Coupled;

/** Noise that does not depend on the data, under which E[z given x_t] gives the score: the coupling of score matching. */
export function independentCoupling(): Coupling {
  return ({ x0 }, key) => ({ x0, z: noise(x0.length, key) });
}

/** Samples that are assigned at a time: the cost grows with their third power. */
const group = 512;

/**
 * Noise that is exchanged among the samples of a batch, such that the sum of squared distances between data and noise is least: an exact
 * assignment, in groups of 512 where the batch is larger. As a permutation it leaves both marginals as they are. Samples exchange
 * their noise with those of their class alone, so that the marginals given a class stay too.
 *
 * The velocity E[z - x0 given x_t] that is learned of such pairs carries noise to data along straighter paths. The network's output is then no score: the
 * probability flow is right, and nothing that adds noise on the way is.
 * @see Tong et al. 2024, "Improving and generalizing flow-based generative models with minibatch optimal transport", algorithm 2; Pooladian et al. 2023,
 * "Multisample flow matching", section 4
 */
export function otCoupling(): Coupling {
  return ({ x0, batch, labels }, key) => {
    const size = x0.length / batch;
    const drawn = noise(x0.length, key);
    const z = new Float32Array(drawn.length);
    for (const rows of groups(batch, labels)) {
      const columns = assignment(costs(x0, drawn, { rows, size }), rows.length);
      rows.forEach((row, i) => {
        const from = rows[columns[i]!]! * size;
        z.set(drawn.subarray(from, from + size), row * size);
      });
    }
    return { x0, z };
  };
}

function noise(length: number, key: Key): Float32Array {
  const z = new Float32Array(length);
  normalInto(z, key);
  return z;
}

/** Rows that may exchange their noise. */
function groups(batch: number, labels: ArrayLike<number> | undefined): readonly (readonly number[])[] {
  const byClass = new Map<number, number[]>();
  for (let row = 0; row < batch; row++) {
    const own = byClass.get(labels?.[row] ?? 0);
    if (own === undefined) byClass.set(labels?.[row] ?? 0, [row]);
    else own.push(row);
  }
  return [...byClass.values()].flatMap((rows) =>
    Array.from({ length: Math.ceil(rows.length / group) }, (_, k) => rows.slice(k * group, (k + 1) * group)),
  );
}

/** Half the squared distances of the rows of x and z. */
function costs(
  x: Float32Array,
  z: Float32Array,
  { rows, size }: { readonly rows: readonly number[]; readonly size: number },
): Float64Array {
  const n = rows.length;
  const [xs, zs] = [x, z].map((all) => rows.map((row) => all.subarray(row * size, (row + 1) * size)));
  const norms = zs!.map((own) => dot(own, own));
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const own = xs![i]!;
    const norm = dot(own, own);
    for (let j = 0; j < n; j++) out[i * n + j] = 0.5 * (norm + norms[j]!) - dot(own, zs![j]!);
  }
  return out;
}

/** The inner product, in four sums that do not wait for each other. */
function dot(a: Float32Array, b: Float32Array): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const whole = a.length - (a.length % 4);
  for (let k = 0; k < whole; k += 4) {
    s0 += a[k]! * b[k]!;
    s1 += a[k + 1]! * b[k + 1]!;
    s2 += a[k + 2]! * b[k + 2]!;
    s3 += a[k + 3]! * b[k + 3]!;
  }
  for (let k = whole; k < a.length; k++) s0 += a[k]! * b[k]!;
  return s0 + s1 + s2 + s3;
}
