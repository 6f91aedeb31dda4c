/** @file The calibration of every posterior sampler on priors whose posteriors are known. */
import { label, points, polyline } from '../plot/svg-layers.ts';
import { palette, series } from '../plot/svg-text.ts';
import { figure, type Layer, type Panel } from '../plot/svg.ts';
import { calibrationProblems, relativeNoise, type CalibrationProblem } from './calibration-problems.ts';
import { calibrationStudy, settings, type DirectionCalibration, type MethodCalibration } from './calibration-study.ts';
import type { Key } from '../base/key.ts';
import type { Drawing, Figure, Json } from './figure.ts';

const sizes = { truths: 40, draws: 19, samples: 80 };
const [half, most] = series;

/** Coverage of credible intervals by posterior samplers. */
export const calibration: Figure = {
  name: 'calibration',
  title: 'Do posterior samples spread as they should?',
  caption:
    'How often central intervals of 50 % and 90 % of the samples of a posterior contain the truth, along a random direction of ' +
    'what is measured: a point left of its line is a method that is too sure of itself. Methods that take the noise of the ' +
    'measurement for signal (replacement, RePaint, RED-diff) miss; those that know the likelihood come near.',
  source: 'Talts et al. 2018, simulation-based calibration; priors, operators and posteriors in closed form',
  format: 'svg',
  draw: async ({ key }) => calibrationDrawing(await measureShown(key)),
};

/** Every method on one problem; problems do not depend on each other. */
export function measureProblem(key: Key, problem: CalibrationProblem): Promise<readonly MethodCalibration[]> {
  return calibrationStudy({ key, ...sizes, problems: [problem] });
}

/** Operators of the figure, one in each dimension; all of them take half an hour, and are in docs/calibration.md. */
const shown = ['sum', 'random sums', 'means of 2 x 2'];

async function measureShown(key: Key): Promise<readonly MethodCalibration[]> {
  const results: MethodCalibration[] = [];
  for (const problem of calibrationProblems(key))
    if (shown.some((what) => problem.name.endsWith(`-D, ${what}`)))
      results.push(...(await measureProblem(key, problem)));
  return results;
}

/** The picture and the numbers of what was measured. */
export function calibrationDrawing(results: readonly MethodCalibration[]): Drawing {
  const groups = [...new Set(results.map(({ problem }) => groupOf(problem)))];
  return {
    picture: figure({
      title: calibration.title,
      subtitle: `Coverage of the truth by 50 % and 90 % intervals, a point for each operator; ${sizes.truths} truths, ${sizes.draws} draws each`,
      panels: groups.map((group) => panel(group, results)),
      columns: 3,
      panelWidth: 330,
      panelHeight: 290,
    }),
    numbers: {
      sde: 'vp',
      relativeNoise,
      ...sizes,
      settings,
      results: results.map(({ measured, anywhere, distance, floor, residual, ...rest }) => ({
        ...rest,
        distance: { ...distance },
        floor: { ...floor },
        residual: { ...residual },
        measured: numbersOf(measured),
        anywhere: numbersOf(anywhere),
      })),
    },
  };
}

/** Family and dimension of a problem, which its name begins with. */
function groupOf(problem: string): string {
  return problem.split(', ').slice(0, 2).join(', ');
}

function numbersOf({ coverage50, coverage90, rankPValue, rankCounts }: DirectionCalibration): Json {
  return { coverage50: { ...coverage50 }, coverage90: { ...coverage90 }, rankPValue, rankCounts };
}

/** One row for each method: its name, and what its intervals cover for each operator. */
function panel(group: string, all: readonly MethodCalibration[]): Panel {
  const own = all.filter(({ problem }) => groupOf(problem) === group);
  const methods = [...new Set(own.map(({ method }) => method))];
  const nominal = own[0]?.measured;
  const lines = [nominal?.coverage50, nominal?.coverage90].flatMap((of, i): Layer[] => {
    if (of === undefined) return [];
    const at = of.nominal;
    const color = i === 0 ? half : most;
    return [
      polyline([at, 0.4, at, methods.length + 0.6], { color, width: 1, dash: '4 3' }),
      label(`${Math.round(100 * at)} %`, [at, 0], { anchor: 'middle', size: 11, color: palette.muted }),
    ];
  });
  const layers = methods.flatMap((name, i): Layer[] => {
    const y = methods.length - i;
    const rows = own.filter(({ method }) => method === name);
    const covered = (of: 'coverage50' | 'coverage90'): number[] =>
      rows.flatMap(({ measured }) => [measured[of].covered, y]);
    return [
      label(name, [-0.08, y - 0.15], { anchor: 'end', size: 11 }),
      points(covered('coverage50'), { color: half, radius: 3.2, opacity: 0.6 }),
      points(covered('coverage90'), { color: most, radius: 3.2, opacity: 0.6 }),
    ];
  });
  return { x: [-0.62, 1.03], y: [-0.6, methods.length + 0.8], title: group, layers: [...lines, ...layers] };
}
