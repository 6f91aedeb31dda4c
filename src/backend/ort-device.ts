/** @file Results that ONNX Runtime leaves in the memory of a device. */
import type { Tensor } from 'onnxruntime-common';
import { encodeModel } from './onnx/onnx-model.ts';
import type { Session } from './session.ts';
import { disposedOf, type DeviceArray } from './program.ts';

/** The values of one backend that are on its device. */
export interface DeviceArrays {
  /** Wraps a tensor of the device. */
  wrap(tensor: Tensor): Promise<DeviceArray>;
  /** The tensor of a value that is on the device; undefined of arrays, and of what was disposed of. */
  tensorOf(value: Float32Array | DeviceArray): Tensor | undefined;
}

/** Values that are read and freed in the turn of a queue; a tensor of a device cannot give its own data in Node. */
export function deviceArrays(
  serially: <T>(task: () => Promise<T>) => Promise<T>,
  createSession: (model: Uint8Array) => Promise<Session>,
): DeviceArrays {
  const tensors = new WeakMap<Float32Array | DeviceArray, Tensor>();
  // By rank, and never released: with its last session goes a device, and a tensor of it that is touched then ends the process.
  const readers = new Map<number, Promise<Session>>();
  return {
    tensorOf: (value) => tensors.get(value),
    wrap: async (tensor) => {
      const rank = tensor.dims.length;
      const reader = readers.get(rank) ?? createSession(fetching(rank));
      readers.set(rank, reader);
      const session = await reader;
      const value: DeviceArray = {
        array: undefined,
        read: () =>
          serially(async () => {
            const x = tensors.get(value);
            if (x === undefined) throw disposedOf();
            return (await session.run({ x }))['y']?.data as Float32Array;
          }),
        dispose: () =>
          serially(() => {
            tensors.get(value)?.dispose();
            tensors.delete(value);
            return Promise.resolve();
          }),
      };
      tensors.set(value, tensor);
      return value;
    },
  };
}

/** A program that returns its input, of any sizes. */
function fetching(rank: number): Uint8Array {
  const identity = { op: 'Identity', domain: '', inputs: ['x'], outputs: ['y'], attributes: {} } as const;
  const shape = Array.from({ length: rank }, (_, axis) => `size${axis}`);
  return encodeModel({
    nodes: [identity],
    initializers: [],
    inputs: [{ name: 'x', shape }],
    outputs: [{ name: 'y', shape }],
  });
}
