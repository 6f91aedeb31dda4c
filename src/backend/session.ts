/** @file What is used of sessions of ONNX Runtime, wherever they are. */
import type { Tensor } from 'onnxruntime-common';
import type { Node } from '../graph/node.ts';

/** What is used of a session. */
export interface Session {
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
  release(): Promise<void>;
}

/** Makes a session of an encoded model; outputs that are to be kept stay on its device, if it can keep them. */
export type CreateSession = (model: Uint8Array, kept: readonly string[]) => Promise<Session>;

/** Makes a tensor of float32 numbers, as the build of ONNX Runtime that its sessions are of has them. */
export type TensorOf = (data: Float32Array, shape: readonly number[]) => Tensor;

/** A build of ONNX Runtime. */
export interface Runtime {
  readonly create: CreateSession;
  /** Called once there is a session. */
  readonly tensorOf: TensorOf;
}

/** Keeps prepared programs from one process to the next. */
export interface SessionCache {
  /** A name for the graph of the named outputs and for all else that its program depends on. */
  idOf(outputs: Readonly<Record<string, Node>>): string;
  /** A session of what is known under a name. */
  load(id: string): Promise<Session | undefined>;
  /** Makes a session of an encoded model and keeps it under a name. */
  make(id: string, model: Uint8Array): Promise<Session>;
}
