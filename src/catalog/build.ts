/** @file From configuration to objects: the records of the catalog build them. */
import { checkOptions } from '../base/check.ts';
import { ConfigError } from '../base/errors.ts';
import { sizeOf, type Shape } from '../base/tensor.ts';
import { classesOf, missingClasses, sampleShape, scalerOf, type DataSet } from '../data/dataset.ts';
import type { Scaler } from '../data/scaler.ts';
import { codingSize, type TextCoding } from '../data/texts/text-coding.ts';
import { ofLatents } from '../nn/autoencoder.ts';
import { energyNetwork } from '../nn/energy.ts';
import { cosineDecay, inverseSqrtDecay, type RateDecay } from '../nn/learning-rate.ts';
import { withAtMost, type Network } from '../nn/network.ts';
import { withEnd } from '../nn/with-end.ts';
import type { ScoreProcess } from '../score/coefficients.ts';
import type { FrozenScore } from '../score/objectives/frozen-score.ts';
import type { Weighing } from '../score/objectives/noised.ts';
import type { Objective } from '../score/objectives/objective.ts';
import { gammaOf } from '../score/power-profiles.ts';
import { defaultOptimizer, type OptimizerOptions } from '../score/train-step.ts';
import type { ParametrizationOf } from '../sde/learning/parametrization.ts';
import type { Sde } from '../sde/sde.ts';
import { attemptPart } from './config/attempt.ts';
import { builtIn, type Catalog } from './catalog.ts';
import { doublingOf } from './doubled-networks.ts';
import { sigmaDataOf } from './config/defaults.ts';
import { given } from './config/given.ts';
import { classCount, latentSize, tokenCount } from './kinds.ts';
import { binsOf, buildObjective, couplingOf, objectiveOf, samplingOf, sdeFor, type Sampling } from './config/loss.ts';
import type { Plain } from './option.ts';
import { dataKindOf, kindsScaled, usualSampler } from './data-kinds/find.ts';
import { find, namesOf } from './named.ts';
import { autoencoderOf } from './latent-codec.ts';
import { checkData, checkTask, conditional } from './network-fits.ts';
import { kindRules } from './config/kind-rules.ts';
import { scalarRules } from './config/scalar-rules.ts';
import { fittingTeacher } from './teacher.ts';
import type { RunConfig, TaskName } from './config/schema.ts';
import { textCodingOf } from './text-coding.ts';

/** The objects of a configuration that depend on the shape of the data alone. */
export interface BuiltModel {
  /** What the network learns. */
  readonly task: TaskName;
  readonly net: Network;
  readonly process: ScoreProcess;
  /** The variance of reverse steps that the loss fixes; a network that has learned one says so itself. */
  readonly reverseVariance: number;
  readonly sampling: Sampling;
}

/** All objects of a configuration. */
export interface Training extends BuiltModel {
  readonly scaler: Scaler;
  readonly objective: Objective;
  readonly optimizer: OptimizerOptions;
  /** How texts become the rows that the network reads, of a condition on texts. */
  readonly coding: TextCoding | undefined;
  /** Part of the samples whose class or text the network does not get. */
  readonly labelDropout: number;
  /** Part of the words that are left out of each text. */
  readonly wordDropout: number | undefined;
}

/** The process of a configuration, under the name that it has there: three of them are one table of betas each. */
function buildSde({ sde }: RunConfig, { processes }: Catalog): Sde {
  const record = find(processes, sde.kind, 'kind');
  return Object.freeze({ ...record.build(given(sde)), kind: record.name });
}

function buildParametrization({ task, parametrization, loss }: RunConfig, catalog: Catalog): ParametrizationOf {
  const ofLoss = objectiveOf(loss, catalog).parametrization?.(given(loss));
  const fixed = ofLoss ?? find(catalog.tasks, task, 'task').parametrization;
  return fixed ?? find(catalog.parametrizations, parametrization.kind, 'kind').build(given(parametrization));
}

