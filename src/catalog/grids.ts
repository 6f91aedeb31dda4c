/** @file The time grids that have a name. */
import {
  cosineGrid,
  karrasGrid,
  logSnrGrid,
  quadraticGrid,
  suitedGrid,
  uniformGrid,
  type TimeGrid,
} from '../sde/time/time-grid.ts';
import { namesOf, type Named } from './named.ts';

/** A named time grid. */
export interface GridRecord<Name extends string = string> extends Named<Name> {
  readonly grid: TimeGrid;
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
] as const;

/** A time grid that has a name. */
export type GridName = (typeof grids)[number]['name'];

/** Names of the time grids. */
export const gridNames: readonly GridName[] = namesOf(grids);
