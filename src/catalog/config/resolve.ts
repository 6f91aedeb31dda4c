/** @file From what a user gave to the configuration of a run; `config-text.ts` reads it where it is text. */
import { ConfigError } from '../../base/errors.ts';
import { builtIn, type Catalog } from '../catalog.ts';
import { defaults, type DataKind } from './defaults.ts';
import { isPlain, merge, part } from './merge.ts';
import type { Plain } from '../option.ts';
import { parseConfig, type RunConfig } from './schema.ts';

/**
 * The configuration of a new run on data of a kind: what was asked for over the defaults that suit it. A `kind` that is
 * asked for brings the defaults of that kind along.
 * @throws ConfigError listing every problem with its path.
 */
export function resolveConfig(set: DataKind, asked: Plain, catalog: Catalog = builtIn): RunConfig {
  return parseConfig(merge(defaults(set, asked, catalog), asked), catalog);
}

/**
 * Checks what was asked for before the data are opened, which may take a download.
 * @throws ConfigError listing every problem that is one whatever the data are.
 */
export function checkAsked(asked: Plain, catalog: Catalog = builtIn): void {
  let always: ConfigError['issues'] | undefined;
  for (const { name } of catalog.dataKinds) {
    const { issues } = resolved(() => resolveConfig({ kind: name }, asked, catalog));
    always = always === undefined ? issues : inBoth(always, issues);
    // Nothing is wrong of this kind, so that nothing always is.
    if (always.length === 0) return;
  }
  if (always !== undefined) throw new ConfigError(always);
}

/** Problems that are in both lists, with as much of their messages as both have. */
function inBoth(left: ConfigError['issues'], right: ConfigError['issues']): ConfigError['issues'] {
  return left.flatMap((issue) => {
    const same = right.find(
      ({ path, message }) => path === issue.path && firstClause({ message }) === firstClause(issue),
    );
    if (same === undefined) return [];
    return [same.message === issue.message ? issue : { path: issue.path, message: firstClause(issue) }];
  });
}

/** What is wrong; what stands after the semicolon may depend on the kind of data, as the known keys do. */
function firstClause({ message }: { readonly message: string }): string {
  return message.split('; ')[0] ?? message;
}

function resolved(resolve: () => RunConfig): { readonly config?: RunConfig; readonly issues: ConfigError['issues'] } {
  try {
    return { config: resolve(), issues: [] };
  } catch (error) {
    if (error instanceof ConfigError) return { issues: error.issues };
    throw error;
  }
}

/** Keys of `train` that may change when a run goes on; everything else is what the run is. */
export const limitKeys: readonly string[] = ['steps', 'minutes', 'checkpointEvery', 'keep', 'logEvery', 'sampleEvery'];

/**
 * The configuration with which a run goes on.
 * @param options.untrained - the run has saved nothing yet, so that all but its data and its kinds may change
 * @throws ConfigError listing every asked-for value that contradicts the run or is none.
 */
export function resumeConfig(
  stored: RunConfig,
  asked: Plain,
  { untrained = false, catalog = builtIn }: { readonly untrained?: boolean; readonly catalog?: Catalog } = {},
): RunConfig {
  const limits = ['steps', 'minutes'];
  const newLimit = limits.some((name) => part(asked, 'train')[name] !== undefined);
  // A new limit takes the place of both: a run of 100 steps that goes on for a minute does not end at step 100.
  const kept = Object.entries(stored.train).filter(([name]) => !(newLimit && limits.includes(name)));
  const run: Plain = { ...stored, train: Object.fromEntries(kept) };
  const changes = Object.fromEntries(limitKeys.map((name) => [name, part(asked, 'train')[name]]));
  // The values of the run win, so that options of another kind are not unknown besides contradicting it.
  const { config, issues } = resolved(() =>
    parseConfig(untrained ? merge(run, asked) : merge(asked, run, { train: changes }), catalog),
  );
  const reported = [...limitKeys.map((name) => `train.${name}`), ...issues.map(({ path }) => path)];
  const contradictions = differences(run, merge(asked)).filter(
    ({ path }) =>
      !reported.includes(path) && !isUnsaid(stored, asked, path) && (!untrained || /^task$|^data\.|\.kind$/.test(path)),
  );
  if (config === undefined || contradictions.length > 0) throw new ConfigError([...contradictions, ...issues]);
  return config;
}

/** Whether a setting says what a run of an older version left unsaid, and contradicts nothing: its fingerprint says whether the data are read as they were. */
function isUnsaid(stored: RunConfig, asked: Plain, path: string): boolean {
  if (path === 'scale') return stored.scale === undefined && asked['scale'] === 'common';
  return path === 'data.layout' && stored.data.layout === undefined;
}

function differences(stored: Plain, asked: Plain, prefix = ''): { path: string; message: string }[] {
  return Object.entries(asked).flatMap(([name, after]) => {
    const before = stored[name];
    if (isPlain(before) && isPlain(after)) return differences(before, after, `${prefix}${name}.`);
    if (JSON.stringify(before) === JSON.stringify(after)) return [];
    const shown = before === undefined ? 'nothing' : JSON.stringify(before);
    return [
      {
        path: prefix + name,
        message: `this run has ${shown}, got ${JSON.stringify(after)}; start a new run to change it`,
      },
    ];
  });
}
