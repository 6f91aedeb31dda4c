/** @file Points of a training as the bytes that its members give each other: those of a checkpoint. */
import { FileError } from '../../base/errors.ts';
import { decodeParameters, encodeSafetensors } from '../../io/safetensors.ts';
import type { Network } from '../../nn/network.ts';
import { fromCheckpoint, toCheckpoint } from '../../run/checkpoint.ts';
import type { DataSummary } from '../../run/data-summary.ts';
import type { LoadedCheckpoint } from '../../run/folder/checkpoint-files.ts';
import type { TrainPoint } from '../../train/train.ts';

/** The bytes of a point, with the token of the member that has come to it. */
export function encodePoint(point: TrainPoint, summary: DataSummary, token: string): Uint8Array {
  const { tensors, metadata } = toCheckpoint(point, summary);
  return encodeSafetensors({ tensors, metadata: { ...metadata, step: String(point.step), token } });
}

/**
 * The checkpoint in bytes.
 * @throws FileError if they are not a sound one, or have numbers that are not finite.
 */
export function decodePoint(bytes: Uint8Array, file: string): LoadedCheckpoint & { readonly token: string } {
  const checkpoint = decodeParameters(bytes, file);
  const { step = '', token = '' } = checkpoint.metadata;
  if (!/^\d{1,15}$/.test(step)) throw new FileError(file, 'expected the step of a point in the metadata');
  return { step: Number(step), checkpoint, token };
}

/** The point in bytes, of a network, and the token of the member that has come to it. */
export function readPoint(
  bytes: Uint8Array,
  file: string,
  net: Network,
): { readonly point: TrainPoint; readonly token: string } {
  const loaded = decodePoint(bytes, file);
  return { point: fromCheckpoint(loaded, net, file), token: loaded.token };
}
