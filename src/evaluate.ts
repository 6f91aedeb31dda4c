/** @file Distances, tests, calibration and image quality: what `scorefield/evaluate` exports. */
export {
  coverage,
  rankTest,
  simulationRanks,
  type Coverage,
  type Quantity,
  type Ranks,
  type RankTest,
  type Simulations,
} from './evaluate/calibration.ts';
export { chamferDistance, earthMoverDistance } from './evaluate/clouds.ts';
export {
  copyingTest,
  nearCopies,
  type CellTest,
  type CopyingTest,
  type Distances,
  type NearCopies,
} from './evaluate/copying.ts';
export { covarianceOf, type Covariance } from './evaluate/covariance.ts';
export { empiricalErrors, type EmpiricalRequest } from './evaluate/empirical-errors.ts';
export { endPointError, type EndPointError } from './evaluate/end-point-error.ts';
export { errorByDensity, relativeErrorAt, type KnownLaw } from './evaluate/error-by-density.ts';
export { jackknife, meanEstimate, shareEstimate, type Estimate } from './evaluate/estimate.ts';
export type { FloatRows, MatrixProduct } from './evaluate/float-rows.ts';
export { exactFlowMap, type ScalarMixture } from './evaluate/exact-flow-map.ts';
export { fisherInformation, type FisherInformation } from './evaluate/fisher-information.ts';
export { frechetBias, frechetLessBias, frechetLimit, gaussianFrechetBias } from './evaluate/frechet-bias.ts';
export { frechetDistance, moments, type Moments } from './evaluate/frechet.ts';
export {
  gradientNoise,
  signalAndNoise,
  type GradientNoise,
  type GradientNorms,
  type PartNorms,
  type SignalAndNoise,
} from './evaluate/gradient-noise.ts';
export { normalCdf, upperGamma } from './base/gamma.ts';
export {
  chiSquareTest,
  kolmogorovSmirnovTest,
  kolmogorovSmirnovTwoSamples,
  type TestResult,
} from './evaluate/goodness-of-fit.ts';
export { psnr, ssim, type DataRange } from './evaluate/image-quality.ts';
export { inceptionScore } from './evaluate/inception-score.ts';
export { kMeans, nearestCells, type KMeansOptions } from './evaluate/k-means.ts';
export { linearErrors, linearErrorsOfFew, type ErrorsAt, type NoisySamples } from './evaluate/linear-score.ts';
export { mannWhitney, type MannWhitney } from './evaluate/mann-whitney.ts';
export { modeWeights, type ModeWeights } from './evaluate/mode-weights.ts';
export {
  energyDistance,
  gaussianKernel,
  kernelDistance,
  medianDistance,
  mmdSquared,
  polynomialKernel,
  type Kernel,
} from './evaluate/mmd.ts';
export { coverage as coverageOf, density, expectedCoverage, precision, recall, type NeighborhoodOptions } from './evaluate/neighborhoods.ts'; // prettier-ignore
export { pairDistances, type PairDistances } from './evaluate/pair-distances.ts';
export { inverseMultiquadric, radialGaussian, steinDiscrepancy, type RadialKernel, type SteinRequest, type SteinTest } from './evaluate/stein.ts'; // prettier-ignore
export { vendiOf, vendiScore } from './evaluate/vendi.ts';
export { nearestPoints, type Neighbors, type NeighborsRequest } from './evaluate/nearest.ts';
export {
  levelReport,
  memorizesFrom,
  noiseErrors,
  noiseLevels,
  type LevelErrors,
  type LevelReport,
  type NoiseLevel,
} from './evaluate/noise-levels.ts';
export { scoreError, type ScoreErrorAt, type ScoreErrorRequest } from './evaluate/score-error.ts';
export {
  distancesOf,
  expectedNearestNeighbor,
  ownDistances,
  setDistances,
  type DistanceTable,
  type SetDistances,
} from './evaluate/set-distances.ts';
export {
  slicedWasserstein,
  wasserstein,
  type SlicedWasserstein,
  type SlicedWassersteinOptions,
} from './evaluate/wasserstein.ts';
