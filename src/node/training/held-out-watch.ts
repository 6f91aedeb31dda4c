/** @file The loss of a run on data that are not trained on, and the end of the run when it no longer falls. */
import type { Backend } from '../../backend/program.ts';
import { key } from '../../base/key.ts';
import { readMetrics } from '../../run/folder/metrics.ts';
import { hasSettled, heldOutLoss } from '../../train/held-out.ts';
import { averaged, type TrainPoint } from '../../train/train.ts';
import type { Prepared } from './prepared.ts';

/** What is known of that loss when a training ends. */
export interface HeldOutOutcome {
  /** Loss on the data that are not trained on, at the last checkpoint; undefined where there are none. */
  readonly heldOutLoss?: number;
  /** It has not fallen for `train.patience` checkpoints, so that the run has ended. */
  readonly settled?: true;
}

/** Watches the loss on data that are not trained on. */
export interface HeldOutWatch {
  /** Measures the loss with the average of the parameters, as a line of metrics says it. */
  measure(point: TrainPoint): Promise<{ readonly heldOutLoss: number }>;
  /** Whether it has not fallen for so many checkpoints that the run ends. */
  settled(): boolean;
  outcome(): HeldOutOutcome;
  dispose(): Promise<void>;
}

/** The watch of a run, with what its metrics say of the checkpoints so far; undefined where no data are kept out. */
export async function watchOf(prepared: Prepared, backend: Backend): Promise<HeldOutWatch | undefined> {
  const { run, heldOut, training, config, from } = prepared;
  if (heldOut === undefined) return undefined;
  const { batch, seed, patience = Infinity } = config.train;
  const measured = readMetrics(run)
    .filter(({ step, heldOutLoss: loss }) => step <= (from?.step ?? 0) && typeof loss === 'number')
    .map(({ heldOutLoss: loss }) => Number(loss));
  const loss = await heldOutLoss(backend, { ...training, set: heldOut, batch, key: key(seed) });
  const settled = (): boolean => hasSettled(measured, patience);
  return {
    measure: async ({ state, step }) => {
      const value = Number((await loss.of(averaged(state), step)).toPrecision(6));
      measured.push(value);
      return { heldOutLoss: value };
    },
    settled,
    outcome: () => {
      const last = measured.at(-1);
      if (last === undefined) return {};
      return { heldOutLoss: last, ...(settled() && { settled: true as const }) };
    },
    dispose: () => loss.dispose(),
  };
}
