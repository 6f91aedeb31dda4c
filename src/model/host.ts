/** @file What a model asks of the place where it runs: an engine, and files and pictures where there are any. */
import type { Backend } from '../backend/program.ts';

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
  /** Steps with pauses in which the place can do other work, such as receiving messages; none are needed where it is left out. */
  readonly interleaved?: (<P, R>(steps: AsyncGenerator<P, R>) => AsyncGenerator<P, R>) | undefined;
}

/** Steps with the pauses that a host needs. */
export function interleaved<P, R>(host: Host, steps: AsyncGenerator<P, R>): AsyncGenerator<P, R> {
  return host.interleaved?.(steps) ?? steps;
}
