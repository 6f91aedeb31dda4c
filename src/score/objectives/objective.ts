/**
 * @file The seam of training: an objective writes its loss as a graph and draws on the host what that graph reads. Nothing
 * else in training knows which one it has.
 */
import type { Arrays } from '../../backend/program.ts';
import type { Key } from '../../base/key.ts';
import type { Graph, Node } from '../../graph/node.ts';
import type { Network, Scope } from '../../nn/network.ts';

/**
 * The places where a network finds its parameters. All of them have the same dropout masks: one call in each sees what the others see.
 */
export interface LossScopes {
  /** The parameters that are trained. */
  readonly scope: Scope;
  /** The same numbers as constants, through which no gradient goes. */
  readonly stopped: Scope;
  /** The moving average of the parameters before the step, through which no gradient goes. */
  readonly average: Scope;
}

/** Where a loss is written. */
export interface LossSite extends LossScopes {
  /** Samples that the loss is written for: those of a step, or of a part of it. */
  readonly batch: number;
  /** Samples of the step in all of its parts, over which means are taken. Default `batch`. */
  readonly total?: number;
  /** Condition of the samples as rows `[B, K]`, one-hot of classes, for networks and losses that read them; a row of zeros is a condition that is not given. */
  readonly classes?: Node;
  /** 1 of each number of the samples that the loss counts, 0 of those that are missing, `[B, …]`; all count by default. */
  readonly observed?: Node;
}

/** A loss as nodes: its value `[]`, which training lowers, and the share of each sample `[B]`. */
export interface Loss {
  readonly loss: Node;
  readonly losses: Node;
}

/** What one step reads. */
export interface Drawn {
  /** By the names of the inputs of the loss. */
  readonly feeds: Arrays;
  /** The time at which each sample is seen. */
  readonly times: readonly number[];
}

/** What training lowers. */
export interface Objective {
  /** The name that people read; no code branches on it. */
  readonly kind: string;
  /** K, for a loss that reads the class of every sample itself, whatever the network gets. */
  readonly classes?: number;
  /**
   * Sizes of the sections of a batch, one after another, whose samples are treated alike. A step may be computed in parts, with a share of each section: the losses
   * of the parts, each written for its samples and the `total`, have to add up to that of the whole. Without it a step is never divided.
   */
  readonly sections?: (batch: number) => readonly number[];
  /** Whether the loss leaves out numbers that are missing, which its network sees as 0. */
  readonly heedsMissing?: true;
  /** Whether the autoencoder of a network of latents is trained too: the loss reads samples of the data, and makes latents of them itself. */
  readonly joint?: true;
  /** Whether what is learned carries data to other data, so that nothing can be drawn of noise. */
  readonly carriesData?: true;
  /** Whether training feeds the noise that the samples of the data have, as input `z`, in place of what is drawn. */
  readonly storedNoise?: true;
  /**
   * Writes the loss of a network.
   * @throws ConfigError if the network has not the outputs that the loss needs.
   */
  readonly write: (owner: Graph, net: Network, site: LossSite) => Loss;
  /**
   * Draws what the loss reads for clean samples `[B, …]` in the model's range.
   * @param x0 - B samples, end to end
   * @param key - that of the step, of which training itself takes the names 'data', 'classes', 'starts' and 'dropout' of `foldIn`;
   * an objective takes any others
   * @param n - number of the step, from 1, for what changes as training goes on
   * @returns what depends on the arguments alone, so that a run that goes on repeats itself; a promise where another network
   * computes a part of it
   */
  readonly draw: (x0: Float32Array, batch: number, key: Key, n: number) => Drawn | Promise<Drawn>;
  /** ||z - z'||^2 / D of the predicted noise z' of each sample, where the losses of a step say it. */
  readonly noiseErrors?: (drawn: Drawn, losses: Float32Array) => Float64Array;
}
