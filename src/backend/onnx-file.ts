/** @file Networks in ONNX files, whoever wrote them. */
import type { InferenceSession as Sessions } from 'onnxruntime-node';
import { FileError, ShapeError } from '../base/errors.ts';
import { sizeOf, type Shape } from '../base/tensor.ts';
import type { Device } from './device.ts';
import { nativeRuntime } from './native.ts';

/** A value that goes in or comes out; a size that is not fixed is a name. */
export interface FileValue {
  readonly name: string;
  /** `float32`, `uint8` and so on. */
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

/** A network in a file. */
export interface OnnxNetwork {
  readonly inputs: readonly FileValue[];
  readonly outputs: readonly FileValue[];
  /**
   * The output of this name, for the first input.
   * @throws ShapeError if it takes no input of this shape, or the output is none of float32.
   */
  run(x: Float32Array, shape: Shape, output: string): Promise<{ readonly data: Float32Array; readonly shape: Shape }>;
  dispose(): Promise<void>;
}

/**
 * Opens a network, whose weights may be in files beside it.
 * @throws FileError if ONNX Runtime cannot read it; UnsupportedError if ONNX Runtime is not installed.
 */
export async function openOnnxFile(
  file: string,
  { threads, device }: { readonly threads: number; readonly device: Device },
): Promise<OnnxNetwork> {
  const { InferenceSession, Tensor } = nativeRuntime();
  const options: Sessions.SessionOptions = {
    ...{ intraOpNumThreads: threads, interOpNumThreads: 1, executionProviders: [device] },
    ...{ enableMemPattern: false, logSeverityLevel: 4 },
  };
  const session = await InferenceSession.create(file, options).catch((cause: unknown) => {
    throw new FileError(file, `expected a network as ONNX, which ONNX Runtime reads (${lineOf(cause)})`, { cause });
  });
  const values = (all: Sessions['inputMetadata']): FileValue[] =>
    all.map((value) => ({
      name: value.name,
      ...(value.isTensor ? { type: value.type, shape: value.shape } : { type: 'no tensor', shape: [] }),
    }));
  const inputs = values(session.inputMetadata);
  const [first] = inputs;
  return {
    inputs,
    outputs: values(session.outputMetadata),
    run: async (x, shape, output) => {
      const feeds = { [first?.name ?? '']: new Tensor('float32', x, shape) };
      const results = await session.run(feeds, [output]).catch((cause: unknown) => {
        throw new ShapeError(`${file}: expected a network of [${shape.join(', ')}] (${lineOf(cause)})`, { cause });
      });
      const found = results[output];
      if (!(found?.data instanceof Float32Array) || found.data.length !== sizeOf(found.dims))
        throw new ShapeError(`${file}: expected float32 numbers ${output}, found ${found?.type ?? 'none'}`);
      return { data: found.data, shape: found.dims };
    },
    dispose: () => session.release(),
  };
}

/** The first line of what ONNX Runtime says. */
function lineOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return (text.split('\n')[0] ?? '').trim();
}
