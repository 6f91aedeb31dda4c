/**
 * @file `npm run demo`: learns the score of points and of pictures on this machine, and draws what was learned. Nothing of that
 * is precomputed; training is that of `scorefield train`. Models in the box then show what longer training gives.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { UnsupportedError } from '../src/base/errors.ts';
import { shellCommand } from '../src/base/words.ts';
import { report } from '../src/cli/shell/report.ts';
import { duration, terminal, type Terminal } from '../src/cli/shell/terminal.ts';
import { trainFor, type TrainFlags } from '../src/cli/train.ts';
import { writeAtomic } from '../src/io/atomic.ts';
import { svgToPng } from '../src/io/svg-png.ts';
import {
  ancestral,
  foldIn,
  key,
  predictorCorrector,
  scoreModel,
  split,
  unscaled,
  type SampleProgress,
  type SampleResult,
  type ScoreFn,
  type Tensor,
} from '../src/index.ts';
import { karrasGrid } from '../src/sde.ts';
import { encodePng, loadRun, nodeBackend, openDataSet, type LoadedRun } from '../src/node.ts';
import { prepareFolder } from './demo-folder.ts';
import { drawingModels, modelPictures, showModel, type BoxModel } from './demo-models.ts';
import { inDataUnits, scoreError, scoreFigure } from './score-figure.ts';
import { firstRows, noiseStrip, sampleGrid, visible } from '../src/figure/sample-grid.ts';

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
- NAME-SAMPLER.png: samples of the models in the box (\`scorefield models\`), which were trained for longer.
- eight-gaussians, faces: the training runs, as \`scorefield train\` makes them.`;

/** With these and `parametrization.kind=edm` the network corrects the score of one Gaussian; it learns several times as fast. */
const preconditioned = ['loss.weighting=edm', 'loss.times=log-normal'];

const pointsTraining: TrainFlags = {
  out: pointsRun,
  sde: 'vp',
  steps: 6000,
  minutes: 0.5,
  batch: 512,
  set: [
    ...preconditioned,
    'parametrization={kind: edm, sigmaData: 1}',
    'train.learningRate=3e-3',
    'train.warmup=200',
    'train.emaDecay=0.999',
    'train.sampleEvery=0',
  ],
};

