/** @file What a training starts from: a run with its data and its objects. */
import type { Device } from '../../backend/device.ts';
import type { Training } from '../../catalog/build.ts';
import type { DataConfig, RunConfig } from '../../catalog/config/schema.ts';
import { checkOptions } from '../../base/check.ts';
import { kindOf, sampleShape, type DataSet } from '../../data/dataset.ts';
import type { OpenOptions } from '../../data/opener.ts';
import type { Run } from '../../run/folder/run-folder.ts';
import type { DataSummary } from '../../run/data-summary.ts';
import type { TrainedAutoencoder } from '../../train/latents.ts';
import type { TrainPoint } from '../../train/train.ts';

/** A run with everything that its training needs. */
export interface Prepared {
  readonly run: Run;
  readonly config: RunConfig;
  readonly set: DataSet;
  readonly training: Training;
  readonly summary: DataSummary;
  /** Data that are not trained on, where the run has some. */
  readonly heldOut: DataSet | undefined;
  /** The autoencoder of a run of latents that begins; of one that goes on it is with its parameters. */
  readonly autoencoder?: TrainedAutoencoder | undefined;
  /** Where training goes on, or the point of step 0 that the parameters of `init` give. */
  readonly from: TrainPoint | undefined;
}

/** Opens a data set by name or path. */
export type OpenSet = (ref: string, options: OpenOptions) => Promise<DataSet>;

/** How a run is prepared. */
export interface PrepareOptions {
  /** The option that asks for the classes or the texts of the data, if one does. */
  readonly needs: 'task' | 'conditional' | 'condition' | 'nothing' | undefined;
  /** Where the engine computes. Default cpu. */
  readonly device?: Device | undefined;
  readonly open: OpenSet;
  /** Number of processes that train it together, at least 1. Default 1. */
  readonly members?: number | undefined;
}

/**
 * Opens the data that a run is not trained on; undefined where there are none.
 * @throws ConfigError if they have not the shape of the data, or the run is to end by a loss on data that there are none of.
 */
export async function openHeldOut(
  open: OpenSet,
  { data, latent, train: { heldOut, patience } }: RunConfig,
  set: DataSet,
): Promise<DataSet | undefined> {
  checkOptions([
    heldOut !== undefined || latent?.pairs !== undefined || patience === undefined,
    'train.patience',
    'is of the loss on data that are not trained on; name them with --set train.heldOut=DATA',
  ]);
  if (heldOut === undefined) return undefined;
  const opened = await openConfigured(open, { ...data, ref: heldOut });
  const [own, other] = [set, opened].map((one) => `[${sampleShape(one).join(', ')}]`);
  checkOptions([
    kindOf(set).name === kindOf(opened).name && own === other,
    'train.heldOut',
    `expected samples ${own} as in ${set.name}, found ${other} in ${opened.name}`,
  ]);
  return opened;
}

/** Opens the data of a configuration. */
export function openConfigured(open: OpenSet, { ref, ...options }: DataConfig): Promise<DataSet> {
  return open(ref, options);
}
