/** @file Samplers, the steps that they are made of, and adaptive solvers: what `scorefield/sample` export { uniform } from './base/random.ts';
exports. */
export type { OdeFunction, OdeOptions, OdeResult, OdeRounds, OdeSolver, OdeStatus } from './ode/adaptive.ts';
export { bosh3, bosh3Rounds } from './ode/bosh3.ts';
export { dopri5, dopri5Rounds } from './ode/dopri5.ts';
export { adamsBashforth, type AdamsBashforthOptions } from './sample/multistep/adams-bashforth.ts';
export { ancestral, type AncestralOptions } from './sample/steps/ancestral.ts';
export { annealedLangevin, type AnnealedLangevinOptions } from './sample/correctors/annealed-langevin.ts';
export { brownianTree, type BrownianPath } from './sample/adaptive/brownian-tree.ts';
export { evenStart, geometricLevels, langevinChains, type ChainOptions, type ChainState } from './sample/chains.ts';
export { consistentAnnealed, type ConsistentAnnealedOptions } from './sample/steps/consistent-annealed.ts';
export { ddim, type DdimOptions } from './sample/steps/ddim.ts';
export { dpmSolver2S } from './sample/steps/dpm-solver-2s.ts';
export { dpmSolver2M, dpmSolver3M, type DpmSolverOptions } from './sample/multistep/dpm-solver-multistep.ts';
export { eulerMaruyama } from './sample/steps/euler-maruyama.ts';
export { flowPaths, flowVelocity, type FlowPathsRequest } from './sample/adaptive/flow-paths.ts';
export { gottaGoFast, type GottaGoFastOptions } from './sample/adaptive/gotta-go-fast.ts';
export { hamiltonian, type HamiltonianOptions } from './sample/correctors/hamiltonian.ts';
export { heun, type HeunOptions } from './sample/steps/heun.ts';
export { langevin, type LangevinOptions } from './sample/correctors/langevin.ts';
export { langevinDynamics, type LangevinDynamicsOptions } from './sample/correctors/langevin-dynamics.ts';
export { lineIntegral } from './sample/correctors/line-integral.ts';
export { annealedCorrections, type AnnealedCorrectionsOptions } from './sample/correctors/annealed-corrections.ts';
export { mala, type MalaOptions } from './sample/correctors/mala.ts';
export { noiseFirstLangevin, type NoiseFirstOptions } from './sample/correctors/noise-first.ts';
export type { SamplerStep, SamplerStepOf, ReverseVariance } from './sample/sampler-step.ts';
export {
  multistep,
  type MultistepMethod,
  type MultistepOf,
  type Past,
  type Visit,
} from './sample/multistep/multistep.ts';
export { predictorCorrector, type PredictorCorrectorOptions } from './sample/predictor-corrector.ts';
export { probabilityFlow, type ProbabilityFlowOptions } from './sample/adaptive/probability-flow.ts';
export { fewSteps, type FewStepOptions } from './sample/few-steps.ts';
export { reverseDiffusion } from './sample/steps/reverse-diffusion.ts';
export { detailVariance, halving, type Halving } from './sample/stages/halving.ts';
export { liftDivergence } from './sample/stages/lift-divergence.ts';
export { lifted, liftedScore, stages, type Lift, type Stage, type StagesProgress, type StagesResult } from './sample/stages/stages.ts'; // prettier-ignore
export { stochasticRungeKutta } from './sample/steps/stochastic-runge-kutta.ts';
export { unipc, type UnipcOptions } from './sample/multistep/unipc.ts';
export { fromNoised, fromState, type Start } from './sample/start.ts';
export { fromLaw, type DataLaw } from './sample/laws/data-law.ts';
export { dctLaw } from './sample/laws/dct-law.ts';
export { gaussianLaw } from './sample/laws/gaussian-law.ts';
export { mixtureLaw, type MixtureLawOptions } from './sample/laws/mixture-law.ts';
export { straightPaths, type Paths } from './sample/adaptive/straightness.ts';
export { finish, type SampleProgress, type SampleRequest, type SampleResult, type Sampler } from './sample/sampler.ts';
export { cheapestJumps, jumpCosts, type JumpCosts } from './sample/tuning/gits.ts';
export { referenceOf, type Path, type Reference } from './sample/tuning/reference.ts';
export {
  tuneGrid,
  type NamedGrid,
  type NamedLevels,
  type RankedLevels,
  type TunedGrid,
  type TuneRequest,
  type TuneStep,
} from './sample/tuning/tune-grid.ts';
