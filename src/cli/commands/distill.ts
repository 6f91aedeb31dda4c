/** @file `scorefield distill`: a student of a trained model that draws samples in few evaluations, as a run. */
import { anyOf, shellCommand } from '../../base/words.ts';
import { defaultSeed } from '../../catalog/config/train-config.ts';
import { defaultFirst, defaultPairs, defaultRoundSteps, distillationMethods } from '../../model/distillation-plan.ts';
import type { PairProgress } from '../../model/teacher-pairs.ts';
import { argument, command, flag, option, repeated } from '../shell/command.ts';
import { interruptedExitCode } from '../shell/interrupt.ts';
import { engineOptions, jsonOption } from '../shell/options.ts';
import { batch, count, nameAmong, noise, path, positive, seed } from '../shell/parsers.ts';
import { terminal } from '../shell/terminal.ts';

export const distill = command({
  name: 'distill',
  summary: 'train a student of a model that draws samples in few evaluations',
  description:
    'Train a student of TEACHER, a run or a model of a score, whose samples take few evaluations of the network. The student is a run\n' +
    'that sample, evaluate, restore, pack and export take as any other. progressive halves the steps in rounds, from --first to --nfe;\n' +
    'consistency follows the flow of the teacher; easy-consistency goes on from its parameters without it. luhman and reflow draw pairs of\n' +
    'noise and samples of the teacher first: luhman learns them in one evaluation, reflow a straighter flow. Ctrl-C saves a\n' +
    'checkpoint and ends; --resume goes on, in the round that was reached.',
  arguments: { teacher: argument('<TEACHER>', 'run or model that the student learns from') },
  options: {
    out: option('--out <FOLDER>', 'folder of the student (default: runs/<name of the teacher>-student)', path),
    method: option(
      '--method <M>',
      `${anyOf(distillationMethods)} (default: progressive)`,
      nameAmong(distillationMethods),
    ),
    nfe: option(
      '--nfe <N>',
      'evaluations of a sample of the student; of progressive a power of two (default: 4, of consistency models 2, of luhman 1)',
      count,
    ),
    first: option(
      '--first <N>',
      `evaluations of the first student of progressive, a power of two (default: ${defaultFirst}; half of those of a teacher that is a student)`,
      count,
    ),
    pairs: option(
      '--pairs <N>',
      `pairs of noise and samples of the teacher that luhman and reflow learn from (default: ${defaultPairs.count})`,
      count,
    ),
    teacherNfe: option(
      '--teacher-nfe <N>',
      `evaluations of the teacher for a pair, by ddim, two a step where it is guided (default: ${defaultPairs.nfe})`,
      count,
    ),
    guidance: option(
      '--guidance <W>',
      'scale by which a teacher of classes or texts is guided to that of each sample, so that the student needs no guidance (default: 1)',
      noise,
    ),
    minutes: option('--minutes <M>', 'minutes of all rounds together (default: no limit)', positive),
    steps: option(
      '--steps <K>',
      `steps of all rounds together (default, without --minutes: ${defaultRoundSteps} a round)`,
      count,
    ),
    batch: option('--batch <B>', 'samples of a step (default: that of the teacher)', batch),
    seed: option('--seed <S>', `seed of everything random (default: ${defaultSeed})`, seed),
    resume: flag('--resume', 'go on with the distillation in --out, or begin it where there is none'),
    set: repeated(
      '--set <a.b=v>',
      'one key of the configuration of every round, such as train.learningRate=1e-4 or loss.levels=40; repeatable (default: none)',
    ),
    ...engineOptions,
    ...jsonOption,
  },
  run: async ({ teacher }, { set: settings = [], json, ...options }) => {
    const { parseSettings } = await import('../../catalog/config/config-text.ts');
    const { distillRun } = await import('../../node/distill-run.ts');
    const { openShown } = await import('../shell/opening.ts');
    const { progressLine, secondsFor } = await import('../shell/progress.ts');
    const { showTraining } = await import('../shell/training.ts');
    const out = terminal({ json });
    const started = performance.now();
    const onPairs = ({ drawn, count: all, fraction }: PairProgress): void => {
      const left = secondsFor(fraction, (performance.now() - started) / 1000);
      out.progress(progressLine(`pairs ${drawn.toLocaleString('en')} of ${all.toLocaleString('en')}`, fraction, left));
    };
    const outcome = await showTraining(out, (control) =>
      distillRun(teacher, { ...options, ...control, onPairs, settings: parseSettings(settings), open: openShown }),
    );
    const { run, interrupted } = outcome;
    out.line(
      interrupted
        ? `go on with: ${shellCommand('scorefield', 'distill', teacher, '--out', run, '--resume')}`
        : `draw samples with: ${shellCommand('scorefield', 'sample', run)}`,
    );
    out.result(outcome);
    if (interrupted) process.exitCode = interruptedExitCode;
  },
});
