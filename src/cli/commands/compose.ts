/** @file `scorefield compose`: samples of several models together. */
import { checkOptions } from '../../base/check.ts';
import { anyOf, lastPart } from '../../base/words.ts';
import { compositionNames, compositions } from '../../catalog/compositions.ts';
import { correctionNames } from '../../catalog/corrections.ts';
import { command, option, optionWithDefault, repeated, severalArguments } from '../shell/command.ts';
import { batchOption, engineOptions, jsonOption } from '../shell/options.ts';
import { count, list, million, nameAmong, path, positive, seed } from '../shell/parsers.ts';
import { watched } from '../shell/progress.ts';
import { duration, plural, terminal } from '../shell/terminal.ts';
import { requireWritable } from '../shell/writable.ts';

export const compose = command({
  name: 'compose',
  summary: 'draw samples of several trained runs together',
  description:
    'Draw samples of RUNS together: of the product of their densities, of their mixture, or of the first without the others. The runs have data of one shape and scale, and one process;\n' +
    'one that is named twice, with two classes or texts, is two models.',
  arguments: { models: severalArguments('<RUNS...>', 'folders of runs, or names of models, two or more') },
  options: {
    as: optionWithDefault('--as <C>', `composition: ${anyOf(compositionNames)}`, {
      parse: nameAmong(compositionNames),
      value: compositions[0].name,
    }),
    weights: option(
      '--weights <W1,W2>',
      'a number for each run: powers of a product, shares of a mixture, of a negation 1 and the power of each that is taken away (default: 1 each; of a negation 0.5 for the others)',
      list(positive),
    ),
    class: repeated('--class <C>', 'class of each run, in their order; - for none (default: none)'),
    text: repeated('--text <T>', 'text of each run, in their order; - for none (default: none)'),
    correct: option(
      '--correct <M>',
      `Markov chain at each noise level: ${anyOf(correctionNames)} (default: mala where all runs have energies, else mala-line)`,
      nameAmong(correctionNames),
    ),
    corrections: optionWithDefault('--corrections <K>', 'steps of the chain at each noise level', {
      parse: count,
      value: 8,
    }),
    stepSize: optionWithDefault(
      '--step-size <A>',
      'step of the chain, relative to sigma; of Langevin steps to sigma^2',
      {
        parse: positive,
        value: 0.3,
      },
    ),
    steps: optionWithDefault('--steps <N>', 'noise levels on the way', { parse: million, value: 60 }),
    count: optionWithDefault('-n <COUNT>', 'number of samples', { parse: million, value: 64 }),
    seed: optionWithDefault('--seed <S>', 'seed of the samples', { parse: seed, value: 0 }),
    out: optionWithDefault('--out <FILE>', 'picture (.png) or array (.npz)', { parse: path, value: 'composed.png' }),
    ...batchOption(64),
    ...engineOptions,
    ...jsonOption,
  },
  run: async ({ models: runs }, { class: classes, text: texts, out: file, json, threads, device, ...how }) => {
    const { composeModels, openModel } = await import('../work.ts');
    const out = terminal({ json });
    requireWritable(file);
    const ofEach = (name: string, values: readonly string[] | undefined): void =>
      checkOptions([
        values === undefined || values.length === runs.length,
        name,
        `expected one for each of the ${runs.length} runs, - for none, got ${values?.length}`,
      ]);
    ofEach('class', classes);
    ofEach('text', texts);
    const said = (value: string | undefined): string | undefined => (value === '-' ? undefined : value);
    const opened = new Map<string, ReturnType<typeof openModel>>();
    const models = await Promise.all(
      runs.map(async (run, i) => {
        const known = opened.get(run) ?? openModel(run, { threads, device });
        opened.set(run, known);
        const [own, text] = [said(classes?.[i]), said(texts?.[i])];
        return own === undefined && text === undefined ? known : (await known).given({ class: own, text });
      }),
    );
    const started = performance.now();
    const { samples, as, weights, correct } = await watched(
      composeModels(models, how),
      plural(how.count, 'sample'),
      out,
    );
    await samples.save(file, { title: `${as} of ${runs.map(lastPart).join(', ')}` });
    const seconds = (performance.now() - started) / 1000;
    const mean = samples.evaluations.reduce((sum, value) => sum + value, 0) / samples.count;
    const chain = correct === 'none' ? '' : `, corrected by ${correct}`;
    out.line(
      `${plural(samples.count, 'sample')} of the ${as}${chain} in ${duration(seconds)}, ${mean.toFixed(0)} network evaluations each: ${file}`,
    );
    const about = { file, runs, as, weights, correct, n: samples.count, seed: how.seed };
    out.result({ ...about, seconds: Number(seconds.toFixed(3)), evaluations: { mean } });
  },
});
