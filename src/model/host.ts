/** @file What a model asks of the place where it runs: an engine, and files and pictures where there are any. */
import type { Catalog } from '../catalog/catalog.ts';
import { dataKindOf, type OfKind } from '../catalog/data-kinds/find.ts';
import type { ExtractorFiles } from '../catalog/extractors/extractor.ts';
import type { Backend } from '../backend/program.ts';
import type { DataSet } from '../data/dataset.ts';
import type { TrainOptions } from '../train/train.ts';
import type { TrainedModel } from './trained.ts';

/** The engines that train. */
export type Engines = Pick<TrainOptions, 'backend' | 'parts'>;

/** A place where models run: a Node process or a browser. */
export interface Host {
  /**
   * The engine for a number of independent samples that are computed at a time. The same engine is returned for equal needs.
   * @param samples - at least 1
   */
  backend(samples: number): Promise<Backend>;
  /**
   * The engines of a training: `backend`, and where there is one of several workers, `parts` for the parts of large steps. Default the engine for one sample.
   */
  readonly training?: (() => Promise<Engines>) | undefined;
  /**
   * Writes a whole file or none.
   * @throws FileError if it cannot be written.
   */
  writeFile(path: string, bytes: Uint8Array): Promise<void>;
  /**
   * An SVG picture as PNG.
   * @throws UnsupportedError where pictures cannot be drawn.
   */
  rasterize(svg: string): Promise<Uint8Array>;
  /**
   * The data that a model was trained on, as it reads them. Left out where they cannot be found.
   * @throws FileError or ConfigError if they are not where they were.
   */
  readonly trainingData?: ((model: TrainedModel) => Promise<DataSet>) | undefined;
  /** The files of extractors. Left out where there are none. */
  readonly extractorFiles?: ExtractorFiles | undefined;
  /** Steps with pauses in which the place can do other work, such as receiving messages; none are needed where it is left out. */
  readonly interleaved?: (<P, R>(steps: AsyncGenerator<P, R>) => AsyncGenerator<P, R>) | undefined;
}

/** The engines of a host for training on data of a kind: parts take longer to send than small steps to compute. */
export async function enginesFor(host: Host, data: OfKind, catalog?: Catalog): Promise<Engines> {
  if (host.training === undefined || dataKindOf(data, catalog).lowDimensional)
    return { backend: await host.backend(1) };
  return host.training();
}

/** Steps with the pauses that a host needs. */
export function interleaved<P, R>(host: Host, steps: AsyncGenerator<P, R>): AsyncGenerator<P, R> {
  return host.interleaved?.(steps) ?? steps;
}
