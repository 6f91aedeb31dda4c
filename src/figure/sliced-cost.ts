/** @file The cost of a training step of exact and of sliced score matching as the dimension grows. */
import type { Backend } from '../backend/program.ts';
import { foldIn, type Key } from '../base/key.ts';
import { normal } from '../base/random.ts';
import { topological } from '../graph/node.ts';
import { points, polyline } from '../plot/svg-layers.ts';
import { errorBars, pairsOf } from '../plot/svg-plots.ts';
import { series } from '../plot/svg-text.ts';
import { figure, type Panel } from '../plot/svg.ts';
import { mlp } from '../nn/mlp.ts';
import { denoising } from '../score/objectives/denoising.ts';
import { exactScoreMatching } from '../score/objectives/exact.ts';
import type { Objective } from '../score/objectives/objective.ts';
import { slicedScoreMatching } from '../score/objectives/sliced.ts';
import { compileTrainStep, defaultOptimizer, disposeState, trainStepGraph } from '../score/train-step.ts';
import { epsilon } from '../sde/learning/parametrization.ts';
import { vp } from '../sde/processes/vp.ts';
import { startPoint } from '../train/train.ts';
import type { Drawing, Figure, FigureRequest } from './figure.ts';

const dimensions = [2, 4, 8, 16, 32, 64];
const batch = 64;
const width = 64;
/** Steps of which each ratio of times is the median; the first is left out. */
const rounds = 61;
/** Parts of the ratios below the ends of a 95 % interval of their median, by the binomial law: 1/2 -+ 1.96 / (2 sqrt(rounds)). */
const medianError = 0.98 / Math.sqrt(rounds);

const noiseProcess = { sde: vp(), parametrization: epsilon()(vp()) };
const objectives: readonly Objective[] = [
  exactScoreMatching(noiseProcess),
  slicedScoreMatching(noiseProcess),
  denoising(noiseProcess),
];

/** Das's remark that score matching does not scale, and its remedy. */
export const slicedCost: Figure = {
  name: 'sliced-cost',
  title: 'Score matching, exact and sliced, as the dimension grows',
  caption:
    'A training step of exact score matching takes one derivative of the network for each dimension: its graph has 39 more ' +
    'nodes for each, and its time grows alike. Sliced score matching takes one derivative along one random direction in any ' +
    'dimension, and less than twice the time of denoising score matching, which takes none.',
  source:
    'Das, "Inject Noise to Remove Noise", section 3 (score matching is not scalable); Zeng and Wang, sliced score matching',
  format: 'svg',
  draw,
};

/** What a step of one objective costs in one dimension. */
interface Cost {
  readonly objective: string;
  readonly dimension: number;
  readonly nodes: number;
  /** Median over rounds of its processor time over that of denoising, and its 95 % interval. */
  readonly ratio: number;
  readonly ratioLow: number;
  readonly ratioHigh: number;
}

async function draw({ key, backend }: FigureRequest): Promise<Drawing> {
  const costs: Cost[] = [];
  for (const dimension of dimensions) costs.push(...(await costsIn(dimension, backend, foldIn(key, dimension))));
  return {
    picture: figure({
      title: slicedCost.title,
      subtitle: `A training step of a perceptron of three layers of ${width}, ${batch} samples`,
      panels: [nodesPanel(costs), timePanel(costs)],
      panelWidth: 300,
      panelHeight: 250,
    }),
    numbers: { batch, width, rounds, backend: backend.name, costs: costs.map((cost) => ({ ...cost })) },
  };
}

/** Nodes of the graph of a training step. */
export function graphNodes(objective: Objective, dimension: number): number {
  const { outputs, kept } = trainStepGraph(mlp(dimension, { width }), { batch, objective }, defaultOptimizer);
  return topological(Object.values({ ...outputs, ...kept })).length;
}

/**
 * Steps of all objectives take turns, and their time is that of the processor: it does not pass while other programs run.
 */
