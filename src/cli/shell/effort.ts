/** @file What a computation of samples has cost, as a line and as fields of the JSON object. */
import { duration, plural, type Terminal } from './terminal.ts';

/** Evaluations of the network for each sample on average, and samples that did not reach the tolerance. */
export interface Effort {
  readonly evaluations: number;
  readonly failed: number;
}

/** The effort of samples from those of each. */
export function effortOf({
  evaluations,
  status,
}: {
  readonly evaluations: readonly number[];
  readonly status: readonly string[];
}): Effort {
  return {
    evaluations: evaluations.reduce((sum, count) => sum + count, 0) / evaluations.length,
    failed: status.filter((state) => state !== 'ok').length,
  };
}

/** Prints what was made in which time, and how many samples failed. */
export function printEffort(
  out: Terminal,
  { evaluations, failed }: Effort,
  { what, seconds, file }: { readonly what: string; readonly seconds: number; readonly file: string },
): void {
  out.line(`${what} in ${duration(seconds)}, ${evaluations.toFixed(0)} network evaluations each: ${file}`);
  if (failed > 0) out.line(`${plural(failed, 'sample')} did not reach the tolerance; try a larger --tolerance`);
}
