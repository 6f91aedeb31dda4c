/** @file Learned energies, the product of two of them, and where samplers of a product end. */
import type { Backend } from '../backend/program.ts';
import { foldIn, split, type Key } from '../base/key.ts';
import { tensor, type Tensor } from '../base/tensor.ts';
import type { Mixture } from '../data/dataset.ts';
import { drawMixture } from '../data/sets/toy.ts';
import { slicedWasserstein } from '../evaluate/wasserstein.ts';
import { energyNetwork } from '../nn/energy.ts';
import { mlp } from '../nn/mlp.ts';
import { heatMap, points, polyline } from '../plot/svg-layers.ts';
import { rule } from '../plot/svg-plots.ts';
import { palette, series } from '../plot/svg-text.ts';
import { figure, type AxisRange, type Panel } from '../plot/svg.ts';
import { annealedCorrections } from '../sample/correctors/annealed-corrections.ts';
import { mala } from '../sample/correctors/mala.ts';
import { predictorCorrector } from '../sample/predictor-corrector.ts';
import { finish } from '../sample/sampler.ts';
import { ancestral } from '../sample/steps/ancestral.ts';
import { denoising } from '../score/objectives/denoising.ts';
import type { ScoreModel } from '../score/models/score-model.ts';
import { productOf, type ScoredDensity } from '../sde/composition.ts';
import { gaussian } from '../sde/exact/gaussian.ts';
import { edmParametrization } from '../sde/learning/parametrization.ts';
import { edmWeighting, logNormalTimes } from '../sde/learning/weighting.ts';
import { edm } from '../sde/processes/edm.ts';
import { logSnrGrid } from '../sde/time/time-grid.ts';
import type { Drawing, Figure, FigureRequest } from './figure.ts';
import { learnScore } from './learn.ts';
import { exactMixture, plane } from './mixture.ts';

const sde = edm({ sigmaMin: 0.05, sigmaMax: 10 });
const sigmaData = 1.2;
const process = { sde, parametrization: edmParametrization({ sigmaData })(sde) };
const net = energyNetwork(mlp(2, { width: 64, depth: 3, features: 16 }));
const trainingSteps = 1500;
const sizes = { data: 20_000, samples: 600, gaussians: 2000 };
const side: AxisRange = [-2.6, 2.6];
const cells = { columns: 100, rows: 100 };
/** Noise level at which densities are shown. */
const shown = 0.15;
/** Steps of the chains at each of the levels. */
const levels = 50;
const corrections = 10;
const stepSize = 0.3;
const gaussianSteps = [0, 1, 2, 4, 8, 16];

const along = [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2];
const barsAt = (place: (u: number, v: number) => readonly [number, number]): Mixture => {
  const means = [-1, 1].flatMap((v) => along.map((u) => [...place(u, v)]));
  return { means, weights: means.map(() => 1 / means.length), stds: means.map(() => 0.25) };
};
const upright = barsAt((u, v) => [v, u]);
const level = barsAt((u, v) => [u, v]);

/** Learned densities and products. */
export const energy: Figure = {
  name: 'energy',
  title: 'Energies of networks, and their product',
  caption:
    `Densities that two networks have learned as energies, at noise level ${shown}, and ${sizes.samples} samples of their product: the reverse SDE of the summed ` +
    'scores leaves some between the four places that both networks find likely, Markov chains that accept and reject by the energies keep to these. On the right the variance of a ' +
    'product of two Gaussians, which is 0.5 (line): summed scores alone end near a third, and with steps of MALA at each noise level samples end where they should.',
  source:
    'Du et al. 2023, "Reduce, reuse, recycle: compositional generation with energy-based diffusion models and MCMC"',
  format: 'svg',
  draw,
};

async function draw({ key, backend }: FigureRequest): Promise<Drawing> {
  const learned = [
    await learnedEnergy(backend, foldIn(key, 'upright'), upright),
    await learnedEnergy(backend, foldIn(key, 'level'), level),
  ];
  try {
    const product = productOf(learned);
    const exact = exactMixture(sde, productOfMixtures(upright, level));
    const reference = drawMixture(
      'product',
      productOfMixtures(upright, level),
      foldIn(key, 'reference'),
      sizes.samples,
    );
    const exactPoints = tensor(reference.values, [sizes.samples, 2]);
    const summed = await drawn(product, foldIn(key, 'summed'), { steps: 0 });
    const corrected = await drawn(product, foldIn(key, 'corrected'), { steps: corrections });
    const distance = (x: Tensor): { readonly value: number; readonly standardError: number } =>
      slicedWasserstein(foldIn(key, 'directions'), x, exactPoints, { p: 1, projections: 32, groups: 10 });
    const distances = { summed: distance(summed), corrected: distance(corrected) };
    const variances = await gaussianVariances(key);
    const plot = (title: string, values: ArrayLike<number>, over: Panel['layers'], caption = ''): Panel => ({
      ...{ x: side, y: side, ticks: true, title, caption },
      layers: [heatMap(values, cells), ...over],
    });
    const dots = (x: Tensor): Panel['layers'][number] =>
      points(x.data, { color: series[1], radius: 1.1, opacity: 0.6 });
    const target = exact.logDensity(plane(side, cells), shown).map(Math.exp);
    const said = ({ value, standardError }: { readonly value: number; readonly standardError: number }): string =>
      `distance ${value.toPrecision(2)} ± ${standardError.toPrecision(1)}`;
    const fields = await Promise.all(learned.map(densityOf));
    return {
      picture: figure({
        title: energy.title,
        subtitle: `Two perceptrons whose outputs are gradients, ${trainingSteps} steps each`,
        panels: [
          plot('A learned density', fields[0] ?? [], []),
          plot('Another', fields[1] ?? [], []),
          plot('Their product, exact', target, []),
          plot('Summed scores', target, [dots(summed)], said(distances.summed)),
          plot('Corrected by MALA', target, [dots(corrected)], said(distances.corrected)),
          variancePanel(variances),
        ],
        columns: 3,
        panelWidth: 205,
      }),
      numbers: {
        trainingSteps,
        levels,
        corrections,
        samples: sizes.samples,
        slicedWasserstein: { summed: { ...distances.summed }, corrected: { ...distances.corrected } },
        gaussianProduct: { exact: 0.5, samples: sizes.gaussians, variances: variances.map((one) => ({ ...one })) },
      },
    };
  } finally {
    for (const one of learned) await one.dispose();
  }
}

