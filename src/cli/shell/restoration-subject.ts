/** @file Images that `scorefield restore` measures, or what was measured of them. */
import { checkOptions } from '../../base/check.ts';
import type { RestorationTask } from '../../catalog/restorations/inverse-tasks.ts';
import type { Layout } from '../../data/arrays/layout.ts';
import type { KnownData } from '../../node/run-data.ts';
import type { RestorationSubject } from '../../model/restoration/restoration-plan.ts';

/** Where the images come from; at most one of image, data and measured. */
interface Sources {
  readonly image: string | undefined;
  readonly data: string | undefined;
  readonly layout: Layout | undefined;
  readonly index: string | undefined;
  readonly measured: string | undefined;
}

/** Images to measure, or what was measured of them, and a short name of their content. */
type Subject = Pick<RestorationSubject, 'image' | 'measurement' | 'noise'> & {
  readonly name: string;
  readonly rows: readonly number[];
  readonly content: string;
};

/**
 * Reads what is restored.
 * @throws ConfigError if several sources are given, or rows that there are not.
 */
export async function readSubject(
  model: { readonly trained: KnownData },
  task: RestorationTask,
  sources: Sources,
): Promise<Subject> {
  const { fingerprint, fingerprintOf } = await import('../../data/fingerprint.ts');
  const { readMeasurement, readPicture } = await import('../../node/restoration-input.ts');
  const { openRunDataShown } = await import('./opening.ts');
  const { image, data, layout, index, measured } = sources;
  const given = Object.entries({ '--image': image, '--data': data, '--measured': measured })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  checkOptions(
    [given.length <= 1, given.join(' and '), 'expected one of them'],
    [index === undefined || (image ?? measured) === undefined, 'index', 'expected with --data alone'],
  );
  if (image !== undefined) {
    const picture = await readPicture(model, image);
    return { name: image, rows: [0], image: picture, content: fingerprint(picture) };
  }
  if (measured !== undefined) {
    const known = await readMeasurement(task, measured);
    const values = Float64Array.from(known.measurement.data);
    return { name: measured, ...known, content: fingerprintOf(new Uint8Array(values.buffer)) };
  }
  const set = await openRunDataShown(model.trained, data ?? 'test', { layout });
  return { name: set.name, rows: rowsOf(index ?? '0', set), image: set, content: fingerprint(set) };
}

/** Rows as 3,17,4 or 0-99. */
function rowsOf(text: string, { count, name }: { readonly count: number; readonly name: string }): readonly number[] {
  const rows = text.split(',').flatMap((part) => {
    const [from = NaN, to = from] = /^\d+(-\d+)?$/.test(part) ? part.split('-').map(Number) : [];
    // Beyond the last row one is enough to be refused.
    const last = Math.min(to, count);
    return from <= last ? Array.from({ length: last - from + 1 }, (_, i) => from + i) : [NaN];
  });
  const fits = rows.every((row) => row < count) && new Set(rows).size === rows.length;
  const message = `expected different numbers of 0 to ${count - 1}, images of ${name}, with commas between, got ${text}`;
  checkOptions([fits, 'index', message]);
  return rows;
}
