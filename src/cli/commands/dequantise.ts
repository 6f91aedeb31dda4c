/** @file `scorefield dequantise`: trains the learned noise that makes bytes continuous for the likelihoods of a run. */
import { shellCommand } from '../../base/words.ts';
import type { DequantizerMoment } from '../../model/dequantizer-training.ts';
import { dequantizerDefaults as own } from '../../model/choices.ts';
import { argument, command, flag, option } from '../shell/command.ts';
import { watchInterrupt } from '../shell/interrupt.ts';
import { checkpointOption, engineOptions, jsonOption } from '../shell/options.ts';
import { batch, count, positive, seed, whole } from '../shell/parsers.ts';
import { progressLine, secondsFor } from '../shell/progress.ts';
import { duration, terminal } from '../shell/terminal.ts';

/** Steps over which losses are averaged; the average after as many steps is the first that is printed. */
const smoothing = 100;

export const dequantise = command({
  name: 'dequantise',
  summary: 'train the variational dequantization of a run of images',
  description:
    'Train a flow that makes bytes continuous, by the variational bound of RUN, whose network stays as it is. It is kept\n' +
    'in RUN for `scorefield likelihood --dequantisation variational`. Ctrl-C saves it and ends; --resume continues from it.',
  arguments: { model: argument('<RUN>', 'folder of a run') },
  options: {
    resume: flag('--resume', 'continue the training of the dequantizer of RUN, with its own settings'),
    steps: option('--steps <K>', `steps in all (default, without --minutes: ${own.steps})`, count),
    minutes: option('--minutes <M>', 'minutes of training (default: no limit)', positive),
    batch: option('--batch <B>', `images of a step (default: ${own.batch})`, batch),
    layers: option('--layers <L>', `coupling layers (default: ${own.layers})`, whole(2, 64)),
    width: option('--width <W>', `channels of each layer (default: ${own.width})`, whole(1, 4096)),
    learningRate: option('--learning-rate <R>', `step size of Adam (default: ${own.learningRate})`, positive),
    seed: option('--seed <S>', `seed of everything random (default: ${own.seed})`, seed),
    ...checkpointOption,
    ...engineOptions,
    ...jsonOption,
  },
  run: async ({ model: run }, { resume = false, json, checkpoint, threads, device, ...asked }) => {
    const {
      checkDequantizerTraining,
      dequantizerFile,
      openModel,
      openRunDataShown,
      readStoredDequantizer,
      trainDequantizer,
      writeDequantizer,
    } = await import('../work.ts');
    const out = terminal({ json });
    const model = await openModel(run, { threads, device, checkpoint });
    const file = dequantizerFile(model);
    checkDequantizerTraining(model.trained, asked);
    const from = resume ? readStoredDequantizer(model) : undefined;
    const how = { ...asked, from };
    checkDequantizerTraining(model.trained, how);
    const set = await openRunDataShown(model.trained, 'train');
    const { step } = model.info;
    const interrupt = watchInterrupt(out);
    const started = performance.now();
    const seconds = (): number => (performance.now() - started) / 1000;
    const startStep = from?.from.step ?? 0;
    let first = NaN;
    let last: DequantizerMoment | undefined;
    try {
      for await (const now of trainDequantizer(model, set, { threads, device, ...how })) {
        if (now.step === startStep + 1)
          out.line(`dequantizer with ${now.parameters.toLocaleString('en')} parameters for step ${step}`);
        if (now.step <= startStep + smoothing) first = now.smoothedLoss;
        const what = `step ${now.step}  at most ${now.smoothedLoss.toFixed(4)} bits/dim`;
        out.progress(progressLine(what, now.fraction, secondsFor(now.fraction, seconds())));
        if (now.fraction < 1 && !interrupt.requested()) continue;
        last = await now.moment();
        break;
      }
    } finally {
      out.done();
      interrupt.stop();
    }
    if (last === undefined) return;
    writeDequantizer(model, last);
    const { step: steps, smoothedLoss } = last.point;
    const early = `steps ${startStep + 1} to ${Math.min(steps, startStep + smoothing)}`;
    const final = `${smoothedLoss.toFixed(4)} at step ${steps}`;
    out.line(`bound ${first.toFixed(4)} bits/dim over ${early}, ${final}, ${duration(seconds())}: ${file}`);
    out.line(`use it with: ${shellCommand('scorefield', 'likelihood', run, '--dequantisation', 'variational')}`);
    out.result({
      ...{ run, step, file, steps, firstLoss: first, smoothedLoss },
      seconds: Number(seconds().toFixed(3)),
    });
  },
});
