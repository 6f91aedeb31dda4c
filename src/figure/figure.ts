/** @file What a figure of the gallery is: an experiment of the literature that one key repeats, as a picture and its numbers. */
import type { Backend } from '../backend/program.ts';
import { ConfigError } from '../base/errors.ts';
import { jsonText } from '../base/json.ts';
import type { Key } from '../base/key.ts';
import { dataKindOf } from '../catalog/data-kinds/find.ts';
import type { LoadedRun } from '../run/load.ts';

/** What a figure is drawn from. */
export interface FigureRequest {
  /** Where all its randomness comes from. */
  readonly key: Key;
  /** What networks run on. */
  readonly backend: Backend;
  /** The trained run of a figure that `needs` one. */
  readonly run?: LoadedRun | undefined;
}

/** Values that JSON can represent. */
export type Json = number | string | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** Everything that was measured, by name; a number that is not finite is null in the file. */
export type Numbers = Readonly<Record<string, Json>>;

/** A figure as it came out. */
export interface Drawing {
  /** SVG text or a PNG file, as the figure's `format` says. */
  readonly picture: string | Uint8Array;
  readonly numbers: Numbers;
}

/** What a figure can ask of a run before it is drawn from it. */
export type FigureModel = Pick<LoadedRun, 'config' | 'data' | 'process'>;

/** An experiment with a name. */
export interface Figure {
  /** In kebab case: the word of the command line and the name of the files. */
  readonly name: string;
  readonly title: string;
  /** Two sentences: what is shown, and what it says. */
  readonly caption: string;
  /** Where the experiment is from: author, title, figure or section. */
  readonly source: string;
  readonly format: 'svg' | 'png';
  /** The command that trains the run from which the figure is drawn, for those that need one. */
  readonly needs?: string;
  /** What the run is expected to be, if a given one is something else. */
  readonly fits?: (run: FigureModel) => string | undefined;
  draw(request: FigureRequest): Promise<Drawing>;
}

/** A run of images whose SDE is as expected. */
export function imagesUnder(expected: string, holds: (run: FigureModel) => boolean): NonNullable<Figure['fits']> {
  return (run) => (dataKindOf(run.data).pictures !== undefined && holds(run) ? undefined : `images under ${expected}`);
}

type RunNeeds = Pick<Figure, 'name' | 'needs' | 'fits'>;

/** Why a figure cannot be drawn from a run, if it cannot. */
export function runProblem({ name, needs, fits }: RunNeeds, run: FigureModel | undefined): string | undefined {
  if (needs === undefined) return undefined;
  if (run === undefined)
    return `the figure ${name} is drawn from a trained run; train one with \`${needs}\` and give its folder`;
  const expected = fits?.(run);
  if (expected === undefined) return undefined;
  const { data, config } = run;
  return `the figure ${name}: expected a run on ${expected}, got ${data.kind} under the SDE ${config.sde.kind}; train one with \`${needs}\``;
}

/**
 * The run that a figure needs.
 * @throws ConfigError if it is not there or does not fit.
 */
export function trainedRun(figure: RunNeeds, run: LoadedRun | undefined): LoadedRun {
  const message = runProblem(figure, run);
  if (run !== undefined && message === undefined) return run;
  throw new ConfigError([{ path: '--run', message: message ?? `the figure ${figure.name} is drawn from no run` }]);
}

/**
 * The file of a figure's numbers: what it is, the seed that repeats it, and what was measured, to six significant digits.
 * The same seed gives the same file, except for times.
 */
export function numbersFile({ name, title, caption, source }: Figure, seed: number, numbers: Numbers): string {
  return `${jsonText({ name, title, caption, source, seed, numbers }, { indent: 2, digits: 6 })}\n`;
}
