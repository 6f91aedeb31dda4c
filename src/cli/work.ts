/** @file What commands do when they run, apart from their declarations, so that help loads none of it. */
export { dataKindOf } from '../catalog/data-kinds/find.ts';
export { inverseList } from '../catalog/posterior-samplers/build-posterior-sampler.ts';
export { taskList, taskSettings } from '../catalog/restorations/inverse-tasks.ts';
export { energySamplerList, samplerList, studentSamplerList } from '../catalog/samplers/build-sampler.ts';
export { formatNpz } from '../data/arrays/npz.ts';
export { kindOf, sampleShape } from '../data/dataset.ts';
export { fingerprint } from '../data/fingerprint.ts';
export { writeAtomic, writeTogether } from '../io/atomic.ts';
export { svgToPng } from '../plot/svg-png.ts';
export { offeredClasses } from '../model/condition.ts';
export { randomRows } from '../model/data-input.ts';
export { checkLikelihood, ownMethod } from '../model/density/log-likelihood.ts';
export { checkDequantizerTraining } from '../model/dequantizer-training.ts';
export { requirePictures } from '../model/evaluation/memorization-sheet.ts';
export { memorizationLines } from '../model/evaluation/memorization-text.ts';
export { leastCopies } from '../model/evaluation/memorization.ts';
export { restorationArrays } from '../model/restoration/restored.ts';
export { methodOf } from '../model/restoration/restoration-plan.ts';
export { roundTrip } from '../model/round-trip.ts';
export { chooseSampler, choiceUnder } from '../model/samples/sampler-choice.ts';
export { tuningFigure } from '../model/samples/tuning-figure.ts';
export { nearestOf } from '../model/samples/tuning.ts';
export { toleranceLadder } from '../model/tolerance-ladder.ts';
export { requireAllLevels } from '../model/trained.ts';
export { sampleStages } from '../node/sample-stages.ts';
export { composeModels } from '../node/compose.ts';
export { averageRun } from '../node/average-run.ts';
export { compareSamples, sampleFeatures } from '../node/compare-samples.ts';
export { featuresNamed, identityOf, openFeatures } from '../node/extractors/features.ts';
export { compareFeatureFile, featureArrays, featureRows, isFeatureFile, readFeatures } from '../node/feature-file.ts';
export { requireOwn, setDefaultSampling } from '../node/default-sampling.ts';
export { dequantizerFile, readDequantizer, readStoredDequantizer, writeDequantizer } from '../node/dequantizer-file.ts';
export { openDiagnosisData } from '../node/diagnosis-data.ts';
export { nodeHost } from '../node/host.ts';
export { jobText } from '../node/launch.ts';
export { latentArrays, readLatents, writeLatents } from '../node/latents-file.ts';
export {
  forecastPicture,
  forecastQuality,
  forecastText,
  hiddenEnds,
  historyWindow,
  seriesFormOf,
} from '../node/forecast.ts';
export { findCopies, openTrainingData, trainingOf } from '../node/memorization.ts';
export { openModel } from '../node/open-model.ts';
export { packModel } from '../node/pack-model.ts';
export { listModels } from '../node/packed-models.ts';
export { openRealParts } from '../node/real-parts.ts';
export { reportModel } from '../node/report.ts';
export { digestOf, isPart, mergeParts, partOf, writePart } from '../node/shards.ts';
export { requireScore, testSelf } from '../node/self-test.ts';
export { requireFolder, writeRestoration } from '../node/restoration-folder.ts';
export { readTask } from '../node/restoration-input.ts';
export { saveSet, writeSampleFiles } from '../node/sample-files.ts';
export { restoredSounds, soundProblem, soundTasks, writeRestoredSounds } from '../node/restore-sound.ts';
export { startAsked } from '../node/start-input.ts';
export { tableOfScores } from '../node/table-scores.ts';
export { completeFile } from '../node/complete-file.ts';
export { readTorch, writeTorch } from '../node/torch-folder.ts';
export { trainDequantizer } from '../node/train-dequantizer.ts';
export { fractions } from '../model/running.ts';
export { griffinLimWaves, likeness, soundsLike, vocode, withWaves, writeLike } from '../node/vocode.ts';
export { modelBox, modelFileName } from '../run/model-box.ts';
export { openRunDataShown, openShown } from './shell/opening.ts';
export { ownCommand } from './own-commands.ts';
export { haveClasses } from '../model/evaluation/feature-extractor.ts';
