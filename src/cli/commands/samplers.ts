/** @file `scorefield samplers`: the samplers that have a name. */
import { command } from '../shell/command.ts';
import { jsonOption } from '../shell/options.ts';
import { table, terminal } from '../shell/terminal.ts';

export const samplers = command({
  name: 'samplers',
  summary: 'list the samplers that have a name',
  description:
    'List the samplers: what each is, where it is from, evaluations of the network, and whether it adds noise.',
  arguments: {},
  options: jsonOption,
  run: async (_, { json }) => {
    const { energySamplerList, samplerList, studentSamplerList } = await import('../work.ts');
    const out = terminal({ json });
    const all = [...samplerList, ...energySamplerList, ...studentSamplerList];
    out.result({ samplers: all });
    if (json) return;
    const rows = all.map(({ name, description, citation, evaluationsPerStep, defaultSteps, stochastic }) => {
      const effort =
        evaluationsPerStep === undefined
          ? 'steps by tolerance'
          : `${evaluationsPerStep} x ${defaultSteps ?? ''} evaluations`;
      return [name, `${effort.padEnd(23)}  ${stochastic ? 'noise' : '     '}  ${description} (${citation})`] as const;
    });
    out.line(table(Object.fromEntries(rows)));
  },
});
