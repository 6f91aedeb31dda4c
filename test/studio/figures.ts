/** @file The experiments of the studio through the code of its workers, beside the numbers of the figures that they are of. */
import { readFileSync } from 'node:fs';
import type { Backend } from '../../src/backend/program.ts';
import { meanEstimate, type Estimate } from '../../src/evaluate/estimate.ts';
import { kolmogorovSmirnovTest } from '../../src/evaluate/goodness-of-fit.ts';
import { normalCdf } from '../../src/base/gamma.ts';
import { finish } from '../../src/sample/sampler.ts';
import { experiments } from '../../src/studio/experiments.ts';
import { readAddress, type State } from '../../src/studio/state/address.ts';
import { lawOf } from '../../src/studio/state/law.ts';
import { chains, type ChainKind, type ChainsResult } from '../../src/studio/work/chains.ts';
import { informationAt } from '../../src/studio/work/exact-samples.ts';
import { learn, type LearnAsk } from '../../src/studio/work/learn.ts';
import { learnedScores } from '../../src/studio/work/learned.ts';
import { race } from '../../src/studio/work/race.ts';
import { noiseRatios, scoreErrors, type ScoreErrors } from '../../src/studio/work/score-errors.ts';
import { exactOf, processOf, type Setting } from '../../src/studio/work/setting.ts';
import { ways, type Way, type WayFrame, type WayResult } from '../../src/studio/work/ways.ts';

/** A number of a figure, and the same of the page. */
export interface Compared {
  readonly name: string;
  readonly figure: Estimate;
  readonly page: Estimate;
}

/** How many standard errors they are apart. */
export const apart = ({ figure, page }: Compared): number =>
  (page.value - figure.value) / Math.hypot(figure.standardError, page.standardError);

