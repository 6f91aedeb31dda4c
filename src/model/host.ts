/** @file What a model asks of the place where it runs: an engine, and files and pictures where there are any. */
import type { Backend } from '../backend/program.ts';
import type { DataSet } from '../data/dataset.ts';
import type { TrainedModel } from './trained.ts';

/** A place where models run: a Node process or a browser. */
export interface Host {
  /**
   * The engine for a number of independent samples that are computed at a time. The same engine is returned for equal needs.
   * @param samples - at least 1
   */
  backend(samples: number): Promise<Backend>;
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
  /** Steps with pauses in which the place can do other work, such as receiving messages; none are needed where it is left out. */
  readonly interleaved?: (<P, R>(steps: AsyncGenerator<P, R>) => AsyncGenerator<P, R>) | undefined;
}

/** Steps with the pauses that a host needs. */
export function interleaved<P, R>(host: Host, steps: AsyncGenerator<P, R>): AsyncGenerator<P, R> {
  return host.interleaved?.(steps) ?? steps;
}
