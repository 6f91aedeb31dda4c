/**
 * @file `npm run demo`: learns the score of points and of pictures on this machine, and draws what was learned. Nothing of that
 * is precomputed; training is that of `scorefield train`. Models in the box then show what longer training gives.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import {
  ancestral,
  ConfigError,
  FileError,
  foldIn,
  key,
  NumericalError,
  predictorCorrector,
  tensor,
  UnsupportedError,
  type Model,
} from '../src/index.ts';
import { openDataSet, openModel, svgToPng, trainRun, type TrainOutcome, type TrainRunOptions } from '../src/node.ts';
import { karrasGrid } from '../src/sde.ts';
import { prepareFolder } from './demo-folder.ts';
import { drawingModels, modelPictures, showModel } from './demo-models.ts';
import { duration, printer, type Printer } from './demo-print.ts';
import { noiseStrip, type Moment } from './demo-strip.ts';
import { inDataUnits, scoreError, scoreFigure } from './score-figure.ts';

const folder = 'demo';
const runs = ['eight-gaussians', 'faces'] as const;
const pictures = ['score-field.svg', 'score-field.png', 'faces.png', 'noise-to-faces.png'] as const;
const [pointsRun, facesRun] = [join(folder, runs[0]), join(folder, runs[1])];
const [svgFile, pngFile, facesFile, stripFile] = pictures.map((name) => join(folder, name)) as [
  string,
  string,
  string,
  string,
];

/** More threads than this gain nothing on networks as small as these. */
const threads = Math.min(2, availableParallelism());
const interruptedExitCode = 130;

const note = `\`npm run demo\` writes this folder and replaces it when it runs again.

- score-field.svg, score-field.png: density, exact score, learned score and samples of a mixture of eight Gaussians.
- faces.png: faces drawn by a network that was trained on 96 emoji for a few minutes. So few pictures are soon
  known by heart: with longer training, more and more of these faces are copies of them.
- noise-to-faces.png: four of them on their way from noise.
- NAME-SAMPLER.png: samples of the models that the package ships (\`scorefield models\`), which were trained for longer.
- eight-gaussians, faces: the training runs, as \`scorefield train\` makes them.`;

/** With these and EDM's parametrization the network corrects the score of one Gaussian; it learns several times as fast. */
const preconditioned = { weighting: 'edm', times: 'log-normal' };

const pointsTraining: TrainRunOptions = {
  out: pointsRun,
  process: 'vp',
  steps: 6000,
  minutes: 0.5,
  batch: 512,
  config: {
    loss: preconditioned,
    parametrization: { kind: 'edm', sigmaData: 1 },
    train: { learningRate: 3e-3, warmup: 200, emaDecay: 0.999, sampleEvery: 0 },
  },
};

/** Small batches and a high rate: with 96 pictures and a few minutes, steps count for more than what each one sees. */
const facesTraining: TrainRunOptions = {
  out: facesRun,
  group: 'faces',
  size: 16,
  network: 'ddpmpp',
  process: 'vp',
  batch: 16,
  minutes: 2.5,
  config: {
    net: { width: 16, multipliers: [1, 2, 2], blocks: 1 },
    loss: preconditioned,
    parametrization: { kind: 'edm', sigmaData: 0.5 },
    train: { learningRate: 2e-3, warmup: 100, emaDecay: 0.995, sampleEvery: 1000 },
  },
};

/** After fewer steps than this, mouths and eyes are still blurred; then training goes on to so many minutes in all. */
const fewSteps = 1500;
const slowMinutes = 4;

/** Noise level of the score figure, in units of the data. */
const figureLevel = 0.25;
const samplePoints = 1024;
const faces = 64;
const stripRows = 4;
/** Noise levels sigma / alpha at which the strip shows the faces, between pure noise and the end. */
const stripLevels = [3, 1.5, 0.9, 0.6, 0.4, 0.25, 0.12];

