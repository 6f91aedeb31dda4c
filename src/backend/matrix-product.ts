/** @file Products of large matrices by the engine of a backend. */
import { graph } from '../graph/node.ts';
import { input, matmul } from '../graph/build.ts';
import type { Backend, Program } from './program.ts';

/** Products of row-major matrices, with a program for each size. */
export interface MatrixProducts {
  /** `a` `[rows, inner]` times `b` `[inner, columns]`, `[rows, columns]`. */
  of(
    a: Float32Array,
    b: Float32Array,
    sizes: { readonly rows: number; readonly inner: number; readonly columns: number },
  ): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Matrix products on a backend, in float32. */
export function matrixProducts(backend: Backend): MatrixProducts {
  const programs = new Map<string, Promise<Program<'product'>>>();
  return {
    of: async (a, b, { rows, inner, columns }) => {
      const name = [rows, inner, columns].join();
      const g = graph();
      const known = programs.get(name);
      const program =
        known ?? backend.compile({ product: matmul(input(g, 'a', [rows, inner]), input(g, 'b', [inner, columns])) });
      programs.set(name, program);
      return (await (await program).run({ a, b })).product;
    },
    dispose: async () => {
      for (const program of programs.values()) await (await program).dispose();
      programs.clear();
    },
  };
}
