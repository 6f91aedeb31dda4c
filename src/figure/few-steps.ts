/** @file Evaluations against quality of every way to few steps, on one small teacher. */
import { foldIn, split, type Key } from '../base/key.ts';
import { takeRows, tensor, type Tensor } from '../base/tensor.ts';
import type { PointSet } from '../data/dataset.ts';
import { drawMixture, eightGaussians } from '../data/sets/toy.ts';
import { meanEstimate } from '../evaluate/estimate.ts';
import { slicedWasserstein } from '../evaluate/wasserstein.ts';
import { mlp } from '../nn/mlp.ts';
import type { Network, ParamVectors } from '../nn/network.ts';
import { withEnd } from '../nn/with-end.ts';
import { band } from '../plot/svg-plots.ts';
import { palette, series } from '../plot/svg-text.ts';
import { figure, type AxisRange, type Panel } from '../plot/svg.ts';
import { fewSteps } from '../sample/few-steps.ts';
import { finish } from '../sample/sampler.ts';
import { noiseBefore } from '../sample/start.ts';
import type { ScoreProcess } from '../score/coefficients.ts';
import { consistency } from '../score/distillation/consistency.ts';
import { easyPairs, neighboringPairs } from '../score/distillation/consistency-pairs.ts';
import { pairDistillation } from '../score/distillation/luhman.ts';
import { meanFlow } from '../score/distillation/mean-flow.ts';
import { progressiveDistillation } from '../score/distillation/progressive.ts';
import { shortcut } from '../score/distillation/shortcut.ts';
import { scoreModel } from '../score/models/score-model.ts';
import { denoising } from '../score/objectives/denoising.ts';
import type { Objective } from '../score/objectives/objective.ts';
import { velocity } from '../sde/learning/parametrization.ts';
import { lengthEnds, sectionEnds } from '../sde/learning/step-ends.ts';
import { rectifiedFlow } from '../sde/processes/rectified-flow.ts';
import type { Drawing, Figure, FigureRequest } from './figure.ts';
import { learnParameters } from './learn.ts';
import { qualityCurve, type QualityPoint } from './quality-curve.ts';

/** Steps of the teacher and of what learns from scratch, and of each student or round. */
const steps = { teacher: 4000, student: 1500 };
const sizes = { data: 20_000, samples: 2000, pairs: 10_000, exactSets: 20, projections: 32, sections: 32 };
/** Evaluations of the teacher for a pair, and those of the first sampler whose steps are halved. */
const teacherEvaluations = 16;

const sde = rectifiedFlow();
const plain: ScoreProcess = { sde, parametrization: velocity()(sde) };
const net = mlp(2, { width: 64, depth: 3, features: 32 });

/** Sliced Wasserstein distance against evaluations. */
export const fewStepsFigure: Figure = {
  name: 'few-steps',
  title: 'Few steps',
  caption:
    `Sliced Wasserstein distance of ${sizes.samples} samples from as many exact ones, against the evaluations of each, with standard errors; ` +
    'the dark line is the teacher, a small network sampled by DDIM, and the gray band the distance of two exact sets. ' +
    "One evaluation of progressive and pair distillation does what the teacher does in 16, and long steps of a model's own and consistency distillation come near to it.",
  source:
    'Salimans and Ho 2022; Song et al. 2023; Geng et al. 2024; Luhman and Luhman 2021; Liu et al. 2023; Frans et al. 2025; Geng et al. 2025; ' +
    'eight Gaussians under rectified flow',
  format: 'svg',
  draw,
};

/** A network with its parameters, and how it is sampled. */
interface Model {
  readonly net: Network;
  readonly process: ScoreProcess;
  readonly params: ParamVectors;
  readonly freshNoise?: boolean;
}

