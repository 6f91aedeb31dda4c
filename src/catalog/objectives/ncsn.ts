/** @file The objective of NCSN as a named one. */
import { denoising } from '../../score/objectives/denoising.ts';
import type { Sde } from '../../sde/sde.ts';
import { optional } from '../option.ts';
import { among, geometric, objective, type Visited } from './objective.ts';
import { reduction, twoOrMore } from './options.ts';

/** Levels where neither the loss nor the SDE has any: a ratio of 1.1 or so between neighbors. */
const defaultLevels = 100;

const annealing = ({ levels }: { readonly levels?: number }, sde: Sde): Visited =>
  levels === undefined && sde.levels !== undefined
    ? { grid: 'auto', steps: sde.levels.length - 1 }
    : geometric(levels ?? defaultLevels);

export const ncsnObjective = objective({
  name: 'ncsn',
  description: 'denoising score matching at L noise levels',
  citation: 'Song and Ermon 2019, eq. 6',
  task: 'score',
  options: {
    levels: optional(twoOrMore, `noise levels (default: those of a discrete SDE, or ${defaultLevels})`),
    reduction,
  },
  build: (loss, { process, weighing }) =>
    denoising(process, { ...weighing, ...among(process, annealing(loss, process.sde)) }),
  visited: annealing,
  sampling: () => ({ sampler: 'annealed-langevin' }),
});