function learnedEnergy(backend: Backend, key: Key, mixture: Mixture): Promise<ScoreModel> {
  const set = drawMixture('bars', mixture, foldIn(key, 'data'), sizes.data);
  const times = logNormalTimes(sde, { mean: -0.8, std: 1.2 });
  const objective = denoising(process, { weighting: edmWeighting(sde, { sigmaData }), times });
  return learnScore({ backend, set, net, process, objective, steps: trainingSteps, key: foldIn(key, 'train') });
}

/** The density at the level that is shown, up to a factor. */
async function densityOf({ logDensity }: ScoredDensity): Promise<Float64Array> {
  const logs = (await logDensity?.(plane(side, cells), shown)) ?? new Float64Array();
  const most = logs.reduce((a, b) => Math.max(a, b), -Infinity);
  return logs.map((log) => Math.exp(log - most));
}

/** Samples of a density by the reverse SDE, or with so many steps of MALA at each level. */
async function drawn(
  law: ScoredDensity,
  key: Key,
  { steps, dimension = 2, n = sizes.samples }: { steps: number; dimension?: number; n?: number },
): Promise<Tensor> {
  const grid = { steps: levels, grid: logSnrGrid, denoiseLast: false };
  const sampler =
    steps === 0
      ? predictorCorrector({ ...grid, predictor: ancestral() })
      : annealedCorrections({ ...grid, corrector: mala({ logDensity: law.logDensity, steps, stepSize }) });
  return (await finish(sampler({ sde, score: law.score, shape: [dimension], keys: split(key, n) }))).x;
}

interface Variance {
  readonly steps: number;
  readonly variance: number;
  readonly standardError: number;
}

/** Of the product of N(-1, 1) and N(1, 1), whose variance is a half. */
async function gaussianVariances(key: Key): Promise<readonly Variance[]> {
  const law = productOf([-1, 1].map((mean) => gaussian(sde, { mean: tensor([mean], [1]), std: 1 })));
  const found: Variance[] = [];
  for (const steps of gaussianSteps) {
    const { data } = await drawn(law, foldIn(foldIn(key, 'gaussian'), steps), {
      ...{ steps, dimension: 1, n: sizes.gaussians },
    });
    const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
    const variance = data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (data.length - 1);
    found.push({ steps, variance, standardError: variance * Math.sqrt(2 / data.length) });
  }
  return found;
}

function variancePanel(variances: readonly Variance[]): Panel {
  const through = variances.flatMap(({ steps, variance }) => [steps, variance]);
  return {
    ...{ x: [-0.8, 17], y: [0.25, 0.6], ticks: true, title: 'Variance of a product', xLabel: 'steps at each level' },
    layers: [
      rule({ y: 0.5 }, { color: palette.muted }),
      polyline(through, { color: series[0], width: 1.8 }),
      points(through, { color: series[0], radius: 3, opacity: 1 }),
    ],
  };
}

/** The product of two mixtures of Gaussians of one deviation, a mixture again. */
function productOfMixtures(a: Mixture, b: Mixture): Mixture {
  const spread = a.stds[0] ?? 1;
  const pairs = a.means.flatMap((m) => b.means.map((n) => [m, n] as const));
  const square = (m: readonly number[], n: readonly number[]): number =>
    m.reduce((sum, value, i) => sum + (value - (n[i] ?? 0)) ** 2, 0);
  const weights = pairs.map(([m, n]) => Math.exp(-square(m, n) / (4 * spread ** 2)));
  const kept = pairs.map((pair, i) => ({ pair, weight: weights[i] ?? 0 })).filter(({ weight }) => weight > 1e-6);
  const total = kept.reduce((sum, { weight }) => sum + weight, 0);
  return {
    means: kept.map(({ pair: [m, n] }) => m.map((value, i) => (value + (n[i] ?? 0)) / 2)),
    weights: kept.map(({ weight }) => weight / total),
    stds: kept.map(() => spread / Math.SQRT2),
  };
}
