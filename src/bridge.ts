/** @file Bridges between two laws of data: what `scorefield/bridge` exports. */
export {
  entropicCoupling,
  gaussianBridge,
  type GaussianBridge,
  type GaussianBridgeOptions,
  type GaussianEnd,
} from './bridge/gaussian-bridge.ts';
export { fittingSequence, matchingSequence, type Ends, type Fitted } from './bridge/gaussian-fitting.ts';
export {
  drawEnds,
  fitLight,
  lightDrift,
  meanEnds,
  type LightFitOptions,
  type LightFitStep,
  type LightPotential,
} from './bridge/light-bridge.ts';
export {
  followDrift,
  pathTimes,
  pinned,
  pinnedPaths,
  type Drift,
  type PathOptions,
  type PathStep,
} from './bridge/paths.ts';
export { pointBridge, type PointBridge, type PointBridgeOptions } from './bridge/point-bridge.ts';
export {
  halfSquaredDistances,
  sinkhornPlan,
  sinkhornPotentials,
  type Potentials,
  type SinkhornProblem,
} from './bridge/sinkhorn.ts';
