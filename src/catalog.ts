/** @file Everything that has a name, and how it is built by name: what `scorefield/catalog` exports. */
export {
  buildPosteriorSampler,
  inverseList,
  type InverseInfo,
  type InverseOptions,
} from './catalog/posterior-samplers/build-posterior-sampler.ts';
export {
  buildTask,
  taskList,
  type RestorationTask,
  type TaskInfo,
  type TaskOptions,
} from './catalog/restorations/inverse-tasks.ts';
export {
  buildSampler,
  samplerList,
  samplerNames,
  type SamplerInfo,
  type SamplerOptions,
} from './catalog/samplers/build-sampler.ts';
export { builtIn, catalog, type Catalog } from './catalog/catalog.ts';
export { resolveConfig } from './catalog/config/resolve.ts';
export { didYouMean, nearest } from './base/suggest.ts';
export { condition, type ConditionRecord } from './catalog/conditions/condition.ts';
export type { BridgeRecord } from './catalog/bridges.ts';
export type { CouplingRecord } from './catalog/couplings.ts';
export { startRecord, type StartRecord } from './catalog/starts.ts';
export { startNamed, type Fit } from './catalog/start-named.ts';
export { dataKind, type DataKindRecord } from './catalog/data-kinds/data-kind.ts';
export { dataSet, type DataFiles, type DataSetRecord } from './catalog/data-sets/data-set.ts';
export { describe, type Described } from './catalog/describe.ts';
export { optionText } from './catalog/option-text.ts';
export { extractors } from './catalog/extractors/index.ts';
export type {
  ExtractorFiles,
  ExtractorRecord,
  FeatureNetwork,
  PackagedWeights,
} from './catalog/extractors/extractor.ts';
export type { GridRecord } from './catalog/grids.ts';
export {
  guidance,
  type GuidanceParts,
  type GuidanceRecord,
  type GuidanceSettings,
  type GuidedScores,
} from './catalog/guidances/guidance.ts';
export { metrics, metricsNamed } from './catalog/metrics/index.ts';
export {
  metric,
  type MetricEstimate,
  type MetricRecord,
  type MetricTools,
  type SetFeatures,
} from './catalog/metrics/metric.ts';
export { networkRecord, type NetworkRecord } from './catalog/networks/network.ts';
export { objective, type ObjectiveRecord } from './catalog/objectives/objective.ts';
export { optional, optionsOf, required, withDefault, type OptionInfo } from './catalog/option.ts';
export { parametrization, type ParametrizationRecord } from './catalog/parametrizations/parametrization.ts';
export { posteriorSampler, type PosteriorSamplerRecord } from './catalog/posterior-samplers/posterior-sampler.ts';
export { process, type ProcessRecord } from './catalog/processes/process.ts';
export { restoration, type RestorationRecord } from './catalog/restorations/restoration.ts';
export { sampler, type SamplerRecord } from './catalog/samplers/sampler.ts';
export { task, type TaskRecord } from './catalog/tasks/task.ts';
export type { TimesRecord } from './catalog/times.ts';
export type { WeightingRecord } from './catalog/weightings.ts';
