/** @file What the address of the page says: the whole state of the studio but weights, which training repeats from the seed. */
import { choice, gaussians, level, number, points, several, text, whole, type ValuesOf } from './fields.ts';

/** The tabs. */
export const tabs = ['field', 'learn', 'sample', 'restore', 'likelihood', 'bridge', 'runs', 'experiments'] as const;
/** Sets of the library. */
export const setNames = ['eight-gaussians', 'two-moons', 'swiss-roll', 'checkerboard', 'spirals'] as const;
/** The data: Gaussians that can be dragged, sets of the library, points that were drawn or dropped. */
export const dataNames = ['gaussians', ...setNames, 'drawn'] as const;
/** The processes. */
const processNames = ['vp', 'sub-vp', 've', 'edm'] as const;
/** What runs side by side: samplers, ways between data and noise, chains of Langevin steps. */
export const raceNames = ['samplers', 'ways', 'chains'] as const;
/** What is measured of a picture; nothing, for pictures that are drawn from words or a class alone. */
export const taskNames = ['inpaint', 'colorize', 'superres', 'ct', 'deblur', 'nothing'] as const;
/** What can be left out of a picture. */
const layers = ['density', 'arrows', 'learned', 'particles', 'paths', 'sets'] as const;
/** Parts of the page that a link can leave out, for pages that embed it. */
const parts = [...layers, 'text', 'header'];

const samplerName = (name: string): boolean => /^[a-z][a-z0-9-]{1,40}$/.test(name);
const packed = /^[\w-]{0,1500}$/;

/** Every value with its short name in the address. */
export const fields = {
  tab: choice('field', tabs),
  data: choice('gaussians', dataNames),
  g: gaussians([
    { x: -1.1, y: -0.9, std: 0.3, weight: 0.2 },
    { x: 1.1, y: 0.9, std: 0.3, weight: 0.8 },
  ]),
  p: points(),
  sde: choice('vp', processNames),
  /** Whether the noise of the reverse process is drawn (SDE) or not (ODE). */
  flow: choice('sde', ['sde', 'ode']),
  seed: whole(1, [0, 2 ** 31 - 1]),
  /** Particles. */
  n: level(1000, [250, 500, 1000, 2000, 4000]),
  /** Where the clock stands, from 0 at the noise to 1 at the data. */
  t: number(0.8, [0, 1]),
  hide: several([], { known: (name) => parts.includes(name), most: parts.length }),
  width: level(64, [16, 32, 64, 128, 256]),
  rate: level(0.002, [0.0001, 0.0003, 0.001, 0.002, 0.005, 0.01]),
  levels: choice('many', ['many', 'one', 'none']),
  /** Points of a training and of a step, and steps after which it rests. */
  points: level(2000, [500, 2000, 10000]),
  batch: level(128, [64, 128, 256]),
  goal: level(1000, [500, 1000, 2000, 4000]),
  race: choice('samplers', raceNames),
  /** Whose score the samplers ask. */
  score: choice('exact', ['exact', 'learned', 'both']),
  /** Noise levels of chains, in units of the data. */
  first: number(1, [0.1, 20]),
  last: number(0.01, [0.001, 10]),
  /** Step size of chains over the square of the noise level; and whether it stays so, or is that of a hundredth of the first level for every last one. */
  alpha: level(0.1, [0.02, 0.1, 0.4, 1]),
  pace: choice('follows', ['follows', 'kept']),
  by: several(['euler-maruyama', 'pc', 'ddim', 'dpm-solver-2m'], { known: samplerName, most: 4 }),
  nfe: whole(20, [4, 200]),
  /** The experiment that is open. */
  exp: text('', /^[a-z][a-z-]{1,30}\.[1-9]$/, 'the name of an experiment'),
  /** The run that is seen, and the one beside it, by their numbers. */
  runs: several([], { known: (name) => /^\d{1,3}$/.test(name), most: 2 }),
  model: text('fashion-mnist', /^[a-z0-9][a-z0-9-]{0,40}$/, 'the name of a model'),
  /** A number of an emoji, the seed of a draw of the model, or a picture of one's own, which no address has room for. */
  picture: text('draw-1', /^(emoji|draw)-\d{1,6}$|^own$/, 'emoji-N, draw-N or own'),
  task: choice('inpaint', taskNames),
  /** Known pixels, as bits; a box is hidden where it is empty. */
  mask: text('', packed, 'a mask'),
  factor: level(4, [2, 4]),
  angles: level(12, [6, 12, 23]),
  noise: level(0.05, [0.01, 0.05, 0.1, 0.2]),
  /** Posterior samplers side by side; the one that suits the task where there is none. */
  methods: several([], { known: samplerName, most: 3 }),
  /** Evaluations of the network for each sample; the method's own number where it is 0. */
  evals: level(0, [0, 20, 50, 100, 200]),
  /** A class, or words. */
  given: text('', /^[\p{L}\p{N} ,.'/-]{0,80}$/u, 'a class or words of at most 80 letters'),
  guide: level(1, [1, 1.5, 2, 3, 5]),
  /** Whether densities are those of points of the plane or of pictures. */
  of: choice('plane', ['plane', 'pictures']),
  /** The height of the line along which densities of the plane are compared. */
  cut: number(0, [-3, 3]),
  /** A picture that was drawn, as colors of a palette. */
  paint: text('', packed, 'a drawn picture'),
  tolerance: level(0.01, [0.1, 0.01, 0.001]),
  /** Where a bridge from the data ends, the variance of its noise, its points and which of its drifts is seen. */
  to: choice('spirals', setNames),
  eps: level(0.1, [0, 0.01, 0.03, 0.1, 0.3, 1]),
  pairs: level(250, [100, 250, 500]),
  way: choice('forward', ['forward', 'backward']),
} as const;

/** The state of the page. */
export type State = ValuesOf<typeof fields>;

/** What an address says where it says nothing. */
export const initialState = Object.fromEntries(
  Object.entries(fields).map(([name, { initial }]) => [name, initial]),
) as unknown as State;

/** What was read of an address, and a note on each part that was not. */
export interface Read {
  readonly state: State;
  readonly notes: readonly string[];
}

/**
 * Reads the part of an address after #.
 * @returns the state, in which what is wrong or unknown keeps its initial value
 */
export function readAddress(hash: string): Read {
  const notes: string[] = [];
  const found: Record<string, unknown> = {};
  for (const [name, text] of new URLSearchParams(hash.replace(/^#/, '').slice(0, 4000))) {
    const field = Object.entries(fields).find(([own]) => own === name)?.[1];
    const value = field?.read(text);
    if (field === undefined) notes.push(`The address names '${name.slice(0, 20)}', which this page does not know.`);
    else if (value === undefined)
      notes.push(`${name}=${text.slice(0, 20)} in the address was ignored: expected ${field.expected}.`);
    else found[name] = value;
  }
  return { state: { ...initialState, ...found }, notes };
}

/** The part of the address after #; what is as it is initially is left out. */
export function writeAddress(state: State): string {
  const written = Object.entries(fields).flatMap(([name, field]) => {
    const write = field.write as (value: never) => string;
    const text = write(state[name as keyof State] as never);
    return text === write(field.initial as never) ? [] : [[name, text] as const];
  });
  // Commas and semicolons need no escape in this part, and are easier to read.
  return new URLSearchParams(written.map(([name, text]): [string, string] => [name, text]))
    .toString()
    .replaceAll('%2C', ',')
    .replaceAll('%3B', ';');
}
