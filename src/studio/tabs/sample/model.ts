/** @file What the tab Sample computes: samplers from the same noise, ways between data and noise, or chains of Langevin steps. */
import { computed, effect, signal } from '@preact/signals';
import type { Estimate } from '../../../evaluate/estimate.ts';
import type { State } from '../../state/address.ts';
import { setting } from '../../state/data.ts';
import { noteFault, state } from '../../state/state.ts';
import { backwards, ready } from '../../view/clock.ts';
import type { ChainKind, ChainsFrame, ChainsResult } from '../../work/chains.ts';
import type { SamplesAsk } from '../../work/exact-samples.ts';
import { latest } from '../../work/connect.ts';
import type { RaceFrame, RaceResult, Runner } from '../../work/race.ts';
import type { WayFrame, WayResult, Way } from '../../work/ways.ts';
import { engine, exact } from '../../work/workers.ts';
import { networkStep, tempo } from '../learn-model.ts';
import { entries, type EntryAsk } from './entries.ts';

/** The samplers that there are. */
export const runners = signal<readonly Runner[]>([]);
/** The distance of exact samples from exact samples. */
export const floor = signal<Estimate | undefined>(undefined);

export const races = entries<RaceFrame, RaceResult>();
export const ways = entries<WayFrame, WayResult>();
export const chains = entries<ChainsFrame, ChainsResult>();

/** Whose score a entry asks. */
export type ScoreName = 'exact' | 'learned';

/** The scores of a state, in the order of the panes. */
export function scoresOf({ score }: Pick<State, 'score'>): readonly ScoreName[] {
  return score === 'both' ? ['exact', 'learned'] : [score];
}

/** The ways, and whether each asks a score. */
export const wayNames: readonly { readonly way: Way; readonly title: string; readonly asks: boolean }[] = [
  { way: 'forward-sde', title: 'forward SDE', asks: false },
  { way: 'reverse-sde', title: 'reverse SDE', asks: true },
  { way: 'forward-ode', title: 'flow, to the noise', asks: true },
  { way: 'reverse-ode', title: 'flow, to the data', asks: true },
];

export const chainNames: readonly { readonly kind: ChainKind; readonly title: string }[] = [
  { kind: 'independent', title: 'independent draws' },
  { kind: 'langevin', title: 'Langevin' },
  { kind: 'annealed', title: 'annealed Langevin' },
];

/** What there is to run of a state. */
export const entriesOf = { samplers: races, ways, chains } as const;

/** A learned score is that of the network as it rests; one that is being trained is not asked. */
const problemOf = (score: ScoreName): string | undefined => {
  if (score === 'exact') return undefined;
  if (networkStep.value === undefined) return 'No network of these data yet.';
  return tempo.value === 'waiting' ? undefined : 'The network is still learning.';
};

/** Samplers of a state by panes. */
const raceAsks = computed((): readonly EntryAsk<RaceFrame, RaceResult>[] => {
  const { by, nfe, seed, n } = asked.value;
  const scores = scoresOf(asked.value);
  return by.flatMap((sampler) =>
    scores.map((score) => {
      const ask = { ...setting.value, sampler, nfe, seed, n };
      return {
        ...entryOf(`${sampler} ${score}`, score, ask),
        begin: (use) => (score === 'exact' ? exact.start('race', ask, use) : engine.start('race', ask, use)),
      };
    }),
  );
});

const wayAsks = computed((): readonly EntryAsk<WayFrame, WayResult>[] => {
  const { seed, n } = asked.value;
  return wayNames.flatMap(({ way, asks }) =>
    (asks ? scoresOf(asked.value) : (['exact'] as const)).map((score) => {
      const ask = { ...setting.value, way, seed, n };
      return {
        ...entryOf(`${way} ${score}`, score, ask),
        begin: (use) => (score === 'exact' ? exact.start('ways', ask, use) : engine.start('ways', ask, use)),
      };
    }),
  );
});

/** The step size of chains relative to the square of the noise level: kept, it is that of a last level of a hundredth of the first. */
export function stepOf({ alpha, pace, first, last }: Pick<State, 'alpha' | 'pace' | 'first' | 'last'>): number {
  return pace === 'kept' ? alpha * (first / 100 / last) ** 2 : alpha;
}

const chainAsks = computed((): readonly EntryAsk<ChainsFrame, ChainsResult>[] => {
  const { seed, n, first, last, alpha } = asked.value;
  return chainNames.map(({ kind }) => {
    const { law } = setting.value;
    const levels =
      kind === 'annealed' ? { first, last, step: stepOf(asked.value) } : { first: 0, last: 0, step: alpha };
    const ask = { law, kind, seed, n, ...levels };
    return { ...entryOf(kind, 'exact', ask), begin: (use) => exact.start('chains', ask, use) };
  });
});

function entryOf(id: string, score: ScoreName, ask: object): Omit<EntryAsk<never, never>, 'begin'> {
  const problem = problemOf(score);
  const step = score === 'learned' && problem === undefined ? networkStep.value : undefined;
  return { id, key: JSON.stringify([score, step, ask]), problem };
}

const askedText = computed(() => {
  const { race, by, nfe, seed, n, score, first, last, alpha, pace } = state.value;
  return JSON.stringify({ race, by, nfe, seed, n, score, first, last, alpha, pace });
});
/** What entries depend on; the same object until one of its values changes. */
const asked = computed(() => JSON.parse(askedText.value) as Pick<State, 'race' | 'by' | 'nfe' | 'seed' | 'n' | 'score' | 'first' | 'last' | 'alpha' | 'pace'>); // prettier-ignore

const askFloor = latest((ask: SamplesAsk) => exact.start('exactDistance', ask).result, {
  use: (found) => (floor.value = found),
  failed: noteFault,
});

/** Whether something runs. */
export const busy = computed(() => races.busy.value || ways.busy.value || chains.busy.value);

/** Runs what the state asks for. */
export function runAll(): void {
  const { race } = asked.value;
  for (const [name, own] of Object.entries(entriesOf)) if (name !== race) own.stop();
  if (race === 'samplers') void races.run(raceAsks.value);
  else if (race === 'ways') void ways.run(wayAsks.value);
  else void chains.run(chainAsks.value);
}

/** Ends what runs. */
export function stopAll(): void {
  for (const own of Object.values(entriesOf)) own.stop();
}

/** Computes what is seen for as long as the tab is. */
export function followSampling(): () => void {
  ready.value = 1;
  exact.start('runners', null).result.then((found) => (runners.value = found), noteFault);
  const stops = [
    effect(runAll),
    effect(() => {
      const { seed, n } = asked.value;
      askFloor({ law: setting.value.law, seed, n });
    }),
  ];
  return () => {
    backwards.value = false;
    for (const stop of stops) stop();
    stopAll();
  };
}