/** The numbers of a figure of the gallery. */
function figureOf(name: string): Readonly<Record<string, unknown>> {
  const file = new URL(`../../docs/images/gallery/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { numbers: Readonly<Record<string, unknown>> }).numbers;
}

/** The state of a place, by the name of its experiment and its number from 1. */
function stateOf(name: string, place: number): State {
  return readAddress(experiments.find((own) => own.name === name)?.places[place - 1]?.address ?? '').state;
}

const settingOf = (state: State): Setting => ({ law: lawOf(state), sde: state.sde });
const scaled = ({ value, standardError }: Estimate, by: number): Estimate => ({
  value: value * by,
  standardError: standardError * by,
});

/** The Fisher information; the page has the figure at a quarter of its size, which makes it 16 times as large. */
export async function fisher(seed: number): Promise<readonly Compared[]> {
  const { levels, points } = figureOf('score-field') as {
    levels: { noiseLevel: number; fisherBySquares: Estimate; fisherByTrace: Estimate }[];
    points: number;
  };
  const all: Compared[] = [];
  for (const [i, { noiseLevel, fisherBySquares, fisherByTrace }] of levels.entries()) {
    const state = stateOf('two-gaussians', i + 1);
    const own = await informationAt({ ...settingOf(state), seed, n: points, place: state.t });
    all.push({
      name: `mean square of the score, noise ${noiseLevel}`,
      figure: fisherBySquares,
      page: scaled(own.bySquares, 1 / 16),
    });
    // Without noise the divergence is one number; VE's least noise changes it by 0.2 %.
    if (noiseLevel > 0)
      all.push({
        name: `mean divergence, noise ${noiseLevel}`,
        figure: fisherByTrace,
        page: scaled(own.byTrace, 1 / 16),
      });
  }
  return all;
}

function chainsOf(
  state: State,
  { kind, ...own }: { kind: ChainKind; seed: number; n: number; last?: number; step?: number },
): Promise<ChainsResult> {
  const { first, last, alpha } = state;
  return finish(chains({ law: lawOf(state), first, last, step: alpha, kind, ...own }));
}

/** The weight of the lighter mode by plain and annealed chains. */
export async function modeWeightsOfChains(seed: number, n: number): Promise<readonly Compared[]> {
  const { mixtures } = figureOf('langevin-modes') as { mixtures: { measured: Record<string, Estimate> }[] };
  const [, plain, annealed] = figureOf('sigma-end')['weightOfTheLighterMode'] as Estimate[];
  const figures = [...mixtures.map(({ measured }) => measured), { langevin: plain, annealed }];
  const all: Compared[] = [];
  for (const [i, name] of ['wide', 'narrow', 'far'].entries())
    for (const kind of ['langevin', 'annealed'] as const) {
      const { weights } = await chainsOf(stateOf('annealing', i + 1), { kind, seed, n });
      const [figure, page] = [figures[i]?.[kind], weights[0]?.found];
      if (figure && page) all.push({ name: `weight of the lighter mode, ${name}, ${kind}`, figure, page });
    }
  return all;
}

/** Where annealed chains end for each last level; the page has the figure at four times its size. The part that diverges is 0 or 1. */
export async function lastLevels(seed: number, n: number): Promise<readonly Compared[]> {
  const numbers = figureOf('sigma-end') as Readonly<Record<'sweepWithPublishedStep' | 'sweepWithRelativeStep', { lastLevel: number; stepOverSquaredLevel: number; divergedPart: number; rmsDistance: number | string }[]>> & { points: number }; // prettier-ignore
  const state = stateOf('annealing', 4);
  const all: Compared[] = [];
  const rows = [
    ...numbers.sweepWithPublishedStep,
    ...numbers.sweepWithRelativeStep.filter(({ lastLevel }) => lastLevel !== 0.01),
  ];
  for (const { lastLevel, stepOverSquaredLevel, divergedPart, rmsDistance } of rows) {
    // Steps of the figure are without halves: those of the page are twice as long.
    const own = await chainsOf(state, {
      kind: 'annealed',
      seed,
      n,
      last: 4 * lastLevel,
      step: 2 * stepOverSquaredLevel,
    });
    const name = `last level ${lastLevel}, step ${stepOverSquaredLevel}`;
    const sure = (value: number): Estimate => ({ value, standardError: 0.001 });
    all.push({ name: `part that diverges, ${name}`, figure: sure(divergedPart), page: sure(own.diverged) });
    if (typeof rmsDistance !== 'number') continue;
    // The square of a distance in the plane has the relative standard deviation 1 if both coordinates are normal.
    const withError = (value: number, count: number): Estimate => ({
      value,
      standardError: value / 2 / Math.sqrt(count),
    });
    all.push({
      name: `distance from the centers, ${name}`,
      figure: withError(rmsDistance, numbers.points),
      page: withError(own.spread / 4, n),
    });
  }
  return all;
}

/** Distances of samplers from exact samples. */
export async function distances(seed: number, names?: readonly string[]): Promise<readonly Compared[]> {
  const { samplers, floor } = figureOf('nfe-quality') as {
    samplers: { sampler: string; points: { nfe: number; distance: number; standardError: number }[] }[];
    floor: { standardDeviation: number };
  };
  const all: Compared[] = [];
  for (const place of [1, 2]) {
    const state = stateOf('sampler-race', place);
    const setting = settingOf(state);
    for (const sampler of names ?? state.by) {
      const ask = { ...setting, sampler, seed, n: state.n, nfe: state.nfe };
      const { evaluations, distance } = await finish(race(exactOf(setting).score, ask));
      const point = samplers.find((own) => own.sampler === sampler)?.points.find(({ nfe }) => nfe === evaluations);
      if (point === undefined) continue;
      // Another exact set: its distance varies by that of two.
      const standardError = Math.hypot(distance.standardError, floor.standardDeviation);
      all.push({
        name: `distance of ${sampler} after ${evaluations} evaluations`,
        figure: { value: point.distance, standardError: point.standardError },
        page: { value: distance.value, standardError },
      });
    }
  }
  return all;
}

/** What ways come to: laws along the line of the three Gaussians, and how far the flow is from where it began. */
export async function threeWays(
  seed: number,
  n: number,
): Promise<{
  readonly compared: readonly Compared[];
  readonly pValues: readonly number[];
  readonly roundTrip: number;
  readonly longer: number;
}> {
  const numbers = figureOf('trajectories') as unknown as {
    meanPathLength: Readonly<Record<'forward' | 'reverse' | 'flow', number>>;
  };
  const state = stateOf('sampler-race', 3);
  const setting = settingOf(state);
  const sde = processOf(setting);
  const cdf = (x: number, t: number): number => {
    const scale = Math.hypot(sde.alpha(t), sde.sigma(t));
    return setting.law.weights.reduce((sum, weight, k) => {
      const std = Math.hypot(sde.alpha(t) * (setting.law.stds[k] ?? 0), sde.sigma(t));
      return sum + weight * normalCdf((x * scale - sde.alpha(t) * (setting.law.means[k]?.[0] ?? 0)) / std);
    }, 0);
  };
  const compared: Compared[] = [];
  const pValues: number[] = [];
  let roundTrip = 0;
  const lengths: Record<string, number> = {};
  for (const [way, figure] of [
    ['forward-sde', 'forward'],
    ['reverse-sde', 'reverse'],
    ['forward-ode', 'flow'],
    ['reverse-ode', 'flow'],
  ] as const satisfies readonly (readonly [Way, string])[]) {
    const frames: WayFrame[] = [];
    const run = ways(exactOf(setting).score, { ...setting, seed, n, way });
    let result: WayResult | undefined;
    for (;;) {
      const next = await run.next();
      if (next.done === true) {
        result = next.value;
        break;
      }
      if (next.value !== undefined) frames.push(next.value);
    }
    for (const frame of [frames[0], frames[frames.length >> 1], frames.at(-1)])
      if (frame)
        pValues.push(
          kolmogorovSmirnovTest(
            frame.x.filter((_, i) => i % 2 === 0),
            (x) => cdf(x, frame.t),
          ).pValue,
        );
    roundTrip = Math.max(roundTrip, result.roundTrip ?? 0);
    lengths[way] = result.length.value;
    if (!way.endsWith('sde')) continue;
    // Steps of two coordinates with the same noise are pi / 2 times as long as those of one: E hypot(z1, z2) over E|z1|.
    compared.push({
      name: `length of the paths of the ${figure} SDE`,
      figure: { value: numbers.meanPathLength[figure], standardError: 0.05 },
      page: scaled(result.length, 2 / Math.PI),
    });
  }
  return { compared, pValues, roundTrip, longer: (lengths['reverse-sde'] ?? 0) / (lengths['reverse-ode'] ?? 1) };
}

/** A network that learns as a place has it, and the errors of its score where the clock stands at other places. */
export async function errorsOf(
  backend: Backend,
  place: number,
  { seed, goal, at }: { readonly seed: number; readonly goal?: number; readonly at: readonly number[] },
): Promise<readonly ScoreErrors[]> {
  const state = stateOf('no-data', place);
  const scores = learnedScores(backend);
  const inbox = { take: () => [], arrival: () => Promise.resolve() };
  const ask: LearnAsk = { ...state, ...settingOf(state), seed, goal: goal ?? state.goal };
  for await (const report of learn(backend, ask, { inbox, keep: scores.put })) if (report?.waiting === true) break;
  const found: ScoreErrors[] = [];
  for (const own of at) found.push(await scoreErrors(scores, { ...settingOf(state), seed, n: 4000, place: own }));
  return found;
}

/** The errors of learned scores over several trainings; that of the figure is one training, which varies as those of the page do. */
export async function learnedErrors(backend: Backend, seeds: readonly number[]): Promise<readonly Compared[]> {
  const { noisyByLevel, relativeErrorByDensityDecile: deciles } = figureOf('low-density') as unknown as {
    noisyByLevel: { sigma: number; relative: Estimate }[];
    relativeErrorByDensityDecile: Readonly<Record<'clean' | 'noise 0.3' | 'noise 1', readonly number[]>>;
  };
  const clean: (readonly ScoreErrors[])[] = [];
  const noisy: (readonly ScoreErrors[])[] = [];
  for (const seed of seeds) {
    clean.push(await errorsOf(backend, 1, { seed, at: [stateOf('no-data', 1).t] }));
    noisy.push(await errorsOf(backend, 2, { seed, at: [2, 3].map((place) => stateOf('no-data', place).t) }));
  }
  const over = (name: string, figure: number, values: readonly number[]): Compared => {
    const page = meanEstimate(values);
    return { name, page, figure: { value: figure, standardError: page.standardError * Math.sqrt(values.length) } };
  };
  const rare = (values: readonly number[] = []): number => meanEstimate(values.slice(0, 6)).value;
  const dense = (values: readonly number[] = []): number => values.at(-1) ?? NaN;
  return [
    over(
      'clean points, rarer six tenths of the plane',
      rare(deciles.clean),
      clean.map(([own]) => rare(own?.byDensity)),
    ),
    over(
      'clean points, densest tenth',
      dense(deciles.clean),
      clean.map(([own]) => dense(own?.byDensity)),
    ),
    over(
      'noise 1, rarer six tenths',
      rare(deciles['noise 1']),
      noisy.map(([own]) => rare(own?.byDensity)),
    ),
    over(
      'noise 0.3, rarer six tenths',
      rare(deciles['noise 0.3']),
      noisy.map(([, own]) => rare(own?.byDensity)),
    ),
    ...noiseRatios.map((ratio, i) =>
      over(
        `noisy data at ${ratio}`,
        noisyByLevel.find(({ sigma }) => sigma === ratio)?.relative.value ?? NaN,
        noisy.map(([own]) => own?.byLevel[i]?.relative.value ?? NaN),
      ),
    ),
  ];
}
