/** @file `scorefield profile`: where the time of training and sampling goes. */
import { passNames } from '../../backend/passes.ts';
import { anyOf } from '../../base/words.ts';
import { netKinds } from '../../catalog/kinds.ts';
import { argument, command, flag, option, repeatedName } from '../shell/command.ts';
import { engineOptions, jsonOption } from '../shell/options.ts';
import { batch, count, million, oneOf } from '../shell/parsers.ts';
import { terminal } from '../shell/terminal.ts';

export const profile = command({
  name: 'profile',
  summary: 'measure where the time of training and sampling goes',
  description:
    'Measure where the time of a training step and of a score goes, by operator and by layer, for RUN or for NET, a network\n' +
    `with its default options: ${anyOf(netKinds)}. Times of derivatives are listed with their layer.`,
  arguments: { subject: argument('<RUN|NET>', 'folder of a run, or name of a network', () => netKinds) },
  options: {
    train: flag('--train', 'the training step alone (default: both)'),
    sample: flag('--sample', 'the score alone (default: both)'),
    size: option('--size <PX>', 'side of the images of NET in pixels (default: 28)', count),
    batch: option(
      '--batch <B>',
      `samples of a step (default: the run's, or that of its training: 32 for ddpmpp, 512 for mlp, else 64)`,
      batch,
    ),
    repeats: option('--repeats <N>', 'runs, whose median time is printed (default: 2 seconds of them)', million),
    without: repeatedName(
      '--without <PASS>',
      `a pass that is switched off, to see its effect: ${passNames.join(', ')}; repeatable (default: none)`,
      oneOf(passNames),
    ),
    ...engineOptions,
    ...jsonOption,
  },
  run: async ({ subject }, { json, ...options }) => {
    const { profile: begin } = await import('../../node/profile.ts');
    const { profileTables } = await import('../shell/profile-table.ts');
    const out = terminal({ json });
    const { threads, device, without = [] } = options;
    const profiling = begin(subject, options);
    for await (const { task } of profiling) out.progress(`${task}: compiling and running`);
    const { parameters, sampleShape, batch, tasks } = await profiling;
    out.done();
    const how = [device, `${threads} threads`, ...without.map((pass) => `without ${pass}`)].join(', ');
    const title = `${subject}: ${parameters.toLocaleString('en')} parameters, samples [${sampleShape.join(', ')}], batch ${batch}, ${how}`;
    if (!json) out.line([title, ...tasks.map(profileTables)].join('\n\n'));
    out.result({ subject, parameters, batch, threads, device, without, tasks });
  },
});
