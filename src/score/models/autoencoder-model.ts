/** @file A trained autoencoder as functions from samples to latents and back. */
import type { Backend, Program } from '../../backend/program.ts';
import { batchOf, expectShape, sizeOf, zeros, type Shape, type Tensor } from '../../base/tensor.ts';
import { exp, input, mul } from '../../graph/build.ts';
import { jvp } from '../../graph/jvp.ts';
import { graph, type Node } from '../../graph/node.ts';
import { vjp } from '../../graph/vjp.ts';
import { decoded, encoded, type WithAutoencoder } from '../../nn/autoencoder.ts';
import { constantScope, type ParamVectors } from '../../nn/network.ts';
import { InternalError } from '../../base/errors.ts';

/** Normal laws of the latents of samples: means and standard deviations `[B, …latentShape]`. */
export interface LatentLaws {
  readonly mean: Tensor;
  readonly std: Tensor;
}

/** An autoencoder with compiled programs; latents are as the network of latents reads them. */
export interface AutoencoderModel {
  /** The laws of the latents of samples `[B, …dataShape]` in the range of the model. */
  readonly encode: (x: Tensor) => Promise<LatentLaws>;
  /** Samples in the range of the model. */
  readonly decode: (z: Tensor) => Promise<Tensor>;
  /** The derivative of `decode` at z along v `[B, …latentShape]`. */
  readonly decodeJvp: (z: Tensor, v: Tensor) => Promise<Tensor>;
  /** The derivative of `decode` at z, pulled back along w `[B, …dataShape]`. */
  readonly decodeVjp: (z: Tensor, w: Tensor) => Promise<Tensor>;
  readonly dispose: () => Promise<void>;
}

/**
 * The autoencoder of a network with its parameters, on an engine that may be made when it is needed. Batches are cut at `maxBatch` samples, and each is filled up to a power of two, so that
 * few programs are compiled.
 */
export function autoencoderModel(
  given: Backend | (() => Promise<Backend>),
  net: WithAutoencoder,
  { params, maxBatch = 16 }: { readonly params: ParamVectors; readonly maxBatch?: number },
): AutoencoderModel {
  const { dataShape, latentShape } = net.autoencoder;
  const programs = new Map<string, Promise<Program>>();

  /** Latents and what is decoded of them, in a graph of their own. */
  const decoding = (batch: number): { readonly z: Node; readonly x: Node } => {
    const owner = graph();
    const z = input(owner, 'z', [batch, ...latentShape]);
    return { z, x: decoded(net, constantScope(net, params, owner), z) };
  };

  const derivativeOf = ([derivative]: readonly (Node | undefined)[]): Readonly<Record<string, Node>> => {
    if (derivative === undefined) throw new InternalError('the decoder does not depend on its latent');
    return { derivative };
  };

  type Writer = (batch: number) => Readonly<Record<string, Node>>;
  const writers: Readonly<Record<'encode' | 'decode' | 'jvp' | 'vjp', Writer>> = {
    encode: (batch) => {
      const owner = graph();
      const law = encoded(net, constantScope(net, params, owner), input(owner, 'x', [batch, ...dataShape]));
      return { mean: law.mean, std: exp(mul(0.5, law.logVariance)) };
    },
    decode: (batch) => ({ x: decoding(batch).x }),
    jvp: (batch) => {
      const { z, x } = decoding(batch);
      return derivativeOf(jvp([x], [z], [input(z.graph, 'v', z.shape)]));
    },
    vjp: (batch) => {
      const { z, x } = decoding(batch);
      return derivativeOf(vjp(x, [z], input(z.graph, 'w', x.shape)));
    },
  };

  const backendOf = async (): Promise<Backend> => (typeof given === 'function' ? given() : given);

  const compiled = (kind: keyof typeof writers, batch: number): Promise<Program> => {
    const name = `${kind}.${batch}`;
    const known = programs.get(name);
    if (known !== undefined) return known;
    const program = backendOf().then((backend) => backend.compile(writers[kind](batch)));
    programs.set(name, program);
    program.catch(() => programs.delete(name));
    return program;
  };

  /** Runs a program on a batch in parts, side by side, whose results `[B, …shape]` are put together. */
  const inParts = async (
    kind: keyof typeof writers,
    feeds: Readonly<Record<string, Tensor>>,
    shape: Shape,
  ): Promise<Readonly<Record<string, Tensor>>> => {
    const rows = Math.max(...Object.values(feeds).map(batchOf));
    const found: Record<string, Tensor> = {};
    const size = sizeOf(shape);
    const most = Math.min(maxBatch, Math.max(1, Math.ceil(rows / ((await backendOf()).workers ?? 1))));
    const runPart = async (begin: number): Promise<void> => {
      const end = Math.min(begin + most, rows);
      const batch = 2 ** Math.ceil(Math.log2(end - begin));
      const filled = Object.entries(feeds).map(([name, { data }]) => {
        const own = data.length / rows;
        const all = new Float32Array(batch * own);
        all.set(data.subarray(begin * own, end * own));
        return [name, all] as const;
      });
      const results = await (await compiled(kind, batch)).run(Object.fromEntries(filled));
      for (const [name, values] of Object.entries<Float32Array>(results)) {
        found[name] ??= zeros([rows, ...shape]);
        found[name].data.set(values.subarray(0, (end - begin) * size), begin * size);
      }
    };
    await Promise.all(Array.from({ length: Math.ceil(rows / most) }, (_, k) => runPart(k * most)));
    return found;
  };

  const one = (found: Readonly<Record<string, Tensor>>, name: string): Tensor => {
    const tensor = found[name];
    if (tensor === undefined) throw new InternalError(`expected at least one sample to compute ${name} of`);
    return tensor;
  };

  return {
    encode: async (x) => {
      expectShape(x, [undefined, ...dataShape], 'samples');
      const found = await inParts('encode', { x }, latentShape);
      return { mean: one(found, 'mean'), std: one(found, 'std') };
    },
    decode: async (z) => {
      expectShape(z, [undefined, ...latentShape], 'latents');
      return one(await inParts('decode', { z }, dataShape), 'x');
    },
    decodeJvp: async (z, v) => {
      for (const tensor of [z, v]) expectShape(tensor, [batchOf(z), ...latentShape], 'latents');
      return one(await inParts('jvp', { z, v }, dataShape), 'derivative');
    },
    decodeVjp: async (z, w) => {
      expectShape(z, [undefined, ...latentShape], 'latents');
      expectShape(w, [batchOf(z), ...dataShape], 'w');
      return one(await inParts('vjp', { z, w }, latentShape), 'derivative');
    },
    dispose: async () => {
      const made = [...programs.values()];
      programs.clear();
      for (const program of made) await (await program).dispose();
    },
  };
}
