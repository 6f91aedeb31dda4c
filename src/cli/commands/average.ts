/** @file `scorefield average`: the average of the parameters that a run is sampled with, chosen after its training. */
import { argument, command, optionWithDefault } from '../shell/command.ts';
import { jsonOption } from '../shell/options.ts';
import { positive } from '../shell/parsers.ts';
import { shellWord } from '../../base/words.ts';
import { plural, terminal } from '../shell/terminal.ts';

export const average = command({
  name: 'average',
  summary: 'choose the average of the parameters of a run',
  description:
    'Write the average of the parameters of RUN with a power-law profile of a width, from those that it has stored on its way\n' +
    '(train with --set train.averages=[0.05,0.1]). RUN is sampled, evaluated and packed with it until its training goes on.',
  arguments: { model: argument('<RUN>', 'folder of a run') },
  options: {
    ema: optionWithDefault(
      '--ema <S>',
      'standard deviation of the profile as a part of the steps of the training, above 0 and below 0.2887',
      { parse: positive, value: 0.1 },
    ),
    ...jsonOption,
  },
  run: async ({ model: run }, { ema, json }) => {
    const { averageRun } = await import('../work.ts');
    const out = terminal({ json });
    const found = averageRun(run, { ema });
    out.line(
      `average of width ${ema} after ${plural(found.step, 'step')}, of ${found.stored} stored ones; ` +
        `its profile misses ${(100 * found.residual).toPrecision(2)} % of that which was asked for`,
    );
    out.line(`make a model of it with: scorefield pack ${shellWord(run)}`);
    out.result({ run, ...found });
  },
});
