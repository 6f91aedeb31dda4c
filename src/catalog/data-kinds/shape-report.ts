/** @file How samples of shapes compare with real ones: sets of clouds by their distances. */
import { chamferDistance, earthMoverDistance } from '../../evaluate/clouds.ts';
import {
  distanceSteps,
  expectedNearestNeighbor,
  ownDistanceSteps,
  setDistances,
  type SetDistances,
} from '../../evaluate/set-distances.ts';
import { cloudOf, type ShapeSet } from '../../data/shapes/shape.ts';
import type { Compared, KindReport, RowsOf } from './data-kind.ts';

/** Shapes of each set at most, and points of a cloud for the Chamfer and for the earth mover's distance, which takes the cube of them. */
const [mostShapes, chamferPoints, moverPoints] = [64, 512, 128] as const;

/** The first points of the first clouds, of as many points each. */
function clouds({ set, rows }: RowsOf<ShapeSet>, count: number, points: number): readonly Float32Array[] {
  return rows.slice(0, count).map((row) => {
    const cloud = cloudOf(set, row);
    return Float32Array.from({ length: 3 * points }, (_, j) => cloud[j % cloud.length] ?? NaN);
  });
}

const distances = {
  CD: { of: chamferDistance, points: chamferPoints, what: 'Chamfer, squared' },
  EMD: { of: earthMoverDistance, points: moverPoints, what: "earth mover's" },
} as const;

/** What is found of one distance. */
interface Found {
  readonly name: string;
  readonly what: string;
  readonly points: number;
  readonly samples: SetDistances;
  readonly real: SetDistances | undefined;
}

/** The distances of sets by each kind of distance, with a step after each row of a table. */
function* tables(
  { samples, reference, real }: Compared<ShapeSet>,
  { n, others }: { readonly n: number; readonly others: number },
): Generator<undefined, readonly Found[]> {
  const found: Found[] = [];
  for (const [name, { of, points, what }] of Object.entries(distances)) {
    const [own, theirs, kept] = [samples, reference, real].map((rows) => clouds(rows, n, points)) as [
      readonly Float32Array[],
      readonly Float32Array[],
      readonly Float32Array[],
    ];
    const references = yield* ownDistanceSteps(theirs, of);
    const against = function* (set: readonly Float32Array[]): Generator<undefined, SetDistances> {
      return setDistances({
        samples: yield* ownDistanceSteps(set, of),
        references,
        between: yield* distanceSteps(set, theirs, of),
      });
    };
    found.push({ name, what, points, samples: yield* against(own), real: others === n ? yield* against(kept) : undefined }); // prettier-ignore
  }
  return found;
}

/** The report of shapes: samples, and as many real ones, beside a reference. */
export function* shapeReport(parts: Compared<ShapeSet>): Generator<number, KindReport> {
  const { samples, reference, real } = parts;
  const n = Math.min(mostShapes, samples.rows.length, reference.rows.length);
  const others = Math.min(n, real.rows.length);
  const expected = expectedNearestNeighbor(n);
  const steps = tables(parts, { n, others });
  const all = Object.keys(distances).length * (others === n ? 5 : 3) * n;
  let next = steps.next();
  for (let done = 1; next.done !== true; next = steps.next()) yield done++ / all;
  const found = next.value;
  const line = (text: (value: SetDistances) => string, { samples: own, real: floor }: (typeof found)[number]): string =>
    text(own) + (floor === undefined ? '' : `, of real shapes ${text(floor)}`);
  return {
    rows: Object.fromEntries(
      found.flatMap((one) => [
        [
          `MMD (${one.name})`,
          `${line(({ matching }) => matching.toPrecision(4), one)}; ${one.what}, ${one.points} points`,
        ],
        [`COV (${one.name})`, line(({ coverage }) => `${(100 * coverage).toFixed(1)} %`, one)],
        [
          `1-NNA (${one.name})`,
          `${line(({ nearestNeighbor }) => `${(100 * nearestNeighbor).toFixed(1)} %`, one)}, expected of samples of the same law ${(100 * expected).toFixed(1)} %`,
        ],
      ]),
    ),
    value: {
      shapes: n,
      expected1Nna: expected,
      ...Object.fromEntries(
        found.map(({ name, points, samples: own, real: floor }) => [
          name,
          { points, samples: { ...own }, ...(floor && { real: { ...floor } }) },
        ]),
      ),
    },
  };
}
