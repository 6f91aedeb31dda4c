/** @file The score of a network in the middle of its training: its field, its error, and what it says of a batch. */
import type { Backend } from '../../backend/program.ts';
import { combine, dotPerSample, scale as scaled } from '../../base/arith.ts';
import { foldIn, key, split } from '../../base/key.ts';
import { normalBatch } from '../../base/random.ts';
import { takeRows, tensor, type Tensor } from '../../base/tensor.ts';
import { drawMixture } from '../../data/sets/toy.ts';
import { meanEstimate, type Estimate } from '../../evaluate/estimate.ts';
import { scoreModel, type ScoreModel } from '../../score/models/score-model.ts';
import { noised } from '../../sde/forward.ts';
import type { ScoreFn, ScoreJvpFn } from '../../sde/score-fn.ts';
import { momentAt, type FieldAsk, type Moment } from './field.ts';
import type { Learned } from './learn.ts';
import { cellCenters, exactOf, inPicture, processOf, type Setting } from './setting.ts';

/** The score of the newest network, compiled when it is asked for. */
export interface Scores {
  readonly put: (learned: Learned) => void;
  /** @throws Error before there is a network. */
  readonly score: ScoreFn;
  /** The same with its directional derivative. */
  readonly scoreJvp: ScoreJvpFn;
  readonly step: () => number;
}

/** Points of a program: those of a picture's arrows and cells together. */
const maxBatch = 1024;

/** Compiles scores with a backend; a newer network takes the place of the one before. */
export function learnedScores(backend: Backend): Scores {
  let learned: Learned | undefined;
  let compiled: { readonly of: Learned; readonly model: ScoreModel } | undefined;
  // One call at a time: a network must not be disposed of while another job waits for its score.
  let last: Promise<unknown> = Promise.resolve();
  const modelOf = async (): Promise<ScoreModel> => {
    if (learned === undefined) throw new Error('there is no trained network yet');
    if (compiled?.of !== learned) {
      await compiled?.model.dispose();
      const { net, process, params, always } = learned;
      const model = scoreModel(backend, net, { params, process, maxBatch });
      compiled = { of: learned, model: always === undefined ? model : alwaysAt(always, model) };
    }
    return compiled.model;
  };
  const inTurn = <T>(call: (model: ScoreModel) => Promise<T>): Promise<T> => {
    const result = last.then(async () => call(await modelOf()));
    last = result.catch(() => undefined);
    return result;
  };
  return {
    put: (newer) => (learned = newer),
    step: () => learned?.step ?? 0,
    score: (...where) => inTurn((model) => model.score(...where)),
    scoreJvp: (...where) => inTurn((model) => model.scoreJvp(...where)),
  };
}

/** The score at one time, whatever the noise. */
function alwaysAt(t: number, model: ScoreModel): ScoreModel {
  return { ...model, score: (x) => model.score(x, t), scoreJvp: (x, _t, v) => model.scoreJvp(x, t, v) };
}

/** The learned field at a time. */
export interface LearnedField extends Moment {
  readonly place: number;
  /** Steps of the network. */
  readonly step: number;
  /** The learned score at the cells of the arrows, for states in units of the picture. */
  readonly arrows: Float32Array;
  /** sigma(t) ||s - s*|| at the cells of the picture, row by row from the top. */
  readonly error: Float32Array;
  /** The root of E||s - s*||^2 / E||s*||^2 over noisy data, and over the whole picture. */
  readonly onData: number;
  readonly everywhere: number;
}

/** Noisy data of which the error is the mean. */
const samples = 400;

/** The learned field beside the exact one. */
export async function learnedField(
  { score, step }: Pick<Scores, 'score' | 'step'>,
  { place, reach, cells, arrows, ...setting }: FieldAsk,
): Promise<LearnedField> {
  const moment = momentAt(setting, place);
  const { t, sigma, scale } = moment;
  const exact = exactOf(setting);
  const at = cellCenters(arrows, { reach, scale });
  const grid = cellCenters(cells, { reach, scale });
  const x0 = tensor(drawMixture('data', setting.law, key(3), samples).values, [samples, 2]);
  const data = noised(processOf(setting), split(key(4), samples), { x0, t });
  // One program for all three.
  const all = tensor([...at.data, ...grid.data, ...data.data], [arrows ** 2 + cells ** 2 + samples, 2]);
  const [found, target] = [await score(all, t), await exact.score(all, t)];
  const part = (from: number, count: number, x: Tensor): Tensor =>
    takeRows(
      x,
      Array.from({ length: count }, (_, i) => from + i),
    );
  const wrong = combine([1, found], [-1, target]);
  const relative = (from: number, count: number): number => {
    const mean = (x: Tensor): number => meanEstimate(dotPerSample(part(from, count, x), part(from, count, x))).value;
    return Math.sqrt(mean(wrong) / mean(target));
  };
  const ofGrid = part(arrows ** 2, cells ** 2, wrong);
  return {
    ...moment,
    place,
    step: step(),
    arrows: inPicture(part(0, arrows ** 2, found), 1 / scale),
    error: Float32Array.from(dotPerSample(ofGrid, ofGrid), (square) => sigma * Math.sqrt(square)),
    onData: relative(arrows ** 2 + cells ** 2, samples),
    everywhere: relative(arrows ** 2, cells ** 2),
  };
}

/** A batch as a step of training sees it, in units of the picture. */
export interface Lesson extends Moment {
  /** Points of the data, and the same with noise. */
  readonly clean: Float32Array;
  readonly noisy: Float32Array;
  /** The noise that was added and the noise that the network predicts, x and y in turn. */
  readonly noise: Float32Array;
  readonly predicted: Float32Array;
  /** The mean of ||z - z'||^2 / 2, with its standard error. */
  readonly loss: Estimate;
}

/** What a lesson is asked. */
export interface LessonAsk extends Setting {
  readonly place: number;
  readonly seed: number;
  /** Points. */
  readonly n: number;
}

/** Points, noise of the time, and what the network makes of them. */
export async function lesson(score: ScoreFn, { place, seed, n, ...setting }: LessonAsk): Promise<Lesson> {
  const moment = momentAt(setting, place);
  const { t, alpha, sigma, scale } = moment;
  const own = key(seed);
  const x0 = tensor(drawMixture('data', setting.law, foldIn(own, 'data'), n).values, [n, 2]);
  const z = normalBatch(split(foldIn(own, 'noise'), n), [2]);
  const x = combine([alpha, x0], [sigma, z]);
  const predicted = scaled(-sigma, await score(x, t));
  const error = combine([1, predicted], [-1, z]);
  const { value, standardError } = meanEstimate(dotPerSample(error, error).map((square) => square / 2));
  return {
    ...moment,
    clean: inPicture(x0, 1),
    noisy: inPicture(x, scale),
    noise: inPicture(z, 1),
    predicted: inPicture(predicted, 1),
    loss: { value, standardError },
  };
}
