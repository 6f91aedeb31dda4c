/** @file What the tab Sample computes: a race of samplers from the same noise. */
import { computed, effect, signal } from '@preact/signals';
import type { Estimate } from '../../evaluate/estimate.ts';
import type { State } from '../state/address.ts';
import { setting } from '../state/data.ts';
import { noteFault, state } from '../state/state.ts';
import { ready } from '../view/clock.ts';
import { latest } from '../work/connect.ts';
import type { RaceFrame, RaceResult, Runner } from '../work/race.ts';
import type { Setting } from '../work/setting.ts';
import { exact } from '../work/workers.ts';

/** Samples of each sampler. */
export const sampleCount = 1000;

/** One sampler in the race. */
export interface Entry {
  readonly name: string;
  readonly frames: readonly RaceFrame[];
  readonly result: RaceResult | undefined;
  /** Why it cannot run, such as too few evaluations for a step. */
  readonly problem?: string | undefined;
}

/** The samplers that there are. */
export const runners = signal<readonly Runner[]>([]);
/** Those that run, in the order of the address. */
export const entries = signal<readonly Entry[]>([]);
/** The distance of exact samples from exact samples. */
export const floor = signal<Estimate | undefined>(undefined);

type Ask = Pick<State, 'by' | 'nfe' | 'seed'> & { readonly own: Setting };

const askRace = latest(
  async ({ by, nfe, seed, own }: Ask) => {
    for (const [i, name] of by.entries()) {
      const frames: RaceFrame[] = [];
      const put = (entry: Entry): void => {
        entries.value = by.map((other, k) =>
          k === i ? entry : (entries.peek()[k] ?? { name: other, frames: [], result: undefined }),
        );
      };
      try {
        const ask = { ...own, sampler: name, nfe, seed, n: sampleCount };
        const result = await exact.start('race', ask, (frame) => frames.push(frame)).result;
        put({ name, frames, result });
      } catch (error) {
        put({ name, frames: [], result: undefined, problem: error instanceof Error ? error.message : String(error) });
      }
    }
    return by.length;
  },
  { use: (count) => (entries.value = entries.value.slice(0, count)), failed: noteFault },
);

const askFloor = latest(
  ({ own: { law }, seed }: Pick<Ask, 'own' | 'seed'>) =>
    exact.start('exactDistance', { law, seed, n: sampleCount }).result,
  { use: (found) => (floor.value = found), failed: noteFault },
);

/** Where the samples are after some evaluations. */
export function samplesAt({ frames }: Entry, evaluations: number): RaceFrame | undefined {
  return frames.findLast((frame) => frame.evaluations <= evaluations);
}

/** Computes what is seen for as long as the tab is. */
export function followRace(): () => void {
  ready.value = 1;
  exact.start('runners', null).result.then((found) => (runners.value = found), noteFault);
  const asked = computed(() => {
    const { by, nfe, seed } = state.value;
    return JSON.stringify({ by, nfe, seed });
  });
  const stops = [
    effect(() => {
      const ask = JSON.parse(asked.value) as Omit<Ask, 'own'>;
      askRace({ ...ask, own: setting.value });
    }),
    effect(() => {
      askFloor({ own: setting.value, seed: (JSON.parse(asked.value) as Ask).seed });
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
