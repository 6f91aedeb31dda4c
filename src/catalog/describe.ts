/** @file What there is, as help, listings, docs, forms and completion need it: names, descriptions and options. */
import type * as v from 'valibot';
import { builtIn, type Catalog } from './catalog.ts';
import type { Named } from './named.ts';
import { optionText } from './option-text.ts';
import { optionsOf, type OptionInfo } from './option.ts';

/** A named thing with its options. */
export interface Described {
  readonly name: string;
  readonly description: string;
  readonly citation?: string;
  readonly options: readonly OptionInfo[];
}

/** Everything that has a name, by the list of the catalog that it is in. */
export function describe(catalog: Catalog = builtIn): Readonly<Record<keyof Catalog, readonly Described[]>> {
  const lists = Object.entries(catalog).map(([list, records]: [string, readonly Named[]]) => [
    list,
    records.map(described),
  ]);
  return Object.fromEntries(lists) as Record<keyof Catalog, readonly Described[]>;
}

function described(record: Named & { readonly options?: v.ObjectEntries }): Described {
  const { name, description, citation, options = {} } = record;
  return { name, description, ...(citation === undefined ? {} : { citation }), options: optionsOf(options) };
}

/** The tables of a page on everything that has a name, as Markdown. */
export function catalogTables(catalog: Catalog = builtIn): string {
  return Object.entries(describe(catalog))
    .flatMap(([list, things]) => [`## ${titles[list as keyof Catalog]}`, ...things.map(describedText)])
    .join('\n\n');
}

/** What a thing is, and its options, as Markdown. */
export function describedText({ name, description, citation, options = [] }: Partial<Described> & Named): string {
  const source = citation === undefined ? '' : ` (${citation})`;
  const lines = options.map((option) => `  - \`${option.name}\`: ${optionText(option)}`);
  return [`- **${name}**: ${description}${source}`, ...lines].join('\n');
}

const titles: Readonly<Record<keyof Catalog, string>> = {
  tasks: 'Tasks',
  dataKinds: 'Kinds of data',
  conditions: 'Conditions',
  dataSets: 'Data sets',
  networks: 'Networks',
  processes: 'Noise processes',
  parametrizations: 'Parametrizations',
  objectives: 'Objectives',
  weightings: 'Weights over time',
  times: 'Distributions of the training times',
  couplings: 'Couplings of data and noise',
  bridges: 'Ways to a bridge',
  grids: 'Time grids',
  samplers: 'Samplers',
  guidances: 'Guidances',
  starts: 'Starts of sampling',
  posteriorSamplers: 'Posterior samplers',
  restorations: 'Restoration tasks',
};
