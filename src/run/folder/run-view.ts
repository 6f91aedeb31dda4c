/** @file What is seen of a run while it is trained: its curve, how it stands at each noise level, its pictures, its speed. */
import { readdirSync } from 'node:fs';
import type { Json } from '../../base/json.ts';
import { readConfig } from '../../catalog/config/stored.ts';
import type { LevelStanding } from '../../train/level-errors.ts';
import { limitOf } from '../limit.ts';
import { followMetrics, type FollowedMetrics } from './metrics-follower.ts';
import type { MetricsLine } from './metrics.ts';
import { openRun, samplesFolder, type Run, type RunRecord } from './run-folder.ts';

/** A point of the curve of a training: some lines of its metrics that follow one another. */
export interface CurvePoint {
  readonly step: number;
  /** The mean of their losses. */
  readonly loss: number;
  /** The smoothed loss of the last of them. */
  readonly smoothedLoss: number;
}

/** How a network stood at each noise level when a step was done. */
export interface LevelsAt {
  readonly step: number;
  readonly levels: readonly LevelStanding[];
}

/** What is seen of a run. */
export interface RunView extends RunRecord {
  readonly name: string;
  /** Of the last line; 0 before the first. */
  readonly step: number;
  /** Seconds of training, over all resumed parts. */
  readonly seconds: number;
  /** Part of the steps or of the minutes that is done, 0 to 1, and the seconds that are left at the present speed, if there is one yet. */
  readonly fraction: number;
  readonly secondsLeft?: number;
  readonly samplesPerSecond?: number;
  /** When the last line was written, in milliseconds since 1970. */
  readonly writtenMs?: number;
  readonly curve: readonly CurvePoint[];
  /** At the first picture, the last, and some between. */
  readonly levels: readonly LevelsAt[];
  /** The last lines of the metrics, without noise levels, the newest first. */
  readonly log: readonly Readonly<Record<string, Json>>[];
  /** Names of the pictures of samples by step, and of the strips from noise to data, where there are any. */
  readonly pictures: readonly { readonly step: number; readonly samples: string; readonly strip?: string }[];
}

/** Points of a curve, standings and lines of a log at most. */
const [mostPoints, mostLevels, mostLines] = [400, 5, 12];
/** The speed is that of the last seconds, and of this many lines at least. */
const [speedSeconds, speedLines] = [60, 5];

/**
 * A function that looks at a run, each time as it is then.
 * @throws FileError, from that function too, if the folder is no run or its files cannot be read.
 */
export function watchRun(folder: string, name: string): () => RunView {
  const metrics = followMetrics(openRun(folder));
  return () => viewOf(openRun(folder), name, metrics());
}

function viewOf(run: Run, name: string, { lines, writtenMs }: FollowedMetrics): RunView {
  const last = lines.at(-1);
  const [step, seconds] = [last?.step ?? 0, numberOf(last, 'seconds') ?? 0];
  const config = readConfig(run.config);
  const limit = limitOf(config);
  const perStep = secondsPerStep(lines);
  return {
    ...{ name, config: run.config, env: run.env, step, seconds, fraction: limit.fraction(step, seconds) },
    ...(perStep !== undefined && {
      secondsLeft: limit.left(step, seconds, perStep),
      samplesPerSecond: config.train.batch / perStep,
    }),
    ...(writtenMs !== undefined && { writtenMs }),
    curve: curveOf(lines),
    levels: spread(lines.flatMap(({ step, levels }) => (Array.isArray(levels) ? [{ step, levels: levels }] : []))),
    log: lines
      .slice(-mostLines)
      .reverse()
      .map((line) => Object.fromEntries(Object.entries(line).filter(([key]) => key !== 'levels'))),
    pictures: picturesOf(run),
  };
}

const numberOf = (line: MetricsLine | undefined, key: string): number | undefined => {
  const value = line?.[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};

/** By the last lines. */
function secondsPerStep(lines: readonly MetricsLine[]): number | undefined {
  const last = lines.at(-1);
  const end = numberOf(last, 'seconds');
  if (last === undefined || end === undefined) return undefined;
  const early = lines.findLast(
    (line, i) => i <= lines.length - speedLines && (numberOf(line, 'seconds') ?? end) <= end - speedSeconds,
  );
  const first = early ?? lines[0];
  const [steps, passed] = [last.step - (first?.step ?? 0), end - (numberOf(first, 'seconds') ?? end)];
  if (steps > 0 && passed > 0) return passed / steps;
  return last.step > 0 && end > 0 ? end / last.step : undefined;
}

function curveOf(lines: readonly MetricsLine[]): readonly CurvePoint[] {
  const points = lines.flatMap((line) => {
    const loss = numberOf(line, 'loss');
    return loss === undefined ? [] : [{ step: line.step, loss, smoothedLoss: numberOf(line, 'smoothedLoss') ?? loss }];
  });
  const size = Math.max(1, Math.ceil(points.length / mostPoints));
  return Array.from({ length: Math.ceil(points.length / size) }, (_, i) => {
    const part = points.slice(i * size, (i + 1) * size);
    const { step = 0, smoothedLoss = NaN } = part.at(-1) ?? {};
    return { step, smoothedLoss, loss: part.reduce((sum, { loss }) => sum + loss, 0) / part.length };
  });
}

/** The first, the last and some evenly between. */
function spread<T>(all: readonly T[]): readonly T[] {
  if (all.length <= mostLevels) return all;
  return Array.from({ length: mostLevels }, (_, i) =>
    all.slice(Math.round((i * (all.length - 1)) / (mostLevels - 1))).at(0),
  ).filter((own) => own !== undefined);
}

/** The pictures that there are, by the names that the training gives them. */
function picturesOf(run: Run): RunView['pictures'] {
  const names = sampleNames(run);
  return names.flatMap((name) => {
    const [, digits = ''] = /^(\d{8,})\.png$/.exec(name) ?? [];
    if (digits === '') return [];
    const strip = `${digits}-strip.png`;
    return [{ step: Number(digits), samples: name, ...(names.includes(strip) && { strip }) }];
  });
}

/** Names of the pictures of a run, in the order of their steps; none before there is a folder of them. */
export function sampleNames(run: Pick<Run, 'folder'>): readonly string[] {
  try {
    return readdirSync(samplesFolder(run))
      .filter((name) => /^\d{8,}(-strip)?\.png$/.test(name))
      .sort();
  } catch {
    return [];
  }
}
