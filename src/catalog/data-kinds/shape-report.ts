/** @file How samples of shapes compare with real ones: sets of clouds by their distances. */
import { chamferDistance, earthMoverDistance } from '../../evaluate/clouds.ts';
import {
  distancesOf,
  expectedNearestNeighbor,
  ownDistances,
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

/** The report of shapes: samples, and as many real ones, beside a reference. */
export function shapeReport({ samples, reference, real }: Compared<ShapeSet>): KindReport {
  const n = Math.min(mostShapes, samples.rows.length, reference.rows.length);
  const others = Math.min(n, real.rows.length);
  const expected = expectedNearestNeighbor(n);
  const found = Object.entries(distances).map(([name, { of, points, what }]) => {
    const [own, theirs, kept] = [samples, reference, real].map((rows) => clouds(rows, n, points)) as [
      readonly Float32Array[],
      readonly Float32Array[],
      readonly Float32Array[],
    ];
    const references = ownDistances(theirs, of);
    const against = (set: readonly Float32Array[]): SetDistances =>
      setDistances({ samples: ownDistances(set, of), references, between: distancesOf(set, theirs, of) });
    return { name, what, points, samples: against(own), real: others === n ? against(kept) : undefined };
  });
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
