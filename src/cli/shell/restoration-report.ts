/** @file What is printed of restored images. */
import { batchOf } from '../../base/tensor.ts';
import { meanEstimate } from '../../evaluate/estimate.ts';
import type { Quality } from '../../model/restoration/restoration-quality.ts';
import type { Restoration } from '../../model/restoration/restored.ts';
import { duration, plural, table, type Terminal } from './terminal.ts';

/** Prints averages over images and samples. */
export function printRestoration(out: Terminal, restoration: Restoration, sheet: string): void {
  const { evaluations, seconds, means, count, method, quality } = restoration;
  const images = plural(batchOf(means), 'image');
  const each = meanEstimate(evaluations).value.toFixed(0);
  out.line(
    `${plural(count, 'sample')} of ${images} by ${method.name} in ${duration(seconds)}, ${each} network evaluations each`,
  );
  const average = (of: readonly Quality[], what: keyof Quality): number =>
    meanEstimate(of.map((one) => one[what] ?? NaN)).value;
  const parts = [
    ['psnr', (value: number) => `PSNR ${value.toFixed(2)} dB`],
    ['ssim', (value: number) => `SSIM ${value.toFixed(3)}`],
    ['residual', (value: number) => `|y - A x| / sigma ${value.toFixed(2)}`],
  ] as const;
  const rows = Object.entries(quality.columns).map(([name, of]) => {
    const numbers = parts.flatMap(([what, words]) => {
      const value = average(of, what);
      return Number.isNaN(value) ? [] : [words(value)];
    });
    return [name, numbers.join('  ')] as const;
  });
  out.line(table(Object.fromEntries(rows)));
  out.line(`side by side: ${sheet}`);
}
