/** @file The worker of everything that is known in closed form: it needs no engine, so that the page begins with it. */
import type { Estimate } from '../../evaluate/estimate.ts';
import type { FisherInformation } from '../../evaluate/fisher-information.ts';
import type { BridgeAsk, BridgeFound, DriftAsk } from './bridge.ts';
import type { ChainsAsk, ChainsFrame, ChainsResult } from './chains.ts';
import type { SamplesAsk } from './exact-samples.ts';
import type { WayFrame, WayResult, WaysAsk } from './ways.ts';
import type { Density, DensityAsk } from './density.ts';
import type { GifAsk } from './gif.ts';
import { exactField, type Field, type FieldAsk } from './field.ts';
import { levelFloor, type LevelError } from './levels.ts';
import { paths, type Frame, type PathsAsk } from './paths.ts';
import { serve } from './serve.ts';
import type { RaceAsk, RaceFrame, RaceResult, Runner } from './race.ts';
import { exactOf, type Setting } from './setting.ts';

/** Its jobs. */
export type ExactJobs = {
  readonly field: { ask: FieldAsk; step: never; result: Field; note: never };
  readonly paths: { ask: PathsAsk & Setting; step: Frame; result: null; note: never };
  readonly floor: { ask: Setting & { readonly seed: number }; step: never; result: readonly LevelError[]; note: never };
  readonly density: { ask: DensityAsk; step: never; result: Density; note: never };
  readonly runners: { ask: null; step: never; result: readonly Runner[]; note: never };
  readonly race: { ask: RaceAsk; step: RaceFrame; result: RaceResult; note: never };
  readonly exactDistance: { ask: SamplesAsk; step: never; result: Estimate; note: never };
  readonly information: {
    ask: SamplesAsk & Setting & { readonly place: number };
    step: never;
    result: FisherInformation;
    note: never;
  };
  readonly ways: { ask: WaysAsk; step: WayFrame; result: WayResult; note: never };
  readonly gif: { ask: GifAsk; step: never; result: Uint8Array<ArrayBuffer>; note: Uint8ClampedArray | null };
  readonly chains: { ask: ChainsAsk; step: ChainsFrame; result: ChainsResult; note: never };
  readonly bridge: { ask: BridgeAsk; step: never; result: BridgeFound; note: never };
  readonly drift: { ask: DriftAsk; step: never; result: Float32Array | undefined; note: never };
};

serve<ExactJobs>({
  field: async function* (ask) {
    return exactField(ask);
  },
  paths: (ask) => paths(exactOf(ask).score, ask),
  floor: (ask) => levelFloor(ask),
  density: async function* (ask) {
    return (await import('./density.ts')).exactDensity(ask);
  },
  // The catalog of samplers comes when it is first asked for.
  runners: async function* () {
    return (await import('./race.ts')).runners();
  },
  race: async function* (ask) {
    return yield* (await import('./race.ts')).race(exactOf(ask).score, ask);
  },
  exactDistance: async function* (ask) {
    return (await import('./exact-samples.ts')).exactDistance(ask);
  },
  gif: async function* (ask, inbox) {
    return yield* (await import('./gif.ts')).gif(ask, inbox);
  },
  information: async function* (ask) {
    return (await import('./exact-samples.ts')).informationAt(ask);
  },
  ways: async function* (ask) {
    return yield* (await import('./ways.ts')).ways(exactOf(ask).score, ask);
  },
  chains: async function* (ask) {
    return yield* (await import('./chains.ts')).chains(ask);
  },
  bridge: async function* (ask) {
    return (await import('./bridge.ts')).bridgeOf(ask);
  },
  drift: async function* (ask) {
    return (await import('./bridge.ts')).driftOf(ask);
  },
});
