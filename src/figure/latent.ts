/** @file The cross entropy of latents and their score by the estimates of LSGM: where they look, and how much they vary. */
import { points, polyline } from '../plot/svg-layers.ts';
import { palette, series } from '../plot/svg-text.ts';
import { figure, type Panel } from '../plot/svg.ts';
import { crossEntropyEnds, crossEntropyTimes, type CrossEntropyTimes } from '../sde/learning/cross-entropy-times.ts';
import { vp } from '../sde/processes/vp.ts';
import { noiseRatio } from '../sde/time/noise-ratio.ts';
import type { Sde } from '../sde/sde.ts';
import type { Drawing, Figure } from './figure.ts';

/** What the encoder says of a latent, N(mean, std^2); the score is that of N(0, 1). */
const [mean, std] = [0.7, 0.3];
/** Least times that the estimates are compared at. */
const starts = Array.from({ length: 13 }, (_, i) => 10 ** (-5 + i / 3));
/** Of the left panel. */
const shown = 1e-3;
const bins = 240;
const pieces = 1500;

/** The estimates of the cross entropy. */
export const latentFigure: Figure = {
  name: 'latent',
  title: 'The cross entropy of latents',
  caption:
    'Left, where four estimates look for the cross entropy of what an encoder says of a latent and what the score of latents has learned, an integral over all noise levels by which both ' +
    'are trained together. Right, the standard deviation of one draw of each, for a latent of N(0.7, 0.3²) and the exact score of N(0, 1): all have the same mean, 1.209 nats when ' +
    'the least noise is small, where uniform times need hundreds of times as many draws as times uniform in the logarithm of the noise.',
  source: 'Vahdat, Kreis and Kautz 2021, "Score-based generative modeling in latent space", in closed form',
  format: 'svg',
  draw,
};

function draw(): Promise<Drawing> {
  const names = Object.keys(crossEntropyTimes) as (keyof typeof crossEntropyTimes)[];
  const sde = vp({ tMin: shown });
  const curves = names.map((name) => ({ name, density: densityOf(sde, crossEntropyTimes[name](sde)) }));
  const found = names.map((name) => ({
    name,
    moments: starts.map((tMin) => momentsOf(vp({ tMin, tEnd: tMin }), crossEntropyTimes[name])),
  }));
  const most = Math.max(...curves.flatMap(({ density }) => density.filter((_, i) => i % 2 === 1)));
  const legend = names.map((label, i) => ({ label, color: series[i] ?? palette.ink }));
  const colorOf = (i: number): string => series[i] ?? palette.ink;
  const panels: Panel[] = [
    {
      ...{ x: [-2.2, 2.4], y: [0, 1.05 * most], ticks: true, title: 'Where they look' },
      ...{ xLabel: 'log₁₀ of the noise level σ / α', yLabel: 'density of the draws' },
      layers: curves.map(({ density }, i) => polyline(density, { color: colorOf(i), width: 1.8 })),
      legend,
    },
    {
      ...{ x: [7e-6, 0.15], y: [0.8, 4000], xScale: 'log', yScale: 'log', ticks: true, title: 'How much they vary' },
      ...{ xLabel: 'least time', yLabel: 'deviation of one draw (nats)' },
      layers: found.flatMap(({ moments }, i) => {
        const through = moments.flatMap(({ deviation }, j) => [starts[j] ?? NaN, deviation]);
        const color = colorOf(i);
        return [polyline(through, { color, width: 1.4 }), points(through, { color, radius: 2.5, opacity: 1 })];
      }),
      legend,
    },
  ];
  return Promise.resolve({
    picture: figure({
      title: latentFigure.title,
      subtitle: `One number of a latent under the VP process; left from t = ${shown}`,
      ...{ panels, columns: 2, panelWidth: 330, panelHeight: 260 },
    }),
    numbers: { mean, std, starts, estimates: found },
  });
}

/** Density of the decimal logarithm of the noise level of draws, `[x, y]` end to end. */
function densityOf(sde: Sde, { at }: CrossEntropyTimes): readonly number[] {
  const levels = Array.from({ length: bins + 1 }, (_, i) => Math.log10(noiseRatio(sde, at(i / bins))));
  return levels
    .slice(1)
    .flatMap((level, i) => [(level + (levels[i] ?? NaN)) / 2, 1 / (bins * (level - (levels[i] ?? NaN)))]);
}

/** Mean and standard deviation of one draw, in nats. */
function momentsOf(
  sde: Sde,
  of: (own: Sde) => CrossEntropyTimes,
): { readonly value: number; readonly deviation: number } {
  const { at, entropy } = of(sde);
  let [first, second] = [0, 0];
  for (let i = 0; i < pieces; i++) {
    // Midpoints that are dense at both ends of u, where weights are large.
    const w = (i + 0.5) / pieces;
    const share = (30 * w ** 2 * (1 - w) ** 2) / pieces;
    const t = at(w ** 3 * (10 - 15 * w + 6 * w ** 2));
    const [alpha, sigma] = [sde.alpha(t), sde.sigma(t)];
    const all = alpha ** 2 + sigma ** 2;
    // The error of the noise is normal: a z0 + b z.
    const [a, b] = [(sigma * alpha) / all, 1 - sigma ** 2 / all];
    const [shift, variance] = [a * mean, (a * std) ** 2 + b ** 2];
    const weight = entropy(t);
    first += share * weight * (shift ** 2 + variance);
    second += share * weight ** 2 * (shift ** 4 + 6 * shift ** 2 * variance + 3 * variance ** 2);
  }
  const { constant, square } = crossEntropyEnds(sde);
  return { value: first + constant + square * (mean ** 2 + std ** 2), deviation: Math.sqrt(second - first ** 2) };
}
