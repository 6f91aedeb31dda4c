/** @file The score field and the density of a mixture of two Gaussians, alone and under noise. */
import { fisherInformation, type FisherInformation } from '../evaluate/fisher-information.ts';
import { arrows, arrowScale, heatMap } from '../plot/svg-layers.ts';
import { figure, type Panel, type AxisRange } from '../plot/svg.ts';
import { edm } from '../sde/processes/edm.ts';
import type { Drawing, Figure, FigureRequest, Numbers } from './figure.ts';
import { exactMixture, ncsnMixture, noisyPoints, plane } from './mixture.ts';

const side: AxisRange = [-8, 8];
const cells = { columns: 120, rows: 120 };
const arrowGrid = { columns: 16, rows: 16 };
/** Standard deviations of the noise, in units of the data. */
const levels = [0, 2, 5];
const n = 20_000;

/** Song's figure of a score field, with what noise does to it. */
export const scoreField: Figure = {
  name: 'score-field',
  title: 'The score field of two Gaussians',
  caption:
    'The score (arrows) points to where the density (blue) grows fastest; without noise, its arrows near a mode are the ' +
    'same whether the mode has a fifth of the points or the rest. Noise of standard deviation 2 shortens the arrows, and ' +
    'noise of 5 joins the modes into one slope towards the heavier one, which a sampler can follow from anywhere.',
  source: "Song's blog post, figures of the score field of two Gaussians; the mixture is that of Song and Ermon 2019",
  format: 'svg',
  draw,
};

async function draw({ key }: FigureRequest): Promise<Drawing> {
  const exact = exactMixture(edm(), ncsnMixture);
  const places = plane(side, arrowGrid);
  const fields = await Promise.all(levels.map((level) => exact.score(places, level)));
  const scales = fields.map((field) => arrowScale(field.data, (side[1] - side[0]) / 12));
  const panels = levels.map((level, i): Panel => {
    const density = exact.logDensity(plane(side, cells), level).map(Math.exp);
    const scale = scales[i] ?? 1;
    const enlarged = (scale / (scales[0] ?? 1)).toPrecision(2);
    return {
      x: side,
      y: side,
      ticks: true,
      title: level === 0 ? 'Data' : `Data with noise of std ${level}`,
      caption: level === 0 ? '' : `Arrows drawn ${enlarged} times as long as on the left.`,
      layers: [heatMap(density, cells), arrows(places.data, fields[i]?.data ?? [], { scale, longest: 22 })],
    };
  });
  const measured = levels.map(async (level) => ({
    noiseLevel: level,
    ...named(await fisherInformation(exact, noisyPoints(ncsnMixture, key, { n, level }), level)),
  }));
  const { weights, means, stds } = ncsnMixture;
  return {
    picture: figure({
      title: scoreField.title,
      subtitle: '0.2 N((\u22125, \u22125), I) + 0.8 N((5, 5), I), in closed form',
      panels,
      panelWidth: 210,
    }),
    numbers: { mixture: { weights, means, stds }, points: n, levels: await Promise.all(measured) },
  };
}

function named({ bySquares, byTrace }: FisherInformation): Numbers {
  return { fisherBySquares: { ...bySquares }, fisherByTrace: { ...byTrace } };
}
