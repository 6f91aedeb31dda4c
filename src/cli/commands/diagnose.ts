/** @file `scorefield diagnose`: at which noise levels a network has learned, and where closed forms are better. */
import { estimateText } from '../../evaluate/estimate.ts';
import { isAboveZero, type LevelReport } from '../../evaluate/noise-levels.ts';
import type { Diagnosis } from '../../model/evaluation/diagnosis.ts';
import { argument, command, flag, option, optionWithDefault } from '../shell/command.ts';
import { checkpointOption, engineOptions, jsonOption, layoutOption } from '../shell/options.ts';
import { million, path, seed, whole } from '../shell/parsers.ts';
import { watched } from '../shell/progress.ts';
import { plural, short, terminal, type Terminal } from '../shell/terminal.ts';
import { requireWritable } from '../shell/writable.ts';

export const diagnose = command({
  name: 'diagnose',
  summary: 'at which noise levels a network has learned',
  description:
    'Print how well RUN predicts the noise of new samples at each noise level, beside two closed forms: the best linear score of the\n' +
    'data and the empirical score of the training samples, which memorizes them. Where a closed form is better the network has\n' +
    'learned too little; where it is better on samples of its training than on new ones, it memorizes.',
  arguments: { model: argument('<RUN>', 'folder of a run, or name of a model') },
  options: {
    count: optionWithDefault('-n <COUNT>', 'number of samples, drawn at random', { parse: million, value: 256 }),
    data: option(
      '--data <DATA>',
      'samples that RUN was not trained on: test, or other data of the same shape (default: the test part of its data; without one, samples of the training, each left out of the empirical score)',
    ),
    ...layoutOption,
    levels: optionWithDefault('--levels <L>', 'noise levels, evenly spaced in log(sigma / alpha)', {
      parse: whole(2, 1000),
      value: 16,
    }),
    points: optionWithDefault('--points <N>', 'training samples at most of which the closed forms are made', {
      parse: whole(2, 1_000_000),
      value: 20_000,
    }),
    givenClass: flag(
      '--given-class',
      'of each sample given the class of its name, for a run with classes (default: of samples of any class)',
    ),
    noiseScale: flag(
      '--noise-scale',
      'measure the gradient noise scale too: the batch above which larger ones hardly make steps better',
    ),
    seed: optionWithDefault('--seed <S>', 'seed of the samples and their noise', { parse: seed, value: 0 }),
    out: option('--out <FILE>', 'picture of the errors (.png or .svg) (default: none)', path),
    ...checkpointOption,
    ...engineOptions,
    ...jsonOption,
  },
  run: async ({ model: run }, { data, layout, out: file, json, checkpoint, threads, device, ...how }) => {
    const { openDiagnosisData, openModel, openRunDataShown } = await import('../work.ts');
    const out = terminal({ json });
    if (file !== undefined) requireWritable(file, ['.png', '.svg']);
    const model = await openModel(run, { threads, device, checkpoint });
    const parts = await openDiagnosisData(model.trained, { data, layout, open: openRunDataShown });
    const found = await watched(model.diagnose(parts, how), run, out);
    print(out, found);
    const { gradientNoise } = found;
    if (gradientNoise !== undefined)
      out.line(
        `gradient noise scale ${estimateText(gradientNoise.scale)} samples; the batch of the training has ${model.trained.config.train.batch}`,
      );
    if (file !== undefined) await found.save(file);
    out.result({
      ...{ run, step: model.info.step, training: parts.training.name, ...found },
      data: (parts.heldOut ?? parts.training).name,
      ...(file !== undefined && { file }),
    });
  },
});

function print(out: Terminal, { count, points, heldOut, levels, memorizesFrom }: Diagnosis): void {
  const whose = heldOut ? 'new ' : 'training ';
  out.line(
    `error of predicted noise, E||z - z'||^2 / d, of ${plural(count, `${whose}sample`)}; closed forms of ${plural(points, 'training sample')}`,
  );
  const head = [
    'sigma/alpha',
    'network',
    'linear',
    'empirical',
    'network over the better',
    ...(heldOut ? ['training'] : []),
  ];
  const rows = levels.map((level) => [
    ...[level.noiseRatio, level.network.value, level.linear.value, level.empirical.value].map(short),
    excessText(level),
    ...(level.training ? [short(level.training.value)] : []),
  ]);
  const widths = head.map((name, j) => Math.max(name.length, ...rows.map((row) => row[j]?.length ?? 0)));
  for (const row of [head, ...rows]) out.line(row.map((cell, j) => cell.padStart(widths[j] ?? 0)).join('  '));
  const worse = levels.filter(({ excess }) => isAboveZero(excess)).map(({ noiseRatio }) => noiseRatio);
  out.line(
    worse.length === 0
      ? 'the network is nowhere significantly worse than a closed form'
      : `a closed form is better than the network at noise ratio ${worse.map(short).join(', ')}: it has learned too little there`,
  );
  if (!heldOut)
    out.line('without data that the network was not trained on, --data, it cannot be seen whether it memorizes');
  else if (memorizesFrom === undefined)
    out.line('it is nowhere significantly better on samples of its training than on new ones');
  else
    out.line(
      `it memorizes: from noise ratio ${short(memorizesFrom)} down it is better on samples of its training than on new ones`,
    );
}

function excessText({ excess: { value, standardError } }: LevelReport): string {
  const sign = value < 0 ? '-' : '+';
  return `${sign}${(100 * Math.abs(value)).toFixed(1)} ± ${(100 * standardError).toFixed(1)} %`;
}
