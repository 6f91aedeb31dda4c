/** @file What a network that completes samples is shown of those of a batch. */
import { foldIn, type Key } from '../base/key.ts';
import { uniform } from '../base/random.ts';
import { sizeOf } from '../base/tensor.ts';
import type { SetKind, Units } from '../data/kinds/set-kind.ts';
import { knownRowInto } from '../nn/known.ts';

/** Which numbers of a sample are shown where its kind does not say: none of a third of the samples, else a share that is drawn for all. */
function anyNumbers({ shape }: Units, key: Key): Uint8Array {
  const size = sizeOf(shape);
  const [none = 0, share = 0, ...u] = uniform(key, 2 + size);
  return Uint8Array.from({ length: size }, (_, j) => Number(none >= 1 / 3 && (u[j] ?? 1) < share));
}

/** Samples of a batch. */
export interface ShownSamples {
  /** In the model's range, `[B, …]`. */
  readonly x0: Float32Array;
  /** 1 of each number that is there, else 0; all are by default. */
  readonly observed?: Uint8Array | undefined;
}

/**
 * The rows of a batch for a network of known numbers, `[B, 2 D]`. Of what is missing they say that.
 * @see Tashiro et al. 2021, "CSDI", section 4.3
 */
export function knownRows(
  kind: Pick<SetKind, 'shown'>,
  units: Units,
  { x0, observed }: ShownSamples,
  key: Key,
): Float32Array {
  const size = sizeOf(units.shape);
  const out = new Float32Array(2 * x0.length);
  for (let i = 0; i * size < x0.length; i++) {
    const own = foldIn(key, i);
    const drawn = kind.shown?.(units, own) ?? anyNumbers(units, own);
    const shown =
      observed === undefined ? drawn : Int8Array.from(drawn, (known, j) => (observed[i * size + j] === 1 ? known : -1));
    knownRowInto(out.subarray(2 * i * size, 2 * (i + 1) * size), x0.subarray(i * size, (i + 1) * size), shown);
  }
  return out;
}