async function draw({ key, backend }: FigureRequest): Promise<Drawing> {
  const exact = (name: string, n: number): PointSet => drawMixture('data', eightGaussians(), foldIn(key, name), n);
  const set = exact('data', sizes.data);
  const reference = pointsOf(exact('reference', sizes.samples));
  const keys = split(foldIn(key, 'samples'), sizes.samples);
  const distanceOf = (x: Tensor): ReturnType<typeof slicedWasserstein> =>
    slicedWasserstein(foldIn(key, 'directions'), x, reference, { p: 1, projections: sizes.projections, groups: 20 });

  const drawnBy = async (
    { freshNoise = false, ...model }: Model,
    nfe: number,
    own: readonly Key[],
  ): Promise<Tensor> => {
    const compiled = scoreModel(backend, model.net, { ...model, maxBatch: 1024 });
    const { x } = await finish(
      fewSteps({ steps: nfe, freshNoise })({ sde, score: compiled.score, shape: [2], keys: own }),
    );
    await compiled.dispose();
    return x;
  };
  const measured = async (model: Model, evaluations: readonly number[]): Promise<readonly QualityPoint[]> => {
    const rows: QualityPoint[] = [];
    for (const nfe of evaluations) {
      const { value, standardError } = distanceOf(await drawnBy(model, nfe, keys));
      rows.push({ nfe, distance: value, standardError });
    }
    return rows;
  };
  const learned = async (
    name: string,
    objective: Objective,
    { from, data = set, own = { net, process: plain }, count = steps.student }: Partial<Learning> = {},
  ): Promise<Model> => {
    const options = { ...own, backend, set: data, objective, steps: count, key: foldIn(key, name) };
    return { ...own, params: await learnParameters({ ...options, ...(from && { from }) }) };
  };

  const teacher = await learned('teacher', denoising(plain), { count: steps.teacher });
  const from = teacher.params;
  const curves: { name: string; rows: readonly QualityPoint[] }[] = [];

  let source = teacher;
  const halved: QualityPoint[] = [];
  for (let nfe = teacherEvaluations / 2; nfe >= 1; nfe /= 2) {
    const objective = progressiveDistillation(plain, { teacher: source, steps: nfe });
    source = await learned(`progressive ${nfe}`, objective, { from: source.params });
    halved.unshift(...(await measured(source, [nfe])));
  }
  curves.push({ name: 'progressive', rows: halved });

  const consistent = consistency(plain, {
    teacher,
    pairs: neighboringPairs(sde, { levels: () => 18 }),
    boundary: sde.tEnd,
  });
  curves.push({
    name: 'consistency',
    rows: await measured({ ...(await learned('consistency', consistent, { from })), freshNoise: true }, [1, 2, 4]),
  });
  const easy = consistency(plain, {
    pairs: easyPairs(sde, { stageSteps: steps.student / 8 }),
    huber: 0,
    weight: (a, b) => 1 / (a - b),
  });
  curves.push({
    name: 'easy-consistency',
    rows: await measured({ ...(await learned('easy', easy, { from })), freshNoise: true }, [1, 2, 4]),
  });

  const pairKeys = split(foldIn(key, 'pairs'), sizes.pairs);
  const pairs: PointSet = {
    ...{ kind: set.kind, name: 'pairs', count: sizes.pairs, dimension: 2 },
    values: Float64Array.from((await drawnBy(teacher, teacherEvaluations, pairKeys)).data),
    noise: Float32Array.from(noiseBefore(pairKeys, [2]).data),
  };
  const luhman = await learned('luhman', pairDistillation(plain), { from, data: pairs });
  curves.push({ name: 'luhman', rows: await measured(luhman, [1]) });
  const reflow = await learned('reflow', denoising(plain, { coupling: 'stored' }), { from, data: pairs });
  curves.push({ name: 'reflow', rows: await measured(reflow, [1, 2, 4]) });

  const ofSections = { sde, parametrization: velocity()(sde), ends: sectionEnds(sizes.sections) };
  const ofLengths = { sde, parametrization: velocity({ timeScale: 3 })(sde), ends: lengthEnds };
  for (const [name, process, objective] of [
    ['shortcut', ofSections, shortcut(ofSections, { sections: sizes.sections })],
    ['mean-flow', ofLengths, meanFlow(ofLengths)],
  ] as const) {
    const own = { process, net: stepped(process.ends.columns) };
    curves.push({
      name,
      rows: await measured(await learned(name, objective, { own, count: steps.teacher }), [1, 2, 4, 8]),
    });
  }

  const teacherRows = await measured(teacher, [1, 2, 4, 8, 16, 32]);
  const sets = Array.from(
    { length: sizes.exactSets },
    (_, i) => distanceOf(pointsOf(exact(`floor ${i}`, sizes.samples))).value,
  );
  const { value: mean, standardError } = meanEstimate(sets);
  const floor = { mean, standardDeviation: standardError * Math.sqrt(sizes.exactSets) };
  return {
    picture: pictureOf(teacherRows, curves, floor),
    numbers: {
      ...{ metric: 'sliced Wasserstein distance, p = 1', ...sizes, steps, teacherEvaluations, floor },
      teacher: teacherRows.map((row) => ({ ...row })),
      methods: curves.map(({ name, rows }) => ({ name, rows: rows.map((row) => ({ ...row })) })),
    },
  };
}