/** Training keeps each of them eight times in float32, in 8 GiB here. */
const mostParameters = 2 ** 28;

/** Numbers in a batch: 256 MiB of float32, before any layer has seen them. */
const mostNumbers = 2 ** 26;

function buildNet(whole: RunConfig, data: Shape, catalog: Catalog): Network {
  const { task, net: config, loss } = whole;
  const record = find(catalog.networks, config.kind, 'kind');
  checkTask(task, record, catalog);
  checkData(record, data, catalog);
  const doubling = doublingOf(loss, catalog);
  const energy = 'energy' in config && config.energy === true;
  checkOptions([!(doubling && energy), 'energy', `expected false ${doubling?.where}, got true`]);
  const halves = autoencoderOf(whole, data, catalog);
  const shape = halves?.latentShape ?? data;
  const build = (options: Plain): Network => {
    const ofShape = (samples: Shape): Network => record.build(samples, options);
    const plain = doubling?.network(shape, ofShape) ?? ofShape(shape);
    return energy ? energyNetwork(plain) : plain;
  };
  const joint = objectiveOf(loss, catalog).joint === true;
  const withHalves = (net: Network): Network => (halves === undefined ? net : ofLatents(net, halves, { joint }));
  const ends = objectiveOf(loss, catalog).ends?.(given(loss)).columns;
  if (ends === undefined) return withHalves(build(given(config)));
  checkOptions([
    'classes' in config,
    'kind',
    `expected one that takes conditions for ${loss.kind}, such as ${conditional(record, catalog)}; got ${record.name}`,
  ]);
  return withHalves(withEnd({ classes: classCount(config), ends }, (classes) => build({ ...given(config), classes })));
}

function buildWeighing({ loss, parametrization }: RunConfig, { set, sde, catalog }: WeighingParts): Weighing {
  const sigmaData = 'sigmaData' in parametrization ? parametrization.sigmaData : sigmaDataOf(set, catalog);
  const reduction = 'reduction' in loss ? { reduction: loss.reduction } : {};
  if (!('weighting' in loss)) return reduction;
  const { weighting, times, gamma = 5, timesMean: mean, timesStd: std } = loss;
  const distribution = find(catalog.times, times, 'loss.times');
  const placed = namesOf(catalog.times.filter((one) => one.placed)).join(' or ');
  const message = `is of the times ${placed}; give --set loss.times=log-normal`;
  checkOptions(
    [mean === undefined || distribution.placed === true, 'loss.timesMean', message],
    [std === undefined || distribution.placed === true, 'loss.timesStd', message],
  );
  return {
    weighting: find(catalog.weightings, weighting, 'loss.weighting').build(sde, { times, sigmaData, gamma }),
    times: distribution.build(sde, { mean, std }),
    ...reduction,
  };
}

interface WeighingParts {
  readonly set: DataSet;
  readonly sde: Sde;
  readonly catalog: Catalog;
}

/** What is known beside the configuration of a model. */
interface ModelFacts {
  /** Parameters that the network may have; one of more, as than the numbers of a file, is given up before it is built. Default 2^28. */
  readonly parameters?: number;
  /** Name of the kind of data, which may have a sampler that suits it. None by default. */
  readonly kind?: string;
}

/**
 * The network and the process of a configuration, for samples of a shape.
 * @throws ConfigError listing every problem that only the parts themselves can see, such as an image too small for a network.
 */
