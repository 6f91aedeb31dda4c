/** @file `scorefield samplers`: the samplers that have a name. */
import { samplerList } from '../catalog/samplers.ts';
import { table, terminal } from './shell/terminal.ts';

/** Lists the samplers. */
export function samplersCommand(flags: { readonly json?: boolean }): void {
  const out = terminal(flags);
  out.result({ samplers: samplerList });
  if (flags.json) return;
  const rows = samplerList.map(({ name, description, citation, evaluationsPerStep, defaultSteps, stochastic }) => {
    const effort =
      evaluationsPerStep === undefined
        ? 'steps by tolerance'
        : `${evaluationsPerStep} x ${defaultSteps ?? ''} evaluations`;
    return [name, `${effort.padEnd(23)}  ${stochastic ? 'noise' : '     '}  ${description} (${citation})`] as const;
  });
  out.line(table(Object.fromEntries(rows)));
}