async function demo(): Promise<void> {
  const out = printer();
  const started = performance.now();
  const models = await drawingModels(threads);
  const more = models.flatMap(modelPictures);
  prepareFolder(folder, { runs, pictures: [...pictures, ...more], note });
  out.line('Two networks learn to draw, from nothing, on this machine: about four minutes.');
  const parts = [
    () => learnPoints(heading(out, 1, 'Points: the score of a mixture of eight Gaussians')),
    () => learnPictures(heading(out, 2, 'Pictures: the score of yellow faces')),
    ...models.map((model, i) => async (): Promise<Ending> => {
      const { name, training } = model.info;
      const part = heading(out, i + 3, `The model ${name}, trained for ${duration(training?.seconds ?? 0)}`);
      await showModel(model, { folder, out: part });
      return 'finished';
    }),
  ];
  for (const part of parts)
    if ((await part()) === 'interrupted') {
      out.line('\nstopped; `npm run demo` begins anew');
      process.exitCode = interruptedExitCode;
      return;
    }
  out.line(`\n${bold('Done')} in ${duration((performance.now() - started) / 1000)}. Open these:\n`);
  const files = [svgFile, pngFile, facesFile, stripFile, ...more.map((name) => join(folder, name))];
  for (const file of files) if (existsSync(file)) out.line(`  ${file}`);
  out.line(next);
}

const next = `
Then try:

  node dist/cli/main.js sample ${facesRun} --sampler ode --seed 1 --out ${folder}/ode.png
      other faces, by the probability-flow ODE
  node dist/cli/main.js train emoji --out ${facesRun} --resume --minutes 10
      go on with the faces until they have had ten minutes
  node dist/cli/main.js train fashion-mnist --net score-net --minutes 20 --out runs/fashion
      clothes; finds or downloads Fashion-MNIST
  node dist/cli/main.js train LICENSE --minutes 10 --out runs/text
      a text, character by character
  node dist/cli/main.js train tunes/ --minutes 10 --out runs/tunes
      melodies: a folder of MIDI files
  node dist/cli/main.js train people.csv --minutes 5 --out runs/people
      a table, whose rows \`sample --out more.csv\` draws anew
  node dist/cli/main.js train power.csv --window 96 --minutes 20 --out runs/power
      a series, a line for each time, which \`forecast runs/power --test\` goes on with
  node dist/cli/main.js train chairs --minutes 30 --out runs/chairs
      shapes, of which \`sample --points 2048 --out new.ply\` draws new ones
  node dist/cli/main.js train ./my-sounds --minutes 60 --out runs/sounds
      sounds: a folder of WAV files, of which \`sample --out new/\` writes new ones
  node dist/cli/main.js train ./my-pictures --size 32 --minutes 60 --out runs/mine
      a folder of your own pictures`;

type Ending = 'finished' | 'interrupted';

async function learnPoints(out: Printer): Promise<Ending> {
  const { interrupted, step } = await learn('eight-gaussians', pointsTraining, out);
  if (interrupted) return 'interrupted';
  const set = await openDataSet('eight-gaussians');
  if (set.kind !== 'points' || set.mixture === undefined) throw new TypeError('the set is a mixture of points');
  const { mixture } = set;
  const model = await openModel(pointsRun, { threads });
  const learned = inDataUnits(model.score, { sde: model.sde, scaler: model.trained.data.scaler });
  const error = await scoreError(learned, mixture, { level: figureLevel, key: foldIn(key(0), 'score error') });
  const { samples } = await model.sample({ count: samplePoints, batch: samplePoints, sampler });
  const svg = await scoreFigure({
    ...{ mixture, learned, error, level: figureLevel },
    samples: tensor(Float64Array.from(samples.data), samples.shape),
    samplesCaption: `${samplePoints} samples of the network over the exact density of the data; ${samples.evaluations[0] ?? 0} evaluations each.`,
    subtitle:
      `A multilayer perceptron after ${step.toLocaleString('en')} steps on ` +
      `${set.count.toLocaleString('en')} points of eight Gaussians`,
  });
  writeFileSync(svgFile, svg);
  out.line(`root mean square error of the score: ${((100 * error.rmse) / error.size).toFixed(1)} %`);
  await writePng(svg, out);
  await model[Symbol.asyncDispose]();
  return 'finished';
}