export function buildModel(
  config: RunConfig,
  shape: Shape,
  catalog: Catalog = builtIn,
  { parameters = mostParameters, kind }: ModelFacts = {},
): BuiltModel {
  const { task, latent } = config;
  checkOptions([
    latent === undefined || task === 'score',
    'latent',
    `is of scores, which learn latents; got the task ${task}`,
  ]);
  checkOptions([
    latent !== undefined || objectiveOf(config.loss, catalog).joint === undefined,
    'loss.kind',
    `${config.loss.kind} trains an autoencoder and the score of its latents; give --latent RUN, a run of --task autoencoder`,
  ]);
  const attempts = [
    attemptPart('net', () => withAtMost(Math.min(parameters, mostParameters), () => buildNet(config, shape, catalog))),
    attemptPart('sde', () => buildSde(config, catalog)),
    attemptPart('parametrization', () => buildParametrization(config, catalog)),
  ] as const;
  const [net, { value: whole }, parametrization] = attempts;
  const { loss } = config;
  const sde = attemptPart('loss', () => lossSde(config, whole, catalog));
  if (net.value === undefined || whole === undefined || parametrization.value === undefined || sde.value === undefined)
    throw new ConfigError([...attempts, sde].flatMap(({ issues }) => issues));
  const ends = objectiveOf(loss, catalog).ends?.(given(loss));
  const process = { sde: sde.value, parametrization: parametrization.value(whole), ...(ends && { ends }) };
  checkOptions(...scalarRules(process));
  return {
    task: config.task,
    net: net.value,
    process,
    reverseVariance: Number(objectiveOf(loss, catalog).variance?.(given(loss)) === 'large'),
    sampling: samplingOf(loss, sde.value, usualSampler(config, kind, catalog), catalog),
  };
}

/** @throws ConfigError unless the objective is one of the task, and the SDE has the noise level of a loss at one alone. */
function lossSde({ task, loss }: RunConfig, sde: Sde | undefined, catalog: Catalog): Sde | undefined {
  const names = namesOf(catalog.objectives.filter((one) => one.task === task)).join(', ');
  const same = objectiveOf(loss, catalog).task === task;
  checkOptions([same, 'kind', `expected ${names} for the task ${task}, got ${loss.kind}`]);
  return sde && sdeFor(loss, sde, catalog);
}

/** @throws ConfigError if the rate falls to 0 at an end that is not known, or before it falls at all. */
function decayOf({ decay, decayFrom, warmup, steps, minutes }: RunConfig['train']): RateDecay | undefined {
  const message = 'is of the inverse-sqrt and cosine decay of the learning rate; give --set train.decay=inverse-sqrt';
  const falls = decay !== undefined && decay !== 'none';
  checkOptions([falls || decayFrom === undefined, 'train.decayFrom', message]);
  if (!falls) return undefined;
  const from = decayFrom ?? Math.max(1, warmup);
  if (decay === 'inverse-sqrt') return inverseSqrtDecay(from);
  checkOptions(
    [steps !== undefined || minutes !== undefined, 'train.decay', 'cosine needs an end; give --steps or --minutes'],
    [
      decayFrom === undefined || decayFrom < (steps ?? Infinity),
      'train.decayFrom',
      `expected fewer than the ${steps} steps, got ${decayFrom}; give a larger --steps`,
    ],
  );
  // A run that is shorter than its warm-up is one to look at.
  const last = steps ?? Infinity;
  return cosineDecay({ from: from < last ? from : 0, steps: last });
}

/** What a training goes on from. */
export interface TrainingSources {
  /** The coding of texts of parameters that there are already; made of the texts of the set by default. */
  readonly coding?: TextCoding | undefined;
  /** The trained score that a student learns from. */
  readonly teacher?: FrozenScore | undefined;
}

/**
 * Everything that training on a data set needs of a configuration.
 * @param given - what the training goes on from; nothing by default
 * @throws ConfigError as `buildModel`, and if a batch is larger than memory can be, the data cannot be scaled, or
 * the network is conditional on classes or texts and the data have none or more than it knows.
 */
