/** @file `scorefield models`: the models that are in the box. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { loadAnyRun } from '../config/checkpoint.ts';
import { modelBox, modelFileName, modelNames, readCard } from '../io/model-box.ts';
import { layout } from '../nn/network.ts';
import { duration, plural, table, terminal } from './terminal.ts';

/** Lists the models in the box with what is to be known of each. */
export function modelsCommand(flags: { readonly json?: boolean }): void {
  const out = terminal(flags);
  const models = modelNames().map((name) => modelInfo(name, join(modelBox(), name)).value);
  out.result({ folder: modelBox(), models });
  if (flags.json) return;
  if (models.length === 0) out.line(`there are no models in ${modelBox()}`);
  for (const { name, facts } of models) out.line(`${name}\n${table(indented(facts))}`);
}

function indented(facts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [`  ${name}`, value]));
}

/** What a model is, as JSON and in words. */
export function modelInfo(
  name: string,
  folder: string,
): {
  readonly value: { readonly name: string; readonly facts: Readonly<Record<string, string>> } & Readonly<
    Record<string, unknown>
  >;
} {
  const { config, data, net, model } = loadAnyRun(folder);
  const file = join(folder, modelFileName);
  const bytes = statSync(file).size;
  const parameters = layout(net).trained;
  const card = readCard(folder);
  const classifies = config.loss.kind === 'cross-entropy';
  const training = model?.training;
  const sampling = model?.sampling;
  const facts: Record<string, string | undefined> = {
    what: classifies ? 'a classifier' : 'draws samples',
    data: `${config.data.ref} [${data.shape.join(', ')}]`,
    classes: data.classes?.names.join(', '),
    network: `${net.kind}, ${parameters.toLocaleString('en')} parameters, ${(bytes / 1e6).toFixed(2)} MB`,
    SDE: config.sde.kind,
    trained: training && `${plural(training.step, 'step')}, ${duration(training.seconds)}: ${training.command}`,
    sampler: sampling && `${sampling.sampler}, ${sampling.nfe} evaluations`,
    ...headlines(card),
  };
  const known = Object.entries(facts).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return {
    value: {
      kind: 'model',
      name,
      folder,
      bytes,
      parameters,
      sampleShape: data.shape,
      classes: data.classes?.names ?? null,
      config,
      training,
      sampling: sampling ?? null,
      rounding: model?.rounding,
      card: card ?? null,
      facts: Object.fromEntries(known),
    },
  };
}

/** The lines of a card that a list shows. */
function headlines(card: unknown): Readonly<Record<string, string>> {
  if (typeof card !== 'object' || card === null || !('headlines' in card)) return {};
  const { headlines: lines } = card;
  if (typeof lines !== 'object' || lines === null) return {};
  return Object.fromEntries(
    Object.entries(lines).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}