async function learnPictures(out: Printer): Promise<Ending> {
  let outcome = await learn('emoji', facesTraining, out);
  if (outcome.step < fewSteps && !outcome.interrupted) {
    out.line('few steps: this machine is slow or busy, so it gets another minute and a half');
    outcome = await learn('emoji', { ...facesTraining, resume: true, minutes: slowMinutes }, out);
  }
  if (outcome.interrupted) return 'interrupted';
  const model: Model = await openModel(facesRun, { threads });
  const levels = [Infinity, ...stripLevels];
  const moments: Moment[] = [];
  const drawing = model.sample({ count: faces, batch: faces, sampler });
  for await (const { step, t, samples } of drawing) {
    out.progress(`drawing ${faces} faces: step ${step} of ${drawingSteps}`);
    const [alpha, sigma] = [model.sde.alpha(t), model.sde.sigma(t)];
    if (sigma / alpha <= (levels[moments.length] ?? 0)) moments.push({ x: samples.x, alpha, sigma });
  }
  const { samples } = await drawing;
  await samples.save(facesFile);
  const { scaler } = model.trained.data;
  writeFileSync(stripFile, noiseStrip([...moments, { x: samples.x, alpha: 1, sigma: 0 }], { scaler, rows: stripRows }));
  out.line(`${faces} faces: ${facesFile}`);
  out.line(`from noise to faces: ${stripFile}`);
  await model[Symbol.asyncDispose]();
  return 'finished';
}

const drawingSteps = 100;
const sampler = predictorCorrector({ predictor: ancestral(), grid: karrasGrid(), steps: drawingSteps });

/** Trains a run; Ctrl-C saves and ends. */
async function learn(data: string, options: TrainRunOptions, out: Printer): Promise<TrainOutcome> {
  let stopped = false;
  const stop = (): void => {
    stopped = true;
  };
  process.once('SIGINT', stop);
  try {
    const training = trainRun(data, {
      ...{ ...options, threads, onNote: (note) => out.line(note), stopRequested: () => stopped },
      onStart: ({ set, config, parameters }) =>
        out.line(
          `${set.name}: ${set.count.toLocaleString('en')} samples; ${config.net.kind} with ${parameters.toLocaleString('en')} parameters; SDE ${config.sde.kind}`,
        ),
    });
    for await (const { step, smoothedLoss, secondsLeft } of training)
      out.progress(
        `step ${step.toLocaleString('en')}  loss ${smoothedLoss.toPrecision(3)}  ${duration(secondsLeft)} left`,
      );
    const outcome = await training;
    const { step, seconds, interrupted } = outcome;
    out.line(`${interrupted ? 'stopped and saved' : 'done'}: step ${step.toLocaleString('en')}, ${duration(seconds)}`);
    return outcome;
  } finally {
    process.off('SIGINT', stop);
  }
}

async function writePng(svg: string, out: Printer): Promise<void> {
  try {
    writeFileSync(pngFile, await svgToPng(svg));
    out.line(`figure: ${svgFile}, ${pngFile}`);
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    out.line(`figure: ${svgFile} (no PNG, because the optional package sharp is not installed)`);
  }
}

/** Prints a heading; what follows it is indented. */
function heading(out: Printer, number: number, title: string): Printer {
  out.line(`\n${bold(`${number}  ${title}`)}`);
  return printer(3);
}

function bold(text: string): string {
  return process.stdout.isTTY ? styleText('bold', text) : text;
}

try {
  await demo();
} catch (error) {
  const known = [ConfigError, FileError, NumericalError, UnsupportedError].some((kind) => error instanceof kind);
  if (!known) throw error;
  console.error(`demo: ${(error as Error).message}`);
  process.exitCode = 2;
}
