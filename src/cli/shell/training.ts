/** @file What is printed of the training of a run. */
import { noiseOf } from '../../catalog/config/loss.ts';
import { kindOf, sampleShape } from '../../data/dataset.ts';
import type { Running } from '../../model/running.ts';
import type { TrainOutcome, TrainRunControl, TrainRunStart, TrainRunStep } from '../../node/training/loop.ts';
import type { LevelStanding } from '../../train/level-errors.ts';
import { watchInterrupt, type Interrupt } from './interrupt.ts';
import { watched } from './progress.ts';
import { duration, plural, short, type Terminal } from './terminal.ts';

/** Trains a run in front of a user: Ctrl-C saves and ends, SIGUSR1 saves and goes on. */
export async function showTraining<P extends TrainRunStep, R extends TrainOutcome>(
  out: Terminal,
  begin: (control: TrainRunControl) => Running<P, R>,
): Promise<R> {
  let interrupt: Interrupt | undefined;
  let unit = 'samples';
  const computation = begin({
    onStart: (start) => {
      if (!start.follower) printStart(start, out);
      const { name } = kindOf(start.set);
      unit = name.endsWith('s') ? name : unit;
      interrupt ??= watchInterrupt(out);
    },
    onNote: (note) => out.line(note),
    onLevels: (levels) => out.line(levelsLine(levels)),
    stopRequested: () => interrupt?.requested() ?? false,
    saveRequested: () => interrupt?.saveRequested() ?? false,
  });
  try {
    const outcome = await watched(
      computation,
      ({ step, smoothedLoss, samplesPerSecond, ...rest }) =>
        `${roundOf(rest)}step ${step.toLocaleString('en')}  loss ${short(smoothedLoss)}  ${Math.round(samplesPerSecond).toLocaleString('en')} ${unit}/s`,
      out,
    );
    if (!outcome.follower) printOutcome(outcome, out);
    return outcome;
  } finally {
    interrupt?.stop();
  }
}

function printStart({ run, config, set, parameters, step, over }: TrainRunStart, out: Terminal): void {
  const shape = sampleShape(set).join(', ');
  out.line(
    `${set.name}: ${plural(set.count, 'sample')} [${shape}]; ${config.net.kind} with ${parameters.toLocaleString('en')} parameters; ${noiseOf(config).join(' ')}`,
  );
  const { init } = config.train;
  const first = init === undefined ? '' : `, which begins with the parameters of ${init}`;
  out.line(
    step === 0
      ? `new run in ${run.folder}${first}`
      : `going on with ${run.folder} after step ${step.toLocaleString('en')}`,
  );
  if (over) out.line('the run has come to its end before; give a larger --steps or --minutes to go on');
}

/** Levels of a line at most. */
const shownLevels = 8;

/** The error of predicted noise over that of the best linear score, by noise level: 1 is what a covariance knows. */
function levelsLine(levels: readonly LevelStanding[]): string {
  const every = Math.ceil(levels.length / shownLevels);
  const shown = levels.filter((_, i) => (levels.length - 1 - i) % every === 0);
  const parts = shown.map(({ noiseRatio, error, linear }) => `${two(noiseRatio)}: ${(error / linear).toFixed(2)}`);
  return `error over that of the best linear score, by sigma / alpha: ${parts.join('  ')}`;
}

function two(value: number): string {
  return String(Number(value.toPrecision(2)));
}

function printOutcome(
  {
    step,
    smoothedLoss,
    seconds,
    interrupted,
    cutShort,
    accuracy,
    heldOutLoss,
    settled,
    together,
    inStore,
  }: TrainOutcome,
  out: Terminal,
): void {
  const ended = cutShort ? 'the minutes were over before the first step was done' : 'done';
  const how = interrupted ? 'stopped and saved' : ended;
  out.line(`${how}: step ${step.toLocaleString('en')}, loss ${short(smoothedLoss)}, ${duration(seconds)} of training`);
  if (heldOutLoss !== undefined)
    out.line(
      `loss on data that are not trained on: ${short(heldOutLoss)}${settled ? ', which no longer falls, so that the run has ended' : ''}`,
    );
  if (inStore !== undefined)
    out.line(`${plural(inStore.rounds, 'round')}, the last one of ${plural(inStore.members, 'member')}`);
  if (together?.noiseScale !== undefined) out.line(noiseLine(together, together.noiseScale));
  if (accuracy === undefined) return;
  const shares = Object.entries(accuracy).map(
    ([name, share]) => `${(100 * share).toFixed(0)} % at ${name.slice('accuracy/'.length)}`,
  );
  out.line(`right by noise ratio sigma / alpha, on data of the training: ${shares.join(', ')}`);
}

/** How many members are of use: a batch far above the noise scale hardly makes a step better. */
function noiseLine({ members, batch }: NonNullable<TrainOutcome['together']>, scale: number): string {
  const own = batch / members;
  const useful = Math.max(1, Math.round(scale / own));
  return `gradient noise scale about ${two(scale)} samples: with ${short(own)} for each member, ${plural(useful, 'member')} ${useful === 1 ? 'is' : 'are'} of use, there were ${members}`;
}

/** Of a training in rounds, the round and the evaluations of its student. */
function roundOf(step: object): string {
  if ('round' in step && 'rounds' in step && 'direction' in step)
    return `round ${String(step.round)} of ${String(step.rounds)}, ${String(step.direction)}  `;
  if (!('round' in step && 'rounds' in step && 'nfe' in step)) return '';
  return `round ${String(step.round)} of ${String(step.rounds)}, ${String(step.nfe)} evaluations  `;
}
