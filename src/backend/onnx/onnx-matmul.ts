/** @file Batched matrix products in ONNX. */
import type { Emitter } from './onnx-emitter.ts';

/** The product of stacks of matrices of the given rank, each factor transposed where its attribute is 1. */
export function emitMatmul(
  e: Emitter,
  factors: readonly [a: string, b: string],
  { transA, transB, rank = 3 }: { readonly transA: number; readonly transB: number; readonly rank?: number },
): string {
  if (!e.portable) return e.op('FusedMatMul', factors, { transA, transB }, 'com.microsoft');
  const axes = Array.from({ length: rank }, (_, i) => i);
  const perm = [...axes.slice(0, -2), rank - 1, rank - 2];
  const [a, b] = [transA, transB].map((flip, i) => {
    const factor = factors[i] ?? '';
    return flip === 1 ? e.op('Transpose', [factor], { perm }) : factor;
  }) as [string, string];
  return e.op('MatMul', [a, b]);
}
