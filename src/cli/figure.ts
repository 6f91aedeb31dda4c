/** @file `scorefield figure`: the experiments of the literature as pictures with their numbers. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../base/errors.ts';
import { key } from '../base/key.ts';
import { attempt } from '../base/system-problem.ts';
import { loadRun } from '../run/load.ts';
import { numbersFile, runProblem, trainedRun, type Figure, type FigureRequest } from '../figure/figure.ts';
import { figures } from '../figure/figures.ts';
import { writeTogether } from '../io/atomic.ts';
import { engine, type EngineFlags } from './engine.ts';
import { duration, plural, table, terminal } from './shell/terminal.ts';

/** Options of `scorefield figure`. */
export interface FigureFlags extends EngineFlags {
  readonly list?: boolean;
  readonly out?: string;
  readonly run?: string;
  readonly seed?: number;
  readonly json?: boolean;
}

/** Where a figure is written, and from what it is drawn. */
export interface DrawOptions extends Omit<FigureRequest, 'key'> {
  readonly folder: string;
  readonly seed: number;
}

/** A figure that has been written. */
export interface WrittenFigure {
  readonly name: string;
  readonly picture: string;
  readonly numbers: string;
}

/** Draws figures, or lists them. */
export async function figureCommand(name: string | undefined, flags: FigureFlags): Promise<void> {
  const out = terminal(flags);
  if (flags.list) {
    const rows = figures.map(({ name, title, source, needs }) => ({ name, title, source, needs: needs ?? null }));
    out.result({ figures: rows });
    const lines = rows.map((row) => [row.name, `${row.title}${row.needs === null ? '' : ' (needs --run)'}`] as const);
    if (!flags.json) out.line([table(Object.fromEntries(lines)), ...trainingCommands()].join('\n'));
    return;
  }
  const { out: folder = 'figures', seed = 0 } = flags;
  const chosen = figuresNamed(name);
  const needy = chosen.filter(({ needs }) => needs !== undefined);
  const run = flags.run === undefined || needy.length === 0 ? undefined : loadRun(flags.run);
  if (name !== 'all') needy.forEach((one) => trainedRun(one, run));
  const drawn = chosen.filter((one) => runProblem(one, run) === undefined);
  const backend = await engine(flags);
  attempt(folder, 'cannot be created', () => mkdirSync(folder, { recursive: true }));
  const written: WrittenFigure[] = [];
  for (const one of drawn) {
    const started = performance.now();
    out.progress(`drawing ${one.name}`);
    const files = await drawInto(one, { folder, seed, run, backend });
    written.push(files);
    out.done();
    out.line(`${one.title}, in ${duration((performance.now() - started) / 1000)}: ${files.picture}, ${files.numbers}`);
  }
  const left = chosen.filter((one) => !drawn.includes(one));
  if (left.length > 0)
    out.line(
      `${plural(left.length, 'figure')} not drawn, for want of a trained run that fits; give one with --run (see --list): ${left.map((one) => one.name).join(', ')}`,
    );
  out.result({ seed, figures: written, notDrawn: left.map((one) => one.name) });
}

/** Draws a figure and writes FOLDER/NAME.svg or .png and FOLDER/NAME.json. */
export async function drawInto(figure: Figure, { folder, seed, ...rest }: DrawOptions): Promise<WrittenFigure> {
  const { picture, numbers } = await figure.draw({ key: key(seed), ...rest });
  const files = { picture: `${figure.name}.${figure.format}`, numbers: `${figure.name}.json` };
  writeTogether(folder, [
    [files.picture, picture],
    [files.numbers, numbersFile(figure, seed, numbers)],
  ]);
  return { name: figure.name, picture: join(folder, files.picture), numbers: join(folder, files.numbers) };
}

/** How the runs that figures need are trained, a line for each. */
function trainingCommands(): readonly string[] {
  const commands = [...new Set(figures.flatMap(({ needs }) => needs ?? []))];
  const namesFor = (command: string): string =>
    figures
      .filter(({ needs }) => needs === command)
      .map(({ name }) => name)
      .join(' and ');
  return ['', ...commands.map((command) => `the run of ${namesFor(command)}:\n  ${command}`)];
}

function figuresNamed(name: string | undefined): readonly Figure[] {
  if (name === 'all') return figures;
  const found = figures.filter((figure) => figure.name === name);
  if (found.length > 0) return found;
  const known = figures.map((figure) => figure.name).join(', ');
  const got = name === undefined ? 'none' : `'${name}'`;
  throw new ConfigError([{ path: 'NAME', message: `expected all or a figure (${known}), got ${got}` }]);
}
