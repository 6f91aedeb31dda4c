/** @file The ways between data and noise: the forward SDE, the reverse SDE, and the probability flow in both directions. */
import { foldIn, key, split, type Key } from '../../base/key.ts';
import { batchOf, type Tensor } from '../../base/tensor.ts';
import { meanEstimate, type Estimate } from '../../evaluate/estimate.ts';
import { flowPaths } from '../../sample/adaptive/flow-paths.ts';
import { predictorCorrector } from '../../sample/predictor-corrector.ts';
import { initialState } from '../../sample/start.ts';
import { eulerMaruyama } from '../../sample/steps/euler-maruyama.ts';
import { forward } from '../../sde/forward.ts';
import type { ScoreFn } from '../../sde/score-fn.ts';
import type { Sde } from '../../sde/sde.ts';
import { uniformGrid } from '../../sde/time/time-grid.ts';
import { distanceFrom, exactAt, type SamplesAsk } from './exact-samples.ts';
import { inPicture, processOf, scaleAt, type Setting } from './setting.ts';

/** A way, by its direction and its equation. */
export type Way = 'forward-sde' | 'forward-ode' | 'reverse-sde' | 'reverse-ode';

/** What is asked. */
export interface WaysAsk extends SamplesAsk, Setting {
  readonly way: Way;
}

/** Where the particles are. */
export interface WayFrame {
  readonly t: number;
  /** x and y of each, in units of the picture. */
  readonly x: Float32Array;
}

/** What a way came to. */
export interface WayResult {
  /** Evaluations of the score for each particle, on average. */
  readonly evaluations: number;
  /** Sliced Wasserstein distance at its end from exact samples of that time. */
  readonly distance: Estimate;
  /** The length of the paths in units of the state: the sum of their steps. */
  readonly length: Estimate;
  /** Of the flow: the largest distance from where it began, there and back. */
  readonly roundTrip?: number | undefined;
  readonly ms: number;
}

/** Steps of the SDEs, of which every fourth is seen, and times at which the flow is seen. */
const sdeSteps = 500;
const seen = 4;
const flowSteps = 50;
/** Tolerance of the flow. */
const tolerance = 1e-6;

interface State {
  readonly t: number;
  readonly x: Tensor;
}

/** The particles of a way at its times, and what it came to. The reverse ways begin with the same noise, the forward ones with the same data. */
export async function* ways(score: ScoreFn, ask: WaysAsk): AsyncGenerator<WayFrame | undefined, WayResult> {
  const sde = processOf(ask);
  const keys = split(key(ask.seed), ask.n);
  const began = performance.now();
  let calls = 0;
  const counted: ScoreFn = (...where) => {
    calls += batchOf(where[0]) / ask.n;
    return score(...where);
  };
  const flow = ask.way.endsWith('ode');
  const own: Own = { sde, score: counted, keys, backwards: ask.way.startsWith('reverse') };
  const states = flow ? flowStates(own, ask) : own.backwards ? reverseStates(own) : forwardStates(own, ask);
  const lengths = new Float64Array(ask.n);
  let [first, last]: (State | undefined)[] = [];
  let i = 0;
  for await (const state of states) {
    if (last !== undefined) addSteps(lengths, last.x, state.x);
    first ??= state;
    last = state;
    const end = i === (flow ? flowSteps : sdeSteps);
    yield flow || end || i % seen === 0 ? { t: state.t, x: inPicture(state.x, scaleAt(sde, state.t)) } : undefined;
    i++;
  }
  if (first === undefined || last === undefined) throw new Error('expected a way with two ends');
  const evaluations = calls;
  const distance = distanceFrom(ask.seed, last.x, exactAt(ask, 'reference', last.t));
  const roundTrip = flow ? await farthest(own, first, last) : undefined;
  return { evaluations, distance, length: meanEstimate(lengths), roundTrip, ms: performance.now() - began };
}

interface Own {
  readonly sde: Sde;
  readonly score: ScoreFn;
  readonly keys: readonly Key[];
  readonly backwards: boolean;
}

/** Data with the least noise of the process. */
const dataOf = ({ sde }: Own, ask: WaysAsk): Tensor => exactAt(ask, 'data', sde.tEnd);

async function* forwardStates(own: Own, ask: WaysAsk): AsyncGenerator<State> {
  const times = uniformGrid(own.sde, sdeSteps).toReversed();
  const keys = own.keys.map((one) => foldIn(one, 'forward'));
  for (const state of forward(own.sde, keys, { x: dataOf(own, ask), times })) yield await Promise.resolve(state);
}

async function* reverseStates({ sde, score, keys }: Own): AsyncGenerator<State> {
  yield await initialState({ sde, shape: [2], keys });
  const step = { predictor: eulerMaruyama(), steps: sdeSteps, grid: uniformGrid, denoiseLast: false };
  yield* predictorCorrector(step)({ sde, score, shape: [2], keys });
}

async function* flowStates(own: Own, ask: WaysAsk): AsyncGenerator<State> {
  const { sde, keys, backwards } = own;
  const times = uniformGrid(sde, flowSteps);
  const x = backwards ? (await initialState({ sde, shape: [2], keys })).x : dataOf(own, ask);
  yield* flowPaths(own, { x, times: backwards ? times : times.toReversed(), tolerance });
}

function addSteps(lengths: Float64Array, { data: before }: Tensor, { data: after }: Tensor): void {
  for (let i = 0; i < lengths.length; i++) {
    const [dx, dy] = [0, 1].map((axis) => (after[2 * i + axis] ?? NaN) - (before[2 * i + axis] ?? NaN));
    lengths[i] = (lengths[i] ?? 0) + Math.hypot(dx ?? NaN, dy ?? NaN);
  }
}

/** The largest distance of a coordinate from the start after the way back. */
async function farthest(own: Own, from: State, to: State): Promise<number> {
  let worst = NaN;
  for await (const { x } of flowPaths(own, { x: to.x, times: [to.t, from.t], tolerance }))
    worst = x.data.reduce((most, value, i) => Math.max(most, Math.abs(value - (from.x.data[i] ?? NaN))), 0);
  return worst;
}
