/** @file Every named sampler. */
import { adamsBashforthSampler } from './adams-bashforth.ts';
import { ancestralSampler } from './ancestral.ts';
import { annealedLangevinSampler } from './annealed-langevin.ts';
import { consistentAnnealedSampler } from './consistent-annealed.ts';
import { consistencySampler } from './consistency.ts';
import { ddimSampler } from './ddim.ts';
import { dpmSolver2mSampler } from './dpm-solver-2m.ts';
import { dpmSolver2sSampler } from './dpm-solver-2s.ts';
import { dpmSolver3mSampler } from './dpm-solver-3m.ts';
import { dpmSolverSdeSampler } from './dpm-solver-sde.ts';
import { eulerMaruyamaSampler } from './euler-maruyama.ts';
import { fewStepSampler } from './few-step.ts';
import { gottaGoFastSampler } from './gotta-go-fast.ts';
import { heunSampler } from './heun.ts';
import { langevinSampler } from './langevin.ts';
import { odeSampler } from './ode.ts';
import { odeBosh3Sampler } from './ode-bosh3.ts';
import { pcSampler } from './pc.ts';
import { pcHamiltonianSampler } from './pc-hamiltonian.ts';
import { pcHmcSampler } from './pc-hmc.ts';
import { pcMalaSampler } from './pc-mala.ts';
import { reverseDiffusionSampler } from './reverse-diffusion.ts';
import { stochasticRungeKuttaSampler } from './stochastic-runge-kutta.ts';
import { unipcSampler } from './unipc.ts';

export const samplers = [
  pcSampler,
  eulerMaruyamaSampler,
  reverseDiffusionSampler,
  ancestralSampler,
  ddimSampler,
  heunSampler,
  dpmSolver2sSampler,
  dpmSolver2mSampler,
  dpmSolver3mSampler,
  dpmSolverSdeSampler,
  unipcSampler,
  adamsBashforthSampler,
  stochasticRungeKuttaSampler,
  gottaGoFastSampler,
  annealedLangevinSampler,
  consistentAnnealedSampler,
  pcHamiltonianSampler,
  pcMalaSampler,
  pcHmcSampler,
  langevinSampler,
  odeSampler,
  odeBosh3Sampler,
  fewStepSampler,
  consistencySampler,
] as const;
