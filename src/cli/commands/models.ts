/** @file `scorefield models`: the models that have a name. */
import { command } from '../shell/command.ts';
import { jsonOption } from '../shell/options.ts';
import { table, terminal } from '../shell/terminal.ts';

export const models = command({
  name: 'models',
  summary: 'list the models that have a name',
  description:
    'List the models that go by their name wherever RUN is expected: those that the package ships, or those of the folder\n' +
    'SCOREFIELD_MODELS, with what was measured of each.',
  arguments: {},
  options: { ...jsonOption },
  run: async (_, { json }) => {
    const { listModels, modelBox } = await import('../work.ts');
    const out = terminal({ json });
    const found = listModels();
    out.result({ folder: modelBox(), models: found });
    if (json === true) return;
    if (found.length === 0) out.line(`there are no models in ${modelBox()}`);
    for (const { name, facts } of found) out.line(`${name}\n${table(indented(facts))}`);
  },
});

function indented(facts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [`  ${name}`, value]));
}