/** Small batches and a high rate: with 96 pictures and a few minutes, steps count for more than what each one sees. */
const facesTraining: TrainFlags = {
  out: facesRun,
  group: 'faces',
  size: 16,
  net: 'ddpmpp',
  sde: 'vp',
  batch: 16,
  minutes: 2.5,
  set: [
    'net.width=16',
    'net.multipliers=[1, 2, 2]',
    'net.blocks=1',
    ...preconditioned,
    'parametrization={kind: edm, sigmaData: 0.5}',
    'train.learningRate=2e-3',
    'train.warmup=100',
    'train.emaDecay=0.995',
    'train.sampleEvery=1000',
  ],
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

function trainingOf({ run }: BoxModel): string {
  return duration(run.model?.training.seconds ?? 0);
}

async function demo(): Promise<void> {
  const out = terminal();
  const started = performance.now();
  const models = drawingModels();
  const more = models.flatMap(modelPictures);
  prepareFolder(folder, { runs, pictures: [...pictures, ...more], note });
  out.line('Two networks learn to draw, from nothing, on this machine: about three minutes.');
  const parts = [
    () => learnPoints(heading(out, '1', 'Points: the score of a mixture of eight Gaussians')),
    () => learnPictures(heading(out, '2', 'Pictures: the score of yellow faces')),
    ...models.map((model, i) => async (): Promise<Ending> => {
      const part = heading(out, String(i + 3), `The model ${model.name}, trained for ${trainingOf(model)}`);
      await showModel(model, { folder, threads, out: part });
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

  npx ${shellCommand('scorefield', 'sample', facesRun, '--sampler', 'ode', '--seed', '1', '--out', `${folder}/ode.png`)}
      other faces, by the probability-flow ODE
  npx ${shellCommand('scorefield', 'train', 'emoji', '--out', facesRun, '--resume', '--minutes', '10')}
      go on with the faces until they have had ten minutes
  npx scorefield train fashion-mnist --net score-net --minutes 20 --out runs/fashion
      clothes; finds or downloads Fashion-MNIST
  npx scorefield train ./my-pictures --size 32 --minutes 60 --out runs/mine
      a folder of your own pictures`;

type Ending = 'finished' | 'interrupted';

async function learnPoints(out: Terminal): Promise<Ending> {
  const { interrupted } = await trainFor('eight-gaussians', { ...pointsTraining, threads }, out);
  if (interrupted) return 'interrupted';
  const run = loadRun(pointsRun);
  const set = await openDataSet(run.config.data.ref);
  if (set.kind !== 'points' || set.mixture === undefined) throw new TypeError('the set is a mixture of points');
  const { mixture } = set;
  await withScore(run, async (score) => {
    const learned = inDataUnits(score, { sde: run.process.sde, scaler: run.data.scaler });
    const error = await scoreError(learned, mixture, { level: figureLevel, key: foldIn(key(0), 'score error') });
    const { x, evals } = await draw(run, score, { n: samplePoints, steps: 100, out });
    const svg = await scoreFigure({
      mixture,
      learned,
      error,
      level: figureLevel,
      samples: unscaled(run.data.scaler, x),
      samplesCaption: `${samplePoints} samples of the network over the exact density of the data; ${evals[0] ?? 0} evaluations each.`,
      subtitle:
        `A multilayer perceptron after ${run.point.step.toLocaleString('en')} steps on ` +
        `${set.count.toLocaleString('en')} points of eight Gaussians`,
    });
    writeAtomic(svgFile, svg);
    out.line(`root mean square error of the score: ${((100 * error.rmse) / error.size).toFixed(1)} %`);
    await writePng(svg, out);
  });
  return 'finished';
}

async function learnPictures(out: Terminal): Promise<Ending> {
  let outcome = await trainFor('emoji', { ...facesTraining, threads }, out);
  if (outcome.step < fewSteps && !outcome.interrupted) {
    out.line('few steps: this machine is slow or busy, so it gets another minute and a half');
    outcome = await trainFor('emoji', { ...facesTraining, threads, resume: true, minutes: slowMinutes }, out);
  }
  if (outcome.interrupted) return 'interrupted';
  const run = loadRun(facesRun);
  const { sde } = run.process;
  await withScore(run, async (score) => {
    const levels = [Infinity, ...stripLevels];
    const moments: Tensor[] = [];
    const keep = ({ x, t }: SampleProgress): void => {
      const [alpha, sigma] = [sde.alpha(t), sde.sigma(t)];
      if (sigma / alpha > (levels[moments.length] ?? 0)) return;
      moments.push(visible(run.data, firstRows(x, stripRows), { alpha, sigma }));
    };
    const { x } = await draw(run, score, { n: faces, steps: 100, out, keep });
    writeAtomic(facesFile, encodePng(sampleGrid(run.data, x)));
    writeAtomic(stripFile, encodePng(noiseStrip(run.data, [...moments, firstRows(x, stripRows)], stripRows)));
  });
  out.line(`${faces} faces: ${facesFile}`);
  out.line(`from noise to faces: ${stripFile}`);
  return 'finished';
}

async function withScore(run: LoadedRun, use: (score: ScoreFn) => Promise<void>): Promise<void> {
  const { net, process, point } = run;
  const params = { trained: point.state.ema, fixed: point.state.fixed };
  const model = scoreModel(nodeBackend({ threads }), net, { params, process, maxBatch: 1024 });
  try {
    await use(model.score);
  } finally {
    await model.dispose();
  }
}

interface Drawing {
  readonly n: number;
  readonly steps: number;
  readonly out: Terminal;
  readonly keep?: (progress: SampleProgress) => void;
}

async function draw(run: LoadedRun, score: ScoreFn, { n, steps, out, keep }: Drawing): Promise<SampleResult> {
  const sampler = predictorCorrector({ predictor: ancestral(), grid: karrasGrid(), steps });
  const keys = split(foldIn(key(0), 'demo'), n);
  const drawing = sampler({ sde: run.process.sde, score, shape: run.data.shape, keys });
  for (;;) {
    const { done, value } = await drawing.next();
    if (done === true) {
      out.done();
      return value;
    }
    out.progress(`drawing ${n} samples: step ${value.step} of ${steps}`);
    keep?.(value);
  }
}

async function writePng(svg: string, out: Terminal): Promise<void> {
  try {
    writeAtomic(pngFile, await svgToPng(svg));
    out.line(`figure: ${svgFile}, ${pngFile}`);
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    out.line(`figure: ${svgFile} (no PNG, because the optional package sharp is not installed)`);
  }
}

/** Prints a heading; what follows it is indented. */
function heading(out: Terminal, number: string, title: string): Terminal {
  out.line(`\n${bold(`${number}  ${title}`)}`);
  return {
    ...out,
    line: (text) => out.line(`   ${text}`),
    progress: (text) => out.progress(`   ${text}`),
  };
}

function bold(text: string): string {
  return process.stdout.isTTY ? styleText('bold', text) : text;
}

process.exitCode = await report(demo);
