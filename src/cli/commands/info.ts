/** @file `scorefield info`: what a run, a model or a data set is. */
import { checkOptions, type Rule } from '../../base/check.ts';
import type { DataChoice } from '../../node/data-config.ts';
import { argument, command, flag } from '../shell/command.ts';
import { dataOptions, jsonOption } from '../shell/options.ts';
import { duration, short, table, terminal } from '../shell/terminal.ts';

export const info = command({
  name: 'info',
  summary: 'describe a run, a model or a data set',
  description:
    'Describe a run or a bridge (its folder), a model (its name or folder) or a data set (its name or path).',
  arguments: { ref: argument('<RUN|DATA>', 'folder of a run, name of a model, or name or path of data') },
  options: {
    ofData: flag('--data', 'where a model and a data set share the name, describe the data set'),
    ...jsonOption,
    ...dataOptions,
  },
  run: async ({ ref }, { ofData, json, ...taken }) => {
    const { bridgeOf } = await import('../../run/folder/bridge.ts');
    const { isRun } = await import('../../run/folder/run-folder.ts');
    const out = terminal({ json });
    const given = Object.entries({ data: ofData, ...taken }).filter(([, value]) => value !== undefined);
    const found = isRun(ref)
      ? await ofRun(ref, given)
      : given.length === 0 && bridgeOf(ref) !== undefined
        ? await ofBridge(ref)
        : // Options of data say that a data set is meant where a model has its name.
          ((given.length === 0 ? await ofModel(ref) : undefined) ?? (await ofSet(ref, taken)));
    if (json) out.result(found.value);
    else out.line(table(found.rows));
  },
});

/** What is printed, as JSON and as a table. */
interface Info {
  readonly value: object;
  readonly rows: Readonly<Record<string, string | number | undefined>>;
}

async function ofRun(folder: string, dataFlags: readonly (readonly [string, unknown])[]): Promise<Info> {
  checkOptions(...dataFlags.map(([name]): Rule => [false, `--${name}`, `is of data, ${folder} is a run`]));
  const { layout } = await import('../../nn/network.ts');
  const { runFacts } = await import('../../node/run-facts.ts');
  const { classesText, textsText } = await import('../../run/data-summary.ts');
  const { codingOf } = await import('../../run/summarize.ts');
  const { noiseOf } = await import('../../catalog/config/loss.ts');
  const { run, checkpoints, best, step, seconds, smoothedLoss, latest } = runFacts(folder);
  const parameters = latest && layout(latest.net).trained;
  const marked = checkpoints.map((saved) => (saved === best ? `${saved} (best)` : saved)).join(', ');
  return {
    value: {
      ...{ kind: 'run', folder, config: run.config, env: run.env },
      ...{ checkpoints, best, seconds, smoothedLoss, parameters },
      sampleShape: latest?.data.shape,
      classes: latest?.data.classes?.names,
      texts: latest && codingOf(latest.data),
    },
    rows: {
      run: folder,
      data: latest && `${latest.config.data.ref} [${latest.data.shape.join(', ')}]`,
      classes: latest && classesText(latest.data),
      texts: latest && textsText(latest.data),
      network: latest && `${latest.config.net.kind}, ${(parameters ?? 0).toLocaleString('en')} parameters`,
      ...(latest && Object.fromEntries([noiseOf(latest.config)])),
      trained: `${step} steps, ${duration(seconds)}`,
      loss: smoothedLoss === undefined ? undefined : short(smoothedLoss),
      checkpoints: checkpoints.length === 0 ? 'none yet' : marked,
    },
  };
}

/** A bridge, by its folder or that of a direction that is no run. */
async function ofBridge(ref: string): Promise<Info> {
  const { existsSync } = await import('node:fs');
  const { bridgeOf, directionFolder, directions, readBridge } = await import('../../run/folder/bridge.ts');
  const { damageText } = await import('../../node/bridges/damage-facts.ts');
  const folder = bridgeOf(ref)?.bridge ?? ref;
  const facts = readBridge(folder);
  const found = directions.filter((direction) => existsSync(directionFolder(folder, direction)));
  const named = ({ data, class: of }: (typeof facts)['a']): string =>
    [data.ref, of ?? data.group ?? []].flat().join(', ');
  return {
    value: { kind: 'bridge', folder, ...facts, directions: found },
    rows: {
      bridge: folder,
      ...{
        from: named(facts.a),
        to: facts.b === undefined ? damageText(facts.damage) : named(facts.b),
        method: facts.method,
        noise: facts.epsilon,
      },
      directions: found.length === 0 ? 'none yet' : found.join(', '),
    },
  };
}

/** The model of that name or path, if there is one. */
async function ofModel(ref: string): Promise<Info | undefined> {
  const { existsSync } = await import('node:fs');
  const { locate, modelNameOf, modelNames } = await import('../../run/model-box.ts');
  const folder = modelNames().includes(ref) || existsSync(ref) ? locate(ref).folder : undefined;
  if (folder === undefined) return undefined;
  const { shellCommand } = await import('../../base/words.ts');
  const { dataSetNames } = await import('../../run/data-sets.ts');
  const { packedModelInfo } = await import('../../node/packed-models.ts');
  const name = modelNameOf(folder);
  const value = packedModelInfo(name, folder);
  const also = Object.hasOwn(dataSetNames, name) ? shellCommand('scorefield', 'info', name, '--data') : undefined;
  return { value, rows: { model: folder, ...value.facts, 'data of that name': also } };
}

async function ofSet(ref: string, taken: DataChoice): Promise<Info> {
  const { describe } = await import('../../data/describe.ts');
  const { dataConfig } = await import('../../node/data-config.ts');
  const { openShown } = await import('../shell/opening.ts');
  const { ref: source, ...options } = dataConfig(ref, taken);
  const summary = describe(await openShown(source, options));
  // Notes have been printed when the set was opened.
  const { columns, ...facts } = summary;
  const named = Object.fromEntries(Object.entries(columns ?? {}).map(([name, what]) => [`  ${name}`, what]));
  const ofColumns = columns && { range: undefined, mean: undefined, std: undefined, columns: '', ...named };
  const rows = Object.entries({ ...facts, notes: undefined, ...ofColumns }).map(
    ([name, value]) => [name, shown(value)] as const,
  );
  return { value: { source: ref, ...summary }, rows: Object.fromEntries(rows) };
}

function shown(value: unknown): string | number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) < 1e15 ? value.toLocaleString('en') : short(value);
  if (Array.isArray(value)) return value.map(shown).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
