/** @file The time grids that have a name. */
import {
  arctanGrid,
  cosineGrid,
  karrasGrid,
  logSnrGrid,
  quadraticGrid,
  suitedGrid,
  uniformGrid,
  type TimeGrid,
} from '../sde/time/time-grid.ts';
import { betaGrid, diffwaveBetas, wavegradBetas } from '../sde/time/beta-grid.ts';
import { namesOf, type Named } from './named.ts';

/** A named time grid. */
export interface GridRecord<Name extends string = string> extends Named<Name> {
  readonly grid: TimeGrid;
  /** The same for data of a standard deviation, of a grid that depends on it. */
  readonly ofData?: (sigmaData: number) => TimeGrid;
}

const record = <const Name extends string>(grid: GridRecord<Name>): GridRecord<Name> => grid;

/** Every named time grid. */
export const grids = [
  record({ name: 'auto', description: 'the grid that suits the SDE', grid: suitedGrid }),
  record({ name: 'uniform', description: 'even steps of t', grid: uniformGrid }),
  record({ name: 'quadratic', description: 'even steps of the square root of t', grid: quadraticGrid }),
  record({
    name: 'karras',
    description: 'even steps of (sigma / alpha)^(1/7), the noise levels of EDM',
    citation: 'Karras et al. 2022, eq. 5',
    grid: karrasGrid(),
  }),
  record({
    name: 'log-snr',
    description: 'even steps of the log signal-to-noise ratio, geometric noise levels',
    citation: 'Lu et al. 2022, DPM-Solver, section 3.3',
    grid: logSnrGrid,
  }),
  record({
    name: 'cosine',
    description: 'even steps of the angle arctan(sigma / alpha), the cosine schedule',
    citation: 'Nichol and Dhariwal 2021, eq. 17',
    grid: cosineGrid,
  }),
  record({
    name: 'arctan',
    description: 'even steps of the angle arctan(sigma / (alpha c)), c the standard deviation of the data',
    citation: 'Sabour et al. 2024, theorem 3.1',
    grid: arctanGrid(),
    ofData: (sigmaData) => arctanGrid({ sigmaData }),
  }),
  record({
    name: 'diffwave',
    description: 'the noise levels of the six betas of fast sampling of DiffWave, for sounds',
    citation: 'Kong et al. 2021, appendix B',
    grid: betaGrid(diffwaveBetas),
  }),
  record({
    name: 'wavegrad',
    description: 'the noise levels of six betas that a search for WaveGrad found, for waves of spectrograms',
    citation: 'Chen et al. 2021, section 4.3',
    grid: betaGrid(wavegradBetas),
  }),
] as const;

/** A time grid that has a name. */
export type GridName = (typeof grids)[number]['name'];

/** How a time grid is asked for: its name, or the noise levels sigma / alpha that it visits. */
export type GridChoice = string | readonly number[];

/** Names of the time grids. */
export const gridNames: readonly GridName[] = namesOf(grids);
