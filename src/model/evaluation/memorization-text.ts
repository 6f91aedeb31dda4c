/** @file What was found of copies, in sentences. */
import { plural, short } from '../../base/words.ts';
import type { CopyingTest, NearCopies } from '../../evaluate/copying.ts';
import type { Memorization } from './memorization.ts';

/** Below it samples are copies: a standard normal number is lower once in 740 times. */
const copies = -3;

/** A line for each space, and what the lines mean. */
export function memorizationLines({
  spaces,
  count,
  heldOut,
  real,
  training,
  heldOutData,
}: Omit<Memorization, 'toSvg' | 'save'>): readonly string[] {
  const others = heldOutData ? 'held-out' : 'training samples, each without itself,';
  return [
    `memorization: ${plural(count, 'sample')} and ${heldOut.toLocaleString('en')} ${others} by their distance from ${plural(training, 'training sample')}`,
    ...spaces.map(
      ({ space, test, real: null_, copies: near, realCopies }) =>
        `${space}: C_T ${signed(test)}, z ${short(test.z)} (${verdict(test)}); ${real.toLocaleString('en')} others have ${signed(null_)}, z ${short(null_.z)}; ` +
        `nearly one training sample ${shareText(near)}, of the others ${shareText(realCopies)}, expected ${percent(near.expected)}`,
    ),
  ];
}

/** What a test says. */
export function verdict({ z }: Pick<CopyingTest, 'z'>): string {
  if (z < copies) return 'nearer to the training than new data are: copies';
  return z > -copies ? 'no copies; further from the data than new data are' : 'as near as new data are';
}

function signed({ statistic, standardError }: CopyingTest): string {
  return `${statistic.toFixed(2)} ± ${standardError.toFixed(2)}`;
}

/** The part of samples below the threshold of ratios. */
export function shareText({ share, standardError }: NearCopies): string {
  return `${(100 * share).toFixed(1)} ± ${(100 * standardError).toFixed(1)} %`;
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}
