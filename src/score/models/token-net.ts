/** @file A trained network of tokens as probabilities. */
import type { Backend, Program } from '../../backend/program.ts';
import { batchOf, expectShape, sizeOf, zeros, type Tensor } from '../../base/tensor.ts';
import type { TokenProbabilities } from '../../discrete/tokens.ts';
import { dimensionOf } from '../../base/tensor.ts';
import { input, softmax } from '../../graph/build.ts';
import { graph } from '../../graph/node.ts';
import { constantScope, type Network, type ParamVectors } from '../../nn/network.ts';

/** A network of tokens with compiled programs. */
export interface TokenNet {
  /**
   * p(x0_i = k | x_t) of noised tokens `[B, L]`, `[B, L, K]`; of a masked network a token that is seen is itself.
   * @throws ShapeError if the sequences have another length.
   */
  readonly probabilities: TokenProbabilities;
  /** Sequences that the network has been asked for. */
  evaluations(): number;
  dispose(): Promise<void>;
}

/** Options of `tokenNet`. */
export interface TokenNetSettings {
  readonly params: ParamVectors;
  /** Whether tokens that are seen are known to be right, as under masks. */
  readonly copies: boolean;
  /** Sequences that are computed together at most. Default 64. */
  readonly maxBatch?: number;
}

/** The network with its parameters as constants. Batches are filled up to a power of two, so that few programs are compiled. */
export function tokenNet(
  backend: Backend,
  net: Network,
  { params, copies, maxBatch = 64 }: TokenNetSettings,
): TokenNet {
  const programs = new Map<number, Promise<Program<'p'>>>();
  const [length = 1] = net.sampleShape;
  let evaluations = 0;
  const programOf = (batch: number): Promise<Program<'p'>> => {
    const known = programs.get(batch);
    if (known !== undefined) return known;
    const g = graph();
    const x = input(g, 'x', [batch, length]);
    const p = softmax(net.forward(constantScope(net, params, g), x, input(g, 'label', [batch])));
    const made = backend.compile({ p });
    programs.set(batch, made);
    made.catch(() => programs.delete(batch));
    return made;
  };
  const part = async (tokens: Float64Array, rows: number, t: number): Promise<Float32Array> => {
    const batch = Math.min(maxBatch, 2 ** Math.ceil(Math.log2(rows)));
    const x = new Float32Array(batch * length);
    x.set(tokens);
    const { p } = await (await programOf(batch)).run({ x, label: new Float32Array(batch).fill(t) });
    return p.subarray(0, (p.length / batch) * rows);
  };
  return {
    probabilities: async (x, t) => {
      expectShape(x, [undefined, length], 'x');
      const rows = batchOf(x);
      const parts: Float32Array[] = [];
      for (let begin = 0; begin < rows; begin += maxBatch) {
        const own = Math.min(maxBatch, rows - begin);
        parts.push(await part(x.data.subarray(begin * length, (begin + own) * length), own, t));
        evaluations += own;
      }
      const states = (parts[0]?.length ?? 0) / length / Math.min(rows, maxBatch);
      const out = zeros([rows, length, states]);
      let at = 0;
      for (const numbers of parts) {
        out.data.set(numbers, at);
        at += numbers.length;
      }
      if (copies) copySeen(out, x);
      return out;
    },
    evaluations: () => evaluations,
    dispose: async () => {
      for (const program of programs.values()) await (await program).dispose();
      programs.clear();
    },
  };
}

/** Makes what is said of a token that is seen certain. */
function copySeen(p: Tensor, x: Tensor): void {
  const states = dimensionOf(p, 2);
  for (let at = 0; at < sizeOf(x.shape); at++) {
    const token = x.data[at] ?? states;
    if (token >= states) continue;
    p.data.fill(0, at * states, (at + 1) * states);
    p.data[at * states + token] = 1;
  }
}
