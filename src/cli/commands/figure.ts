/** @file `scorefield figure`: the experiments of the literature as pictures with their numbers. */
import { join } from 'node:path';
import { ConfigError } from '../../base/errors.ts';
import { didYouMean } from '../../base/suggest.ts';
import type { Figure } from '../../figure/figure.ts';
import { command, flag, option, optionalArgument, optionWithDefault } from '../shell/command.ts';
import { engineOptions, jsonOption } from '../shell/options.ts';
import { path, seed } from '../shell/parsers.ts';
import { duration, plural, table, terminal } from '../shell/terminal.ts';
import { makeFolder } from '../../io/folders.ts';

export const figure = command({
  name: 'figure',
  summary: 'draw a figure of the literature',
  description:
    'Draw NAME, an experiment of the literature, as a picture and a JSON file of its numbers; `all` draws every one.',
  arguments: {
    name: optionalArgument('[NAME]', 'name of a figure (see --list), or all', async () => {
      const { figures } = await import('../../figure/figures.ts');
      return ['all', ...figures.map((own) => own.name)];
    }),
  },
  options: {
    list: flag('--list', 'list the figures'),
    out: option('--out <FOLDER>', 'folder of the files (default: figures)', path),
    run: option('--run <RUN>', 'folder of a trained run, for figures that need one (default: none)', path),
    seed: optionWithDefault('--seed <S>', 'seed of everything random', { parse: seed, value: 0 }),
    ...engineOptions,
    ...jsonOption,
  },
  run: async ({ name }, { list, out: folder = 'figures', run: runFolder, seed: from, json, ...engine }) => {
    const { figures } = await import('../../figure/figures.ts');
    const out = terminal({ json });
    if (list) {
      const rows = figures.map(({ name, title, source, needs }) => ({ name, title, source, needs: needs ?? null }));
      out.result({ figures: rows });
      const lines = rows.map((row) => [row.name, `${row.title}${row.needs === null ? '' : ' (needs --run)'}`] as const);
      if (!json) out.line([table(Object.fromEntries(lines)), ...trainingCommands(figures)].join('\n'));
      return;
    }
    const { drawInto } = await import('../../figure/draw-into.ts');
    const { runProblem, trainedRun } = await import('../../figure/figure.ts');
    const { nodeHost } = await import('../../node/host.ts');
    const { loadRun } = await import('../../run/load.ts');
    const chosen = figuresNamed(figures, name);
    const needy = chosen.filter(({ needs }) => needs !== undefined);
    const run = runFolder === undefined || needy.length === 0 ? undefined : loadRun(runFolder);
    if (name !== 'all') needy.forEach((one) => trainedRun(one, run));
    const drawn = chosen.filter((one) => runProblem(one, run) === undefined);
    const backend = await nodeHost(engine).backend(1);
    makeFolder(folder);
    const written: { readonly name: string; readonly picture: string; readonly numbers: string }[] = [];
    for (const one of drawn) {
      const started = performance.now();
      out.progress(`drawing ${one.name}`);
      const files = await drawInto(one, { folder, seed: from, run, backend });
      const [picture, numbers] = [join(folder, files.picture), join(folder, files.numbers)];
      written.push({ name: one.name, picture, numbers });
      out.done();
      out.line(`${one.title}, in ${duration((performance.now() - started) / 1000)}: ${picture}, ${numbers}`);
    }
    const left = chosen.filter((one) => !drawn.includes(one));
    if (left.length > 0)
      out.line(
        `${plural(left.length, 'figure')} not drawn, for want of a trained run that fits; give one with --run (see --list): ${left.map((one) => one.name).join(', ')}`,
      );
    out.result({ seed: from, figures: written, notDrawn: left.map((one) => one.name) });
  },
});

/** How the runs that figures need are trained, a line for each. */
function trainingCommands(figures: readonly Figure[]): readonly string[] {
  const commands = [...new Set(figures.flatMap(({ needs }) => needs ?? []))];
  const namesFor = (command: string): string =>
    figures
      .filter(({ needs }) => needs === command)
      .map(({ name }) => name)
      .join(' and ');
  return ['', ...commands.map((command) => `the run of ${namesFor(command)}:\n  ${command}`)];
}

function figuresNamed(figures: readonly Figure[], name: string | undefined): readonly Figure[] {
  if (name === 'all') return figures;
  const found = figures.filter((figure) => figure.name === name);
  if (found.length > 0) return found;
  const names = figures.map((figure) => figure.name);
  const known = names.join(', ');
  const got = name === undefined ? 'none' : `'${name}'`;
  throw new ConfigError([
    { path: 'name', message: `expected all or a figure (${known}), got ${got}${didYouMean(name ?? '', names)}` },
  ]);
}
