/**
 * @file Sine and cosine by arithmetic. WebGPU lets a processor err by 2^-11 within half a turn and by anything beyond it, which
 * would shift the times that networks are given.
 */
import type { Emitter } from './onnx-emitter.ts';

/** Taylor's coefficients of sin(r) / r in r^2; within a quarter of a turn the next term is 6e-10. */
const coefficients = [1, -1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800, 1 / 6227020800];

/** Half a turn in parts (Cody and Waite): multiples of the first two are exact up to 2^18, so that only the last rounds. */
const halfTurn = [3.125, 17 / 1024, Math.PI - 3.125 - 17 / 1024] as const;

/** The sine or cosine of float32 angles of up to 2^18 half turns, to a few roundings. */
export function emitSine(e: Emitter, x: string, of: 'sine' | 'cosine'): string {
  const number = (value: number): string => e.floats(Float32Array.of(value), []);
  const times = (a: string, factor: number): string => e.op('Mul', [a, number(factor)]);
  const plus = (a: string, term: number): string => (term === 0 ? a : e.op('Add', [a, number(term)]));
  // x = (k + shift) pi + r with r within a quarter of a turn: its sine is (-1)^k sin r, its cosine -(-1)^k sin r.
  const shift = of === 'sine' ? 0 : 0.5;
  const k = e.op('Floor', [plus(times(x, 1 / Math.PI), 0.5 - shift)]);
  const halves = plus(k, shift);
  const r = halfTurn.reduce((rest, part) => e.op('Sub', [rest, times(halves, part)]), x);
  const odd = e.op('Sub', [k, times(e.op('Floor', [times(k, 0.5)]), 2)]);
  const sign = of === 'sine' ? plus(times(odd, -2), 1) : plus(times(odd, 2), -1);
  const square = e.op('Mul', [r, r]);
  const [last = 0, ...others] = [...coefficients].reverse();
  const series = others.reduce((sum, c, i) => plus(i === 0 ? times(square, last) : e.op('Mul', [square, sum]), c), '');
  return e.op('Mul', [e.op('Mul', [sign, r]), series]);
}
