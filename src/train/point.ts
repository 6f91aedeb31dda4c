/** @file A moment of training. */
import { foldIn, type Key } from '../base/key.ts';
import { initialize, type Network, type ParamVectors } from '../nn/network.ts';
import type { OptimizerOptions, TrainState } from '../score/train-step.ts';
import type { LevelErrors } from './level-errors.ts';

/** A moment of training: what a checkpoint stores and a resumed run begins with. */
export interface TrainPoint {
  /** Steps taken. */
  readonly step: number;
  readonly state: TrainState;
  /** Exponentially weighted mean of the losses so far, over about the last 100 steps; NaN before the first step. */
  readonly smoothedLoss: number;
  /** Errors of predicted noise by noise level, where the objective says them. */
  readonly levels?: LevelErrors | undefined;
  /** Batches that have been read, by all members of a training in rounds of local steps. Default as many as steps. */
  readonly batches?: number | undefined;
}

/** The parameters to sample with: the average, and what training leaves as it is. */
export function averaged({ ema, fixed }: TrainState): ParamVectors {
  return { trained: ema, fixed };
}

/** A state with as many profiles as the optimizer has: before the first step they are the parameters. */
export function withProfiles(state: TrainState, gammas: OptimizerOptions['profiles']): TrainState {
  if (gammas === undefined || gammas.length === 0 || state.profiles !== undefined) return state;
  return { ...state, profiles: gammas.map(() => state.params) };
}

/** A network before its first step: initial parameters, zero moments, the average equal to the parameters. */
export function startPoint(net: Network, key: Key): TrainPoint {
  const { trained, fixed } = initialize(net, foldIn(key, 'parameters'));
  const state = {
    params: trained,
    m: new Float32Array(trained.length),
    v: new Float32Array(trained.length),
    ema: trained,
    fixed,
  };
  return { step: 0, state, smoothedLoss: NaN };
}