async function costsIn(dimension: number, backend: Backend, key: Key): Promise<readonly Cost[]> {
  const net = mlp(dimension, { width });
  const optimizer = defaultOptimizer;
  const x0 = Float32Array.from(normal(foldIn(key, 'data'), batch * dimension));
  const { state } = startPoint(net, key);
  const steps = await Promise.all(
    objectives.map(async (objective) => {
      const step = await compileTrainStep(backend, net, { batch, objective, optimizer });
      const { feeds } = await objective.draw(x0, batch, foldIn(key, 'step'), 1);
      return { objective, step, once: async () => disposeState((await step.run(state, { feeds, key }, 1)).state) };
    }),
  );
  try {
    const times: number[][] = [];
    for (let round = 0; round <= rounds; round++) {
      const row: number[] = [];
      for (const { once } of steps) {
        const before = processorMicroseconds();
        await once();
        row.push(processorMicroseconds() - before);
      }
      if (round > 0) times.push(row);
    }
    return steps.map(({ objective }, i): Cost => {
      const ratios = times.map((row) => (row[i] ?? NaN) / (row.at(-1) ?? NaN)).sort((a, b) => a - b);
      const quantile = (part: number): number => ratios[Math.round(part * (rounds - 1))] ?? NaN;
      return {
        objective: objective.kind,
        dimension,
        nodes: graphNodes(objective, dimension),
        ratio: quantile(0.5),
        ratioLow: quantile(0.5 - medianError),
        ratioHigh: quantile(0.5 + medianError),
      };
    });
  } finally {
    for (const { step } of steps) await step.dispose();
  }
}

function processorMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function nodesPanel(costs: readonly Cost[]): Panel {
  const most = Math.max(...costs.map(({ nodes }) => nodes));
  const least = Math.min(...costs.map(({ nodes }) => nodes));
  return {
    ...axesOf([0.7 * least, 1.5 * most]),
    title: 'Graph',
    yLabel: 'nodes of a training step',
    legend: objectives.map(({ kind }, i) => ({ label: kind, color: colorOf(i) })),
    legendAt: 'top-left',
    layers: objectives.flatMap(({ kind }, i) => lineOf(costs, { kind, i, of: (cost) => cost.nodes })),
  };
}

function timePanel(costs: readonly Cost[]): Panel {
  const most = Math.max(...costs.map(({ ratioHigh }) => ratioHigh));
  return {
    ...axesOf([0.7, 1.5 * most]),
    title: 'Time',
    yLabel: 'processor time over that of denoising',
    layers: objectives.flatMap(({ kind }, i) => [
      errorBars(
        costs
          .filter((cost) => cost.objective === kind)
          .map((cost) => ({ x: cost.dimension, low: cost.ratioLow, high: cost.ratioHigh })),
        { color: colorOf(i) },
      ),
      ...lineOf(costs, { kind, i, of: (cost) => cost.ratio }),
    ]),
  };
}

function axesOf(y: Panel['y']): Omit<Panel, 'layers'> {
  const xTicks = dimensions.map((value) => ({ value, label: `${value}` }));
  return { x: [1.7, 76], y, xScale: 'log', yScale: 'log', ticks: true, xLabel: 'dimension D', xTicks };
}

interface LineOptions {
  readonly kind: string;
  readonly i: number;
  readonly of: (cost: Cost) => number;
}

function lineOf(costs: readonly Cost[], { kind, i, of }: LineOptions): Panel['layers'] {
  const own = costs.filter(({ objective }) => objective === kind);
  const through = pairsOf(
    own.map(({ dimension }) => dimension),
    own.map(of),
  );
  return [polyline(through, { color: colorOf(i) }), points(through, { color: colorOf(i), radius: 2.6, opacity: 1 })];
}

function colorOf(i: number): string {
  return [series[1], series[0], series[2]][i] ?? series[3];
}
