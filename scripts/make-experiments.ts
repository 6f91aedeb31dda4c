/**
 * @file Makes `docs/experiments.md`: the experiments of the studio by the code of its workers, beside the numbers of the figures that they are
 * of: `npx tsx scripts/make-experiments.ts`.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { estimateText } from '../src/evaluate/estimate.ts';
import { nodeBackend } from '../src/node.ts';
import { experiments } from '../src/studio/experiments.ts';
import {
  apart,
  distances,
  fisher,
  lastLevels,
  learnedErrors,
  modeWeightsOfChains,
  threeWays,
  type Compared,
} from '../test/studio/figures.ts';
import { bitsOfKinds, heels } from '../test/studio/figures-of-models.ts';

const seed = 1;
const chains = 1280;
const trainings = [1, 2, 3, 4, 5, 6];
const others = [11, 12, 13, 14, 15, 16];

function table(all: readonly Compared[], reference = 'figure'): string {
  return [
    `| number | ${reference} | page | standard errors apart |`,
    '| ------ | -----: | ---: | --------------------: |',
    ...all.map((one) => {
      const z = apart(one);
      return `| ${one.name} | ${estimateText(one.figure)} | ${estimateText(one.page)} | ${Number.isFinite(z) ? z.toFixed(1) : '0.0'} |`;
    }),
  ].join('\n');
}

const backend = nodeBackend({ threads: 1 });
const walk = await threeWays(seed, 1000);
const numbers: Readonly<Record<string, string>> = {
  'two-gaussians': table(await fisher(seed)),
  'no-data': `${table(await learnedErrors(backend, trainings))}\n\nMeans over ${trainings.length} trainings of the page, which differ by what the error says; the figure is one training, with an average over twice as many steps.`,
  annealing: table([...(await modeWeightsOfChains(seed, chains)), ...(await lastLevels(seed, chains))]),
  'sampler-race': `${table([...(await distances(seed)), ...walk.compared])}\n\nThe flow returns to within ${walk.roundTrip.toPrecision(2)} of where it began, and paths of the reverse SDE are ${walk.longer.toFixed(0)} times as long. Kolmogorov and Smirnov's test of the laws at both ends of each way and between them: the least of ${walk.pValues.length} p-values is ${Math.min(...walk.pValues).toPrecision(2)}.`,
};

const ofOthers = `the library is a mean over ${others.length} other seeds, and the page one, which varies as they do.`;
const withModels: Readonly<Record<string, string>> = {
  inpaint: `${table(await heels(backend, seed, others), 'library')}\n\nMeans over four samples; ${ofOthers} A sample that is right has a residual of 1.`,
  'clothes-or-digits': `${table(await bitsOfKinds(backend, seed, others), 'library')}\n\nMeans over four pictures, at the tolerance of the place; ${ofOthers} The seeds are of probes and of the noise within gray levels; the pictures are the same.`,
};

const parts = experiments.map(({ name, title, claim, source, places }) =>
  [
    `## ${title}`,
    claim,
    places.map(({ name: place, see }) => `- **${place}**: ${see}`).join('\n'),
    `_${source}._`,
    ...[numbers[name] ?? withModels[name]].filter((text) => text !== undefined),
  ].join('\n\n'),
);
const page = [
  '# Experiments in the studio',
  'The tab Experiments of [the studio](studio.md) opens each of these, and says there what to look for. Where an experiment is a figure of the [gallery](gallery.md) or of [the samplers](samplers.md), its numbers stand beside those that the code of the page computes at other seeds, in the units of the figure.',
  ...parts,
  'To repeat this page: `npx tsx scripts/make-experiments.ts`.',
].join('\n\n');
writeFileSync(resolve(import.meta.dirname, '../docs/experiments.md'), `${page}\n`);
process.exit(0);
