/** @file Laws that every derivative rule must keep, in float64. */
import { describe, expect, it } from 'vitest';
import { add, input, mul, sin, sum } from '../../src/graph/build.ts';
import { evaluate } from '../../src/graph/evaluate.ts';
import { jvp } from '../../src/graph/jvp.ts';
import { topological, type Graph, type Node } from '../../src/graph/node.ts';
import { gradient, vjp } from '../../src/graph/vjp.ts';
import { allCases, cases, feedsOf, instantiate, values, type Case } from './cases.ts';

type Feeds = Record<string, Float64Array>;

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((total, value, i) => total + value * b[i]!, 0);
const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));
const join = (parts: readonly Float64Array[]): Float64Array => Float64Array.from(parts.flatMap((part) => [...part]));
const difference = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value - b[i]!);

/** Values of derivatives, with zeros where there is none. */
function evaluateAll(nodes: readonly (Node | undefined)[], sizes: readonly number[], feeds: Feeds): Float64Array[] {
  const found = evaluate(
    nodes.filter((node) => node !== undefined),
    feeds,
  );
  return nodes.map((node, i) => (node === undefined ? new Float64Array(sizes[i]!) : found.shift()!));
}

/** Inputs of a graph like some nodes, under another name, with their values. */
function like(g: Graph, nodes: readonly Node[], name: string): { nodes: Node[]; feeds: Feeds } {
  return {
    nodes: nodes.map(({ shape }, i) => input(g, `${name}${i}`, shape)),
    feeds: Object.fromEntries(nodes.map(({ shape }, i) => [`${name}${i}`, values(`${name}${i}`, shape)])),
  };
}

/** The inputs of a case moved by h along v. */
function moved(c: Case, v: Feeds, h: number): Feeds {
  const entries = Object.entries(feedsOf(c)).map(([name, x], i) => [name, x.map((xj, j) => xj + h * v[`v${i}`]![j]!)]);
  return Object.fromEntries(entries) as Feeds;
}

const sizesOf = (nodes: readonly Node[]): number[] => nodes.map(({ shape }) => shape.reduce((a, b) => a * b, 1));
/** Step of the central differences: their truncation is h^2 = 1e-10 and the rounding 2e-16 / h = 2e-11, of unit values. */
const h = 1e-5;

describe.each(allCases)('$name', (c) => {
  it('is a case of its operation', () => {
    const { y } = instantiate(c);
    expect(topological([y]).map(({ kind }) => kind)).toContain(c.kind);
  });

  it('has adjoint jvp and vjp, and a jvp that central differences confirm', () => {
    const { g, xs, y } = instantiate(c);
    const v = like(g, xs, 'v');
    const u = like(g, [y], 'u');
    const feeds = { ...feedsOf(c), ...v.feeds, ...u.feeds };
    const [jv] = evaluateAll(jvp([y], xs, v.nodes), sizesOf([y]), feeds);
    const gradients = evaluateAll(vjp(y, xs, u.nodes[0]), sizesOf(xs), feeds);
    const all = { v: join(Object.values(v.feeds)), u: u.feeds['u0']!, g: join(gradients) };
    // Two orders of summation of the same products, at most some thousand: 1e3 roundings of 1e-16.
    const size = norm(all.u) * norm(jv!) + norm(all.g) * norm(all.v);
    expect(Math.abs(dot(all.u, jv!) - dot(all.g, all.v))).toBeLessThanOrEqual(1e-13 * size);

    const [after, before] = [h, -h].map((step) => evaluate([y], moved(c, v.feeds, step))[0]!);
    const slope = difference(after!, before!).map((value) => value / (2 * h));
    // Third derivatives and values above 1 take up to a hundred times the error at unit values.
    expect(norm(difference(slope, jv!))).toBeLessThanOrEqual(1e-8 * (norm(jv!) + norm(after!)));
  });

  it('has one symmetric Hessian by every nesting of jvp and vjp', () => {
    const { g, xs, y } = instantiate(c);
    const v = like(g, xs, 'v');
    const w = like(g, xs, 'w');
    const u = like(g, [y], 'u');
    const feeds = { ...feedsOf(c), ...v.feeds, ...w.feeds, ...u.feeds };
    // The sine makes every operation take part in second derivatives, also the linear ones.
    const f = sum(mul(u.nodes[0]!, sin(y)));
    const grad = gradient(f, xs);
    const sizes = sizesOf(xs);
    const pairing = (nodes: readonly Node[]): Node =>
      grad.map((node, i) => sum(mul(node, nodes[i]!))).reduce((a, b) => add(a, b));
    const hv = join(evaluateAll(jvp(grad, xs, v.nodes), sizes, feeds));
    const hw = join(evaluateAll(jvp(grad, xs, w.nodes), sizes, feeds));
    const reverseOverReverse = join(evaluateAll(vjp(pairing(v.nodes), xs), sizes, feeds));
    const [slope] = jvp([f], xs, v.nodes);
    const reverseOverForward =
      slope === undefined ? new Float64Array(hv.length) : join(evaluateAll(vjp(slope, xs), sizes, feeds));
    // The nestings sum the same terms in other orders; the largest terms are some ten times their sum.
    const size = norm(hv) + norm(join(evaluate(grad, feeds))) + 1;
    expect(norm(difference(hv, reverseOverReverse))).toBeLessThanOrEqual(1e-12 * size);
    expect(norm(difference(hv, reverseOverForward))).toBeLessThanOrEqual(1e-12 * size);
    const [vs, ws] = [join(Object.values(v.feeds)), join(Object.values(w.feeds))];
    const asymmetry = Math.abs(dot(ws, hv) - dot(vs, hw));
    expect(asymmetry).toBeLessThanOrEqual(1e-12 * (norm(vs) + norm(ws)) * (size + norm(hw)));

    const [after, before] = [h, -h].map((step) => join(evaluate(grad, { ...feeds, ...moved(c, v.feeds, step) })));
    const curvature = difference(after!, before!).map((value) => value / (2 * h));
    // As for the first derivative, with third derivatives of sin(y) up to |dy/dx|^3.
    expect(norm(difference(curvature, hv))).toBeLessThanOrEqual(1e-7 * size);
  });
});

describe('the list of cases', () => {
  it('has some of every operation, with names of their own', () => {
    for (const list of Object.values(cases)) expect(list.length).toBeGreaterThan(1);
    expect(new Set(allCases.map(({ name }) => name)).size).toBe(allCases.length);
  });
});