export function buildTraining(
  config: RunConfig,
  set: DataSet,
  catalog: Catalog = builtIn,
  { coding: known, teacher }: TrainingSources = {},
): Training {
  const kind = dataKindOf(set, catalog);
  const { range, scale = 'common' } = config;
  // Data of which nothing can be learned may have no shape for a network.
  const scaler = scalerOf(set, { range, scale });
  const model = buildModel(config, sampleShape(set), catalog, { kind: kind.name });
  const { sde } = model.process;
  checkOptions([
    config.scale === undefined || kind.scaling !== undefined,
    'scale',
    `is of ${kindsScaled(catalog)} only, and these are ${kind.name}`,
  ]);
  checkOptions(...kindRules(config, kind, set, catalog));
  const condition = config.condition && find(catalog.conditions, config.condition.kind, 'condition.kind');
  const ofSample = condition?.net !== undefined;
  checkOptions([
    !ofSample || model.net.ofSample === true,
    'condition',
    `expected waves and one of the networks diffwave, ddpmpp, ncsnpp, ddpm for ${condition?.name ?? ''}, --as wave; got ${kind.name} and ${config.net.kind}`,
  ]);
  const size = sizeOf(sampleShape(set));
  const classes = classCount(config.net);
  const found = classesOf(set).length;
  const { most = { values: Infinity, instead: '' } } = objectiveOf(config.loss, catalog);
  const coding = textCodingOf(config, set, { catalog, known });
  const ofClasses = classes > 0 && coding === undefined;
  const columns = coding && codingSize(coding);
  checkOptions(
    [!ofClasses || found > 0, 'net.classes', `expected data with classes, found ${missingClasses(set)}`],
    [!ofClasses || found <= classes, 'net.classes', `expected the ${found} classes of ${set.name}, got ${classes}`],
    [
      columns === undefined || columns === classes,
      'net.classes',
      `expected the ${columns} columns of the texts of ${set.name}, got ${classes}`,
    ],
    [
      config.train.batch * size <= mostNumbers,
      'train.batch',
      `expected at most ${Math.floor(mostNumbers / size)} samples of ${size} numbers, got ${config.train.batch}`,
    ],
    [
      size <= most.values,
      'loss.kind',
      `expected samples of at most ${most.values} numbers for ${config.loss.kind}, got ${size}; ${most.instead} is for more`,
    ],
  );
  const pairs = couplingOf(config.loss, catalog);
  const coupling = pairs?.build();
  checkOptions(
    [
      pairs?.keepsClasses !== false || classes === 0,
      'loss.coupling',
      `expected one that leaves the noise of each class as it is, such as independent, for a network with classes; got ${pairs?.name}`,
    ],
    [
      coupling !== 'stored' || set.noise !== undefined || config.latent?.pairs !== undefined,
      'loss.coupling',
      `expected data with the noise of each sample, as scorefield sample --pairs writes them, found none in ${set.name}`,
    ],
  );
  checkOptions(...(find(catalog.networks, config.net.kind, 'net.kind').rules?.(model.process) ?? []));
  const weighing = buildWeighing(config, { set, sde, catalog });
  const { learningRate, warmup, clip, emaDecay, labelDropout, averages, optimizer } = config.train;
  const decay = decayOf(config.train);
  return {
    ...model,
    scaler,
    objective: buildObjective(
      config.loss,
      {
        ...{ process: model.process, weighing, bins: binsOf(scaler), classes, tokens: tokenCount(config.net) },
        latent: model.net.autoencoder ? sizeOf(model.net.autoencoder.latentShape) : latentSize(config.net),
        ...(coupling && { coupling }),
        teacher: teacher && fittingTeacher(teacher, model),
      },
      catalog,
    ),
    optimizer: {
      ...{ ...defaultOptimizer, learningRate, warmup, clip, emaDecay },
      ...(decay && { decay }),
      ...(optimizer === 'muon' && { muon: true }),
      ...(averages && { profiles: averages.map(gammaOf) }),
    },
    coding,
    labelDropout,
    wordDropout: config.train.wordDropout,
  };
}
