/** @file The calibration of every posterior sampler on priors whose posteriors are known. */
import { label, points, polyline } from '../io/svg-layers.ts';
import { palette, series } from '../io/svg-text.ts';
import { figure, type Layer, type Panel } from '../io/svg.ts';
import {
  calibrationProblems,
  calibrationStudy,
  noiseStd,
  settings,
  type DirectionCalibration,
  type MethodCalibration,
} from './calibration-study.ts';
import type { Drawing, Figure, FigureRequest, Json } from './figure.ts';

const sizes = { truths: 60, draws: 19, samples: 200 };
const [half, most] = series;

/** Coverage of credible intervals by posterior samplers. */
export const calibration: Figure = {
  name: 'calibration',
  title: 'Do posterior samples spread as they should?',
  caption:
    'How often central intervals of 50 % and 90 % of the samples of a posterior hold the truth, along a random direction of ' +
    'what is measured: a point left of its line is a method that is too sure of itself. Methods that take the noise of the ' +
    'measurement for signal (replacement, RePaint, RED-diff) miss; those that know the likelihood come near.',
  source: 'Talts et al. 2018, simulation-based calibration; priors, operators and posteriors in closed form',
  format: 'svg',
  draw,
};

async function draw({ key }: FigureRequest): Promise<Drawing> {
  const results = await calibrationStudy({ key, ...sizes });
  const names = calibrationProblems(key).map(({ name }) => name);
  return {
    picture: figure({
      title: calibration.title,
      subtitle: `Coverage of the truth by 50 % and 90 % intervals, with its standard error; ${sizes.truths} truths, ${sizes.draws} draws each`,
      panels: names.map((name) => panel(name, results)),
      columns: 2,
      panelWidth: 400,
      panelHeight: 290,
    }),
    numbers: {
      sde: 'vp',
      noiseStd,
      ...sizes,
      settings,
      results: results.map(({ measured, anywhere, distance, floor, ...rest }) => ({
        ...rest,
        distance: { ...distance },
        floor: { ...floor },
        measured: numbersOf(measured),
        anywhere: numbersOf(anywhere),
      })),
    },
  };
}

function numbersOf({ coverage50, coverage90, rankPValue, rankCounts }: DirectionCalibration): Json {
  return { coverage50: { ...coverage50 }, coverage90: { ...coverage90 }, rankPValue, rankCounts };
}

/** One row for each method: its name, and what its intervals cover. */
function panel(name: string, all: readonly MethodCalibration[]): Panel {
  const rows = all.filter(({ problem }) => problem === name);
  const nominal = rows[0]?.measured;
  const lines = [nominal?.coverage50, nominal?.coverage90].flatMap((of, i): Layer[] => {
    if (of === undefined) return [];
    const at = of.nominal;
    const color = i === 0 ? half : most;
    return [
      polyline([at, 0.4, at, rows.length + 0.6], { color, width: 1, dash: '4 3' }),
      label(`${Math.round(100 * at)} %`, [at, 0], { anchor: 'middle', size: 11, color: palette.muted }),
    ];
  });
  const layers = rows.flatMap(({ method, measured: { coverage50, coverage90 } }, i): Layer[] => {
    const y = rows.length - i;
    return [
      label(method, [-0.08, y - 0.15], { anchor: 'end', size: 11 }),
      ...[coverage50, coverage90].flatMap(({ covered, standardError }, k): Layer[] => {
        const color = k === 0 ? half : most;
        return [
          polyline([covered - standardError, y, covered + standardError, y], { color, width: 1.2 }),
          points([covered, y], { color, radius: 3.2, opacity: 1 }),
        ];
      }),
    ];
  });
  return { x: [-0.5, 1.03], y: [-0.6, rows.length + 0.8], title: name, layers: [...lines, ...layers] };
}
