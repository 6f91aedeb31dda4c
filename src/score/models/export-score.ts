/** @file The score of a network as a file that other programs run. */
import { lowerForAnyBatch } from '../../backend/onnx/onnx-any-batch.ts';
import { encodeModel, type OnnxAbout } from '../../backend/onnx/onnx-model.ts';
import type { Graph } from '../../graph/node.ts';
import { constantScope, type Network, type ParamVectors, type Scope } from '../../nn/network.ts';
import type { ScoreProcess } from '../coefficients.ts';
import { standaloneGraph } from './standalone.ts';

/**
 * An ONNX model of the score, of standard operators alone, for batches of any size N. Inputs are `x` `[N, …]`, `t` `[N]` and,
 * of a network with classes, the rows `classes` `[N, K]`, of one of steps the rows `end` `[N, E]` of `StepEnds`; outputs `score` and `denoised`, shaped like x, `alpha` and `sigma`
 * `[N]`, and of a network that has learned a variance `reverseVariance`.
 * @throws UnsupportedError if functions of the SDE are too rough for polynomials, see `piecewise`.
 */
export function exportScore(
  net: Network,
  { params, process }: { readonly params: ParamVectors; readonly process: ScoreProcess },
  about: OnnxAbout,
): Uint8Array {
  const scopeOf = (owner: Graph): Scope => constantScope(net, params, owner);
  return encodeModel({ ...lowerForAnyBatch((batch) => standaloneGraph(net, { scopeOf, process }, batch)), about });
}
