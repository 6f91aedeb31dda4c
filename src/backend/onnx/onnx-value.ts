/** @file Values of an ONNX graph under construction: images have up to two layouts, each written when it is first asked for. */
import { dimensionOf, type Shape } from '../../base/tensor.ts';
import type { Emitter } from './onnx-emitter.ts';

/** The operator set of ONNX Runtime's blocked layout. */
export const blockedDomain = 'com.microsoft.nchwc';

/** A value by name, in the plain order of its axes. */
export interface BlockedImage {
  readonly name: string;
  readonly shape: Shape;
}

/**
 * A value that has been written, under `name` in the plain order of its axes, under `blocked` with blocks of channels
 * innermost (`[B, C / b, H, W, b]` in memory, `[B, C, H, W]` by its shape), or under both.
 */
export interface Written {
  readonly name?: string;
  readonly blocked?: string;
  readonly shape: Shape;
  /** Whether it depends on no input. */
  readonly constant: boolean;
}

/** Whether a value is there in blocks of channels alone. */
export function onlyBlocked({ name, blocked }: Written): boolean {
  return name === undefined && blocked !== undefined;
}

/** A value in the plain order of its axes. */
export function plain(e: Emitter, value: Written): BlockedImage & Written {
  const { name, blocked = '', shape } = value;
  if (name !== undefined) return { ...value, name };
  return { ...value, name: e.op('ReorderOutput', [blocked], { channels: dimensionOf({ shape }, 1) }, blockedDomain) };
}

/** The name of an image batch in blocks of channels. */
export function inBlocks(e: Emitter, { name = '', blocked }: Written): string {
  return blocked ?? e.op('ReorderInput', [name], {}, blockedDomain);
}
