/** @file What the library adds in Node: ONNX Runtime's native engine, data sets, run folders and pictures. */
export { devices, type Device } from './backend/device.ts';
export { nodeBackend, requireDevice, type NodeOptions } from './backend/ort-node.ts';
export { openDataSet } from './run/data-sets.ts';
export type { OpenOptions } from './data/opener.ts';
export { dataSetNames } from './run/data-sets.ts';
export { formatNpz, parseNpz } from './data/arrays/npz.ts';
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
export { loadClassifier, loadRun, type LoadedRun } from './run/load.ts';
export { exportRun } from './run/export.ts';
export {
  buildSampler,
  samplerList,
  samplerNames,
  type SamplerInfo,
  type SamplerOptions,
} from './catalog/samplers/build-sampler.ts';
export { encodePng, imageGrid, type Image } from './plot/png.ts';
export { svgToPng } from './plot/svg-png.ts';
export { modelNames } from './run/model-box.ts';
export { isRun, lockRun, openRun, type Run } from './run/folder/run-folder.ts';
export { decodeSafetensors, encodeSafetensors, type Safetensors } from './io/safetensors.ts';

export { averageRun, type AverageOptions } from './node/average-run.ts';
export type { ComputedAverage } from './run/average.ts';
export { compareSamples, sampleFeatures, type CompareOptions } from './node/compare-samples.ts';
export { openFeatures } from './node/extractors/features.ts';
export { openFid, type FidStep } from './node/extractors/fid.ts';
export { jobText, type LaunchRequest } from './node/launch.ts';
export { readTorch, writeTorch, type ReadTorch, type WrittenTorch } from './node/torch-folder.ts';
export { compareFeatureFile, featureArrays, readFeatures, type StoredFeatures } from './node/feature-file.ts';
export { openDiagnosisData, type DiagnosisDataOptions } from './node/diagnosis-data.ts';
export { findCopies, openTrainingData, trainingOf, type TrainingDataOptions } from './node/memorization.ts';
export type { Memorization, MemorizationData, MemorizationOptions, MemorizationStep, NearestSample, SpaceMemorization } from './model/evaluation/memorization.ts'; // prettier-ignore
export { reportModel, type Report, type ReportOptions, type ReportStep } from './node/report.ts';
export type { CalibrationOptions, DenoisingCalibration } from './model/evaluation/denoising-calibration.ts';
export type { MeasuredMetric } from './model/evaluation/metrics.ts';
export { testSelf } from './node/self-test.ts';
export type { SelfTestAt, SelfTestOptions } from './model/evaluation/self-test.ts';
export { openRealParts, type RealPartsOptions } from './node/real-parts.ts';
export { sampleStages } from './node/sample-stages.ts';
export type { StagedSamples, StagesOptions, StagesStep } from './model/staged.ts';
export { composeModels } from './node/compose.ts';
export type { CompositionOptions, CompositionResult, CompositionStep } from './model/composition.ts';
export { openModel, type OpenModelOptions } from './node/open-model.ts';
export type { BridgeChoice } from './node/bridges/begin-bridge.ts';
export { bridgeRun, type BridgeOutcome, type BridgeRunOptions, type BridgeRunStep } from './node/bridges/bridge-run.ts';
export { lightRun, type LightOutcome, type LightRunOptions, type LightRunStep } from './node/bridges/light-run.ts';
export { openBridge, type OpenBridgeOptions } from './node/bridges/open-bridge.ts';
export { openRestoringBridge, type RestoringBridge } from './node/bridges/restore-bridge.ts';
export { openShapeModel, type OpenShapeModelOptions } from './node/open-shape-model.ts';
export { writeShapes } from './node/shape-files.ts';
export { openTokenModel, type OpenTokenModelOptions } from './node/open-token-model.ts';
export { setDefaultSampling } from './node/default-sampling.ts';
export { packModel, type PackedModel, type PackOptions } from './node/pack-model.ts';
export { listModels, packedModelInfo, type PackedModelInfo } from './node/packed-models.ts';
export { distillRun, type DistillOutcome, type DistillRunOptions, type DistillRunStep } from './node/distill-run.ts';
export { distillModel, trainModel } from './node/train-model.ts';
export type { DistillModelOptions, DistillModelStep } from './model/distillation.ts';
export { trainRun, type TrainRunOptions } from './node/train-run.ts';
export type { TrainOutcome, TrainRunControl, TrainRunStart, TrainRunStep } from './node/training/loop.ts';
export { profile, type Profile, type ProfileOptions, type TaskProfile } from './node/profile.ts';
export type { DataChoice } from './node/data-config.ts';
export { readDequantizer, readStoredDequantizer, writeDequantizer } from './node/dequantizer-file.ts';
export { trainDequantizer } from './node/train-dequantizer.ts';
export type { EngineOptions } from './node/host.ts';
export { writeRestoration, type RestorationFiles } from './node/restoration-folder.ts';
export {
  readMeasurement,
  readPicture,
  readTask,
  type ReadMeasurement,
  type ReadTaskOptions,
} from './node/restoration-input.ts';
export { openRunData, type RunDataOptions } from './node/run-data.ts';
export * from './model/index.ts';
