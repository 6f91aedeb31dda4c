/** @file The record of an extractor of features: a network that is not trained on the data, by whose features samples are compared. */
import type { Shape } from '../../base/tensor.ts';
import type { Network, ParamVectors } from '../../nn/network.ts';
import type { Named } from '../named.ts';

/** A network whose output, or what its last layer reads, are features of samples. */
export interface FeatureNetwork {
  readonly net: Network;
  readonly params: ParamVectors;
  /** As in "FD (name)". */
  readonly name: string;
}

/** Weights of a network that a package brings along. */
export interface PackagedWeights {
  readonly params: ParamVectors;
  /** Of the package. */
  readonly version: string;
}

/** Reads files of extractors; records get it, so that those without files need no file system. */
export interface ExtractorFiles {
  /** The weights of `inceptionFeatures()` from the package nsfwjs. */
  inception(): Promise<PackagedWeights>;
}

/** A named extractor. */
export interface ExtractorRecord<Name extends string = string> extends Named<Name> {
  /** What its networks read: samples as they are, or images of three colors that are resized cleanly to their size; both from -1 to 1. */
  readonly reads: 'samples' | 'resized';
  /**
   * The network for samples of a shape.
   * @throws ConfigError if it reads none of that shape; UnsupportedError if what it needs is not installed.
   */
  open(shape: Shape, files: ExtractorFiles): FeatureNetwork | Promise<FeatureNetwork>;
}

/** A record of an extractor. */
export function extractor<const Name extends string>(record: ExtractorRecord<Name>): ExtractorRecord<Name> {
  return Object.freeze(record);
}
