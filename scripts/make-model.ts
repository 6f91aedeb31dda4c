/**
 * @file Measures a packed model and writes its card: models/NAME/card.json, README.md and samples.png, and the sampler that it
 * uses where nobody says how. What has been measured of the same parameters is not measured again.
 *
 *   npx scorefield pack runs/clothes --out models/fashion-mnist
 *   npx tsx scripts/make-model.ts models/fashion-mnist [--n 5000] [--table 1000] [--copies 2000, or 0 for none] [--bits 256] [--threads 2]
 *
 *   npx tsx scripts/make-model.ts models/emoji-latents --extractor inception --command 'scorefield train emoji-64 --latent coder ...'
 *
 * Of scores: a table of samplers and evaluations, from which the model's own is chosen, the quality, copies of training data, bits/dim and samples with
 * it; of scores of latents the bits are those of the bound, and all else is of what is decoded. Of students: the quality, copies and samples. Of classifiers: the accuracy. Features are those that `evaluate` takes, or
 * those of --extractor.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { shellCommand } from '../src/base/words.ts';
import { packedModelInfo, type PackedModelInfo } from '../src/node.ts';
import { parametersFingerprint } from '../src/node/packed-models.ts';
import { loadAnyRun } from '../src/run/load.ts';
import { optionsOfData } from '../src/run/data-sets.ts';
import { writeAtomic } from '../src/io/atomic.ts';
import { cardFileName, modelFileName } from '../src/run/model-box.ts';
import {
  bitsOptions,
  cheapest,
  headlinesOf,
  isStudent,
  modelCard,
  withoutFolder,
  type Card,
  type Measured,
} from './model-card.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    n: { type: 'string', default: '5000' },
    table: { type: 'string', default: '1000' },
    bits: { type: 'string', default: '256' },
    copies: { type: 'string', default: '2000' },
    threads: { type: 'string', default: '2' },
    samplers: { type: 'string', default: 'ddim,heun,dpm-solver-2m,unipc,dpm-solver-sde' },
    nfe: { type: 'string', default: '6,8,10,15,20,30,50' },
    // Features by which samples are compared, as `evaluate --extractor` takes them.
    extractor: { type: 'string' },
    // The command that makes the model, of students, whose own names the last round alone.
    command: { type: 'string' },
  },
});
const [given] = positionals;
if (given === undefined || !existsSync(join(given, modelFileName)))
  throw new Error('expected the folder of a model, which `scorefield pack` writes');
const folder = resolve(given);
const name = basename(folder);
const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));

/** A text that says the data by their name, wherever they are. */
const named = (text: string): string => withoutFolder(text, info().config.data.ref);

/** Runs a command on the model beside its folder, so that it goes by its name, as for its users. */
function measure<T>(command: string, ...options: readonly string[]): Measured<T> {
  const args = [command, name, ...options];
  const noted = `npx ${shellCommand('scorefield', ...args)}`;
  console.log(noted);
  const out = execFileSync(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), main, ...args, '--threads', values.threads, '--json'],
    { cwd: dirname(folder), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 2 ** 26 },
  );
  return { command: noted, result: JSON.parse(named(out)) as T };
}

const fingerprint = parametersFingerprint(loadAnyRun(folder).point.state.ema);
const stored = packedModelInfo(name, folder).card as Card | null;
let card: Card = stored ?? { fingerprint };
const keep = (more: Partial<Card>): void => {
  card = { ...card, ...more };
  card = { ...card, headlines: headlinesOf(card) };
  writeAtomic(join(folder, cardFileName), `${JSON.stringify(card, undefined, 1)}\n`);
};
const info = (): PackedModelInfo => packedModelInfo(name, folder);
const same = (measured: Measured<unknown> | undefined, options: readonly string[]): boolean =>
  measured?.command.endsWith(shellCommand(...options)) ?? false;

const student = isStudent(info());
const features = values.extractor === undefined ? [] : ['--extractor', values.extractor];
if (info().config.task === 'classifier') {
  keep({ accuracy: card.accuracy ?? measure('evaluate') });
} else {
  // A student has one sampler, in the steps that it has learned.
  for (const sampler of student ? [] : values.samplers.split(','))
    for (const nfe of values.nfe.split(',')) {
      const options = ['-n', values.table, ...features, '--sampler', sampler, '--nfe', nfe];
      const before = card.samplers ?? [];
      if (before.some((one) => same(one, options))) continue;
      keep({ samplers: [...before, measure('evaluate', ...options)] });
    }
  const best = cheapest(card.samplers ?? []);
  if (best !== undefined) {
    const { sampler, evaluations } = best.result;
    const own = info().sampling;
    if (own?.sampler !== sampler || own.nfe !== Math.round(evaluations)) {
      measure('pack', '--out', name, '--sampler', sampler, '--nfe', String(Math.round(evaluations)));
      // These were of the sampler before.
      card = { fingerprint, samplers: card.samplers ?? [], ...(card.bits && { bits: card.bits }) };
    }
  }
  const ofQuality = ['-n', values.n, ...features];
  if (!same(card.quality, ofQuality)) keep({ quality: measure('evaluate', ...ofQuality) });
  // Copies are measured where the picture is missing too.
  const ofCopies = ['-n', values.copies, ...features, '--memorization', '--sheet', join(name, 'nearest.png')];
  if (Number(values.copies) > 0 && (!same(card.copies, ofCopies) || !existsSync(join(folder, 'nearest.png'))))
    keep({ copies: measure('evaluate', ...ofCopies) });
  const takes = await optionsOfData(info().config.data.ref);
  const part = takes.includes('split') || takes.includes('seed') ? 'test' : 'train';
  const ofBits = bitsOptions(info(), part, values.bits);
  if (!student && Number(values.bits) > 0 && !same(card.bits, ofBits)) keep({ bits: measure('likelihood', ...ofBits) });
  const { command, result } = measure<{ seconds: number; n: number }>('sample', '--out', join(name, 'samples.png'));
  keep({ samples: { command: command.replace(/ --out .*/, ''), result } });
}
if (values.command !== undefined) keep({ command: values.command });
writeAtomic(join(folder, 'README.md'), modelCard(info(), card));
console.log(`${join(given, 'README.md')}, ${join(given, cardFileName)}`);