/** How something is learned where it differs from a student of the data. */
interface Learning {
  readonly from: ParamVectors;
  readonly data: PointSet;
  readonly own: Pick<Model, 'net' | 'process'>;
  readonly count: number;
}

/** The network of the teacher, which is also given where a step ends. */
function stepped(ends: number): Network {
  return withEnd({ classes: 0, ends }, (classes) => mlp(2, { width: 64, depth: 3, features: 32, classes }));
}

function pointsOf({ values, count }: PointSet): Tensor {
  return takeRows(
    tensor(values, [count, 2]),
    Array.from({ length: count }, (_, i) => i),
  );
}

const xRange: AxisRange = [0.9, 36];
/** What learns from the teacher itself, and what learns from pairs or alone. */
const families = [
  ['Students of one teacher', ['progressive', 'consistency', 'easy-consistency', 'luhman']],
  ['Straight flows and long steps', ['reflow', 'shortcut', 'mean-flow']],
] as const;

function pictureOf(
  teacher: readonly QualityPoint[],
  curves: readonly { readonly name: string; readonly rows: readonly QualityPoint[] }[],
  floor: { readonly mean: number; readonly standardDeviation: number },
): string {
  const all = [...teacher, ...curves.flatMap(({ rows }) => rows)].map(({ distance }) => distance);
  const [low, high] = [floor.mean - 2 * floor.standardDeviation, floor.mean + 2 * floor.standardDeviation];
  const yRange: AxisRange = [0.7 * Math.max(low, floor.mean / 2), 1.3 * Math.max(...all)];
  const panels = families.map(([title, names], i): Panel => {
    const shown = names.flatMap((name) => curves.filter((one) => one.name === name));
    const colors = [palette.ink, ...series];
    const drawn = [{ name: 'teacher, DDIM', rows: teacher }, ...shown];
    return {
      ...{ title, x: xRange, y: yRange, xScale: 'log', yScale: 'log', ticks: true, xLabel: 'evaluations' },
      ...(i === 0 ? { yLabel: 'sliced Wasserstein distance' } : {}),
      layers: [
        band(xRange.map((x) => ({ x, low: Math.max(low, yRange[0]), high })), { color: palette.muted, opacity: 0.22 }), // prettier-ignore
        ...drawn.flatMap(({ rows }, k) => qualityCurve(rows, colors[k] ?? palette.ink, yRange)),
      ],
      legend: drawn.map(({ name }, k) => ({ label: name, color: colors[k] ?? palette.ink })),
    };
  });
  return figure({
    title: fewStepsFigure.title,
    subtitle: 'Distance from exact samples against evaluations of the network; gray: two exact sets',
    ...{ panels, columns: 2, panelWidth: 330, panelHeight: 280 },
  });
}
