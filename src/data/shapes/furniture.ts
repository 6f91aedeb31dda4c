/** @file Chairs and desks of boxes with random sizes. The z axis points up, and a chair looks along y. */
import { foldIn, type Key } from '../../base/key.ts';
import { uniform } from '../../base/random.ts';
import { shapeSet } from './shape-set.ts';
import { keptPoints, type ShapeOptions, type ShapeSet } from './shape.ts';

/** A box by its lowest and highest corner. */
type Block = readonly [low: readonly [number, number, number], high: readonly [number, number, number]];

/** Gives random numbers of a range, one after the other. */
type Draw = (low: number, high: number) => number;

/** The sizes and parts of a piece. */
type Piece = (draw: Draw) => readonly Block[];

/** Four legs under a rectangle, from the floor to a height. */
function legs([width, depth]: readonly [number, number], height: number, thick: number): readonly Block[] {
  return [-1, 1].flatMap((x) =>
    [-1, 1].map((y): Block => {
      const [a, b] = [x * (width / 2 - thick / 2), y * (depth / 2 - thick / 2)];
      return [
        [a - thick / 2, b - thick / 2, 0],
        [a + thick / 2, b + thick / 2, height],
      ];
    }),
  );
}

const chair: Piece = (draw) => {
  const [width, depth] = [draw(0.38, 0.6), draw(0.38, 0.55)];
  const [seat, thick, leg] = [draw(0.38, 0.5), draw(0.03, 0.09), draw(0.03, 0.06)];
  const [back, slats] = [draw(0.25, 0.6), Math.floor(draw(0, 5))];
  const [armed, arm] = [draw(0, 1) < 0.4, draw(0.15, 0.25)];
  const [x, y, behind] = [width / 2, depth / 2, draw(0.03, 0.06)];
  const top = seat + thick;
  const panel = (left: number, right: number, from: number, to: number): Block => [
    [left, -y, from],
    [right, -y + behind, to],
  ];
  const slat = width / (2 * slats + 1);
  const backrest =
    slats < 2
      ? [panel(-x, x, top, top + back)]
      : [
          panel(-x, x, top + back - 0.06, top + back),
          ...Array.from({ length: slats + 1 }, (_, i) =>
            panel(-x + 2 * i * slat, -x + (2 * i + 1) * slat, top, top + back - 0.06),
          ),
        ];
  const arms = [-1, 1].flatMap((side): Block[] => {
    const [a, b] = [side * (x - leg / 2) - leg / 2, side * (x - leg / 2) + leg / 2];
    return [
      [
        [a, -y, top + arm - leg],
        [b, y, top + arm],
      ],
      [
        [a, y - leg, top],
        [b, y, top + arm - leg],
      ],
    ];
  });
  return [
    [
      [-x, -y, seat],
      [x, y, top],
    ],
    ...legs([width, depth], seat, leg),
    ...backrest,
    ...(armed ? arms : []),
  ];
};

const desk: Piece = (draw) => {
  const [width, depth, height] = [draw(0.8, 1.8), draw(0.5, 0.9), draw(0.4, 0.8)];
  const [thick, leg, stand] = [draw(0.02, 0.08), draw(0.04, 0.09), draw(0, 3)];
  const [shelf, at] = [draw(0, 1) < 0.4, draw(0.2, 0.6) * height];
  const [x, y] = [width / 2, depth / 2];
  const flat = (low: number, inset: number): Block => [
    [-x + inset, -y + inset, low],
    [x - inset, y - inset, low + thick],
  ];
  const sides = [-1, 1].map((side): Block => {
    const a = side * (x - leg / 2);
    return [
      [a - leg / 2, -y, 0],
      [a + leg / 2, y, height],
    ];
  });
  const column: readonly Block[] = [
    [
      [-leg, -leg, 0],
      [leg, leg, height],
    ],
    [
      [-x / 2, -y / 1.5, 0],
      [x / 2, y / 1.5, leg],
    ],
  ];
  const under = stand < 1.5 ? legs([width, depth], height, leg) : stand < 2.3 ? sides : column;
  return [flat(height, 0), ...under, ...(shelf && stand < 2.3 ? [flat(at, leg / 2)] : [])];
};

/** Points that are uniform on the surface of the union of boxes: those inside of another box are drawn again. */
export function blockPoints(blocks: readonly Block[], key: Key, count: number): Float64Array {
  const areas = blocks.flatMap(([low, high]) => {
    const [a, b, c] = low.map((value, j) => high[j]! - value) as [number, number, number];
    return [b * c, a * c, a * b].flatMap((area) => [area, area]);
  });
  const total = areas.reduce((sum, area) => sum + area, 0);
  const out = new Float64Array(3 * count);
  for (let i = 0, round = 0; i < count; round++) {
    const u = uniform(foldIn(key, round), 3 * count);
    for (let k = 0; k < count && i < count; k++) {
      let [face, left] = [0, u[3 * k]! * total];
      while (face < areas.length - 1 && left >= areas[face]!) left -= areas[face++]!;
      const own = Math.floor(face / 6);
      const [low, high] = blocks[own]!;
      const axis = Math.floor((face % 6) / 2);
      let next = 1;
      const point = low.map((value, j) =>
        j === axis ? (face % 2 === 0 ? value : high[j]!) : value + (high[j]! - value) * u[3 * k + next++]!,
      );
      const inside = ([a, b]: Block): boolean => point.every((value, j) => value > a[j]! && value < b[j]!);
      if (blocks.some((block, j) => j !== own && inside(block))) continue;
      out.set(point, 3 * i);
      i += 1;
    }
  }
  return out;
}

const pieces = { chairs: chair, desks: desk } as const;

/** Random pieces of a kind. */
export function drawFurniture(
  name: keyof typeof pieces,
  key: Key,
  { count, ...options }: ShapeOptions & { readonly count: number },
): ShapeSet {
  const clouds = Array.from({ length: count }, (_, i) => {
    const own = foldIn(key, i);
    const u = uniform(foldIn(own, 'sizes'), 16);
    let next = 0;
    const blocks = pieces[name]((low, high) => low + (high - low) * (u[next++] ?? 0));
    return blockPoints(blocks, foldIn(own, 'surface'), keptPoints);
  });
  return shapeSet(clouds, { name }, options);
}
