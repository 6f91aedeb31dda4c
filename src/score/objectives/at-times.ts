/** @file Functions of time inside a graph, at times that are given when it runs. */
import { add, constant, expand, lookup, maximum, mul, neg, reshape, slice, sub } from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';
import { degree, piecewise, type TimeFunction } from '../../sde/time/piecewise.ts';

/** The interval of time in which functions are needed, and the times at which their derivatives may jump. */
export interface Times {
  readonly from: number;
  readonly to: number;
  readonly levels?: readonly number[];
}

/** Times that distinguish a constant from other functions. */
const probes = 65;

/**
 * The values of functions at times t `[B]`, each `[B]`, or a number where a function is constant. Times outside of the
 * interval count as its ends.
 */
export function atTimes<K extends string>(
  t: Node,
  functions: Readonly<Record<K, TimeFunction>>,
  times: Times,
): Readonly<Record<K, Node | number>> {
  const { from, to } = times;
  const constantOf = ({ of }: TimeFunction): number | undefined => {
    const value = of(from);
    const same = Array.from({ length: probes }, (_, k) => of(from + (k / (probes - 1)) * (to - from)) === value);
    return same.every(Boolean) ? value : undefined;
  };
  const entries = Object.entries<TimeFunction>(functions).map(([name, f]) => ({ name, f, value: constantOf(f) }));
  const changing = entries.filter(({ value }) => value === undefined);
  const values = polynomialsAt(
    t,
    changing.map(({ f }) => f),
    times,
  );
  const found = entries.map((entry) => [entry.name, entry.value ?? values[changing.indexOf(entry)]]);
  return Object.fromEntries(found) as Record<K, Node | number>;
}

function polynomialsAt(t: Node, functions: readonly TimeFunction[], times: Times): readonly Node[] {
  if (functions.length === 0) return [];
  const [batch = 1] = t.shape;
  const { borders, pieces } = piecewise(functions, times);
  const width = pieces[0]?.length ?? 0;
  const rows = Float64Array.from(pieces.flatMap((piece) => Array.from(piece)));
  const within = neg(maximum(neg(maximum(t, Math.fround(times.from))), -Math.fround(times.to)));
  const row =
    borders.length === 0
      ? expand(constant(t.graph, rows, [1, width]), [batch, width])
      : lookup(within, { borders, rows });
  const part = (begin: number, length: number): Node => slice(row, 1, { begin, end: begin + length });
  const coefficient = (j: number): Node => part(2 + j * functions.length, functions.length);
  const u = mul(sub(reshape(within, [batch, 1]), part(0, 1)), part(1, 1));
  let change = mul(u, coefficient(degree + 1));
  for (let j = degree; j >= 2; j--) change = mul(u, add(coefficient(j), change));
  // Small parts first, so that only the last sum is rounded noticeably.
  const all = add(coefficient(0), add(coefficient(1), change));
  return functions.map((_, k) => reshape(slice(all, 1, { begin: k, end: k + 1 }), [batch]));
}
