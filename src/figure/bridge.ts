/** @file Bridges between two sets of points with more and more noise, in both directions. */
import { foldIn, split, type Key } from '../base/key.ts';
import { batchOf, takeRows, tensor, type Tensor } from '../base/tensor.ts';
import { fitLight, lightDrift } from '../bridge/light-bridge.ts';
import { followDrift } from '../bridge/paths.ts';
import { scaled } from '../data/scaler.ts';
import { toys } from '../data/sets/toy.ts';
import { slicedWasserstein } from '../evaluate/wasserstein.ts';
import { exchanged } from '../model/bridge/exchange.ts';
import { bridgeEnds } from '../model/bridge/shared-scaler.ts';
import { points, polyline } from '../plot/svg-layers.ts';
import { palette, series } from '../plot/svg-text.ts';
import { figure, type AxisRange, type Panel } from '../plot/svg.ts';
import type { Drawing, Figure, FigureRequest } from './figure.ts';

/** Noise of the bridges, in units of data of variance 1; with none the samples are assigned to each other. */
const noises = [0, 0.05, 0.3, 1] as const;
const sizes = { data: 4000, samples: 400, paths: 60 };
const fit = { components: 40, steps: 1200, batch: 96 };
/** Steps of a path. */
const steps = 24;
const side: AxisRange = [-2.6, 2.6];

/** One direction with one noise. */
interface Carried {
  readonly states: readonly Tensor[];
  readonly distance: { readonly value: number; readonly standardError: number };
  /** Mean of ||end - start||^2. */
  readonly way: number;
}

/** Moons to spirals and back. */
export const bridgeFigure: Figure = {
  name: 'bridge',
  title: 'Bridges between two moons and two spirals',
  caption:
    `${sizes.paths} paths of bridges from two moons to two spirals (above) and back (below), with noise of variance 0 to 1 from end to end. Without noise samples go straight to those that they are ` +
    'assigned to, so that the sum of squared ways is least; the more noise there is, the less an end says of its start, while all ends are those of the other set, as well as the fit of a mixture of Gaussians has them.',
  source: 'Korotin et al. 2024, "Light Schroedinger bridge"; De Bortoli et al. 2021, figure 2',
  format: 'svg',
  draw,
};

async function draw({ key }: FigureRequest): Promise<Drawing> {
  const sets = [
    toys['two-moons'].draw(foldIn(key, 'moons'), sizes.data),
    toys.spirals.draw(foldIn(key, 'spirals'), sizes.data),
  ] as const;
  const { scaler } = bridgeEnds(...sets);
  const [moons, spirals] = sets.map(({ values, count }) => scaled(scaler, tensor(values, [count, 2]))) as [
    Tensor,
    Tensor,
  ];
  const ways = [
    { name: 'two moons to two spirals', own: foldIn(key, 'forward'), from: moons, to: spirals, color: series[0] },
    { name: 'two spirals to two moons', own: foldIn(key, 'backward'), from: spirals, to: moons, color: series[1] },
  ] as const;
  const found: (Carried & { readonly name: string; readonly noise: number; readonly color: string })[] = [];
  for (const { name, own, from, to, color } of ways)
    for (const noise of noises) found.push({ name, noise, color, ...(await carried(own, [from, to], noise)) });
  const panels = found.map(({ states, noise, color, distance, way }, i): Panel => {
    const last = states.at(-1);
    const lines = Array.from({ length: sizes.paths }, (_, row) =>
      polyline(
        states.flatMap(({ data }) => [data[2 * row] ?? NaN, data[2 * row + 1] ?? NaN]),
        { color: palette.muted, width: 0.7, opacity: 0.5 },
      ),
    );
    return {
      ...{ x: side, y: side, title: i < noises.length ? `noise ${noise}` : '' },
      layers: [
        ...lines,
        points(states[0]?.data ?? [], { color: palette.ink, radius: 1.1, opacity: 0.5 }),
        points(last?.data ?? [], { color, radius: 1.4, opacity: 0.85 }),
      ],
      caption: `squared way ${way.toPrecision(2)}, distance ${distance.value.toPrecision(1)} ± ${distance.standardError.toPrecision(1)}`,
    };
  });
  return {
    picture: figure({
      title: bridgeFigure.title,
      subtitle: 'Two moons to two spirals above, back below; black where paths start, colored where they end',
      ...{ panels, columns: noises.length, panelWidth: 230 },
    }),
    numbers: {
      ...{ samples: sizes.samples, pathSteps: steps, ...fit },
      bridges: found.map(({ name, noise, distance, way }) => ({ name, noise, way, distance: { ...distance } })),
    },
  };
}

/** Samples of the first set on their way to the second: straight lines between those that are assigned to each other, or paths of a light bridge. */
async function carried(key: Key, [from, to]: readonly [Tensor, Tensor], noise: number): Promise<Carried> {
  const rows = Array.from({ length: sizes.samples }, (_, i) => i);
  const starts = takeRows(from, rows);
  const states = [starts];
  if (noise === 0) {
    const ends = exchanged(starts, takeRows(to, rows));
    states.push(ends);
  } else {
    const fitting = fitLight(from, to, { epsilon: noise, key: foldIn(key, 'fit'), ...fit });
    let next = fitting.next();
    while (next.done !== true) next = fitting.next();
    const path = { drift: lightDrift(next.value), epsilon: noise, steps };
    for await (const { x } of followDrift(path, starts, split(foldIn(key, 'paths'), sizes.samples))) states.push(x);
  }
  const ends = states.at(-1) ?? starts;
  const squares = ends.data.reduce((sum, value, i) => sum + (value - (starts.data[i] ?? 0)) ** 2, 0);
  // Samples of the set that were not assigned are the reference.
  const reference = takeRows(
    to,
    rows.map((i) => i + sizes.samples),
  );
  const distance = slicedWasserstein(foldIn(key, 'directions'), ends, reference, { p: 1, projections: 32, groups: 10 });
  return { states, distance, way: squares / batchOf(starts) };
}
