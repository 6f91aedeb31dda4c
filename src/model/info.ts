/** @file What is known of a model. */
import type { Shape } from '../base/tensor.ts';
import type { Sampling } from '../catalog/config/loss.ts';
import type { TextCoding } from '../data/texts/text-coding.ts';
import { layout } from '../nn/network.ts';
import type { TrainingRecord } from '../run/model-file.ts';
import { codingOf } from '../run/summarize.ts';
import type { TrainedModel } from './trained.ts';

/** What is known of a model. */
export interface ModelInfo {
  /** The name or the path by which it was opened. */
  readonly name: string;
  /** Kind of its data: images or points. */
  readonly data: string;
  /** Shape of one sample: `[C, H, W]` or `[d]`. */
  readonly shape: Shape;
  /** Names of the classes that it knows; none for a model without classes. */
  readonly classes: readonly string[];
  /** How it reads texts: the words that it knows, and the columns of trigrams; undefined for a model without texts. */
  readonly texts: TextCoding | undefined;
  /** Name of the network. */
  readonly network: string;
  /** How many parameters it has. */
  readonly parameters: number;
  /** Name of the process. */
  readonly process: string;
  /** Training steps that were taken. */
  readonly step: number;
  /** How it was trained, of a packed model. */
  readonly training: TrainingRecord | undefined;
  /** How it is sampled unless another way is asked for. */
  readonly sampling: Sampling;
}

/** What is known of a trained network. */
export function infoOf({ name, data, net, process, step, record, sampling }: TrainedModel): ModelInfo {
  return {
    ...{ name, data: data.kind, shape: data.shape, classes: data.classes?.names ?? [] },
    ...{ texts: codingOf(data), network: net.kind },
    ...{ parameters: layout(net).trained, process: process.sde.kind, step, training: record?.training, sampling },
  };
}
