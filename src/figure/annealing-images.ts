/** @file Annealing on and off on images, with one model and as many evaluations of its score. */
import { foldIn, split } from '../base/key.ts';
import { permutation } from '../base/random.ts';
import { tensor, type Tensor } from '../base/tensor.ts';
import { slicedWasserstein } from '../evaluate/wasserstein.ts';
import { loadBatch } from '../data/batch.ts';
import { openDataSet } from '../run/data-sets.ts';
import { picture } from '../plot/svg-layers.ts';
import { figure, type Panel } from '../plot/svg.ts';
import { langevin } from '../sample/correctors/langevin.ts';
import { langevinDynamics } from '../sample/correctors/langevin-dynamics.ts';
import { finish, type Sampler } from '../sample/sampler.ts';
import { scoreModel } from '../score/models/score-model.ts';
import { averaged } from '../train/train.ts';
import { trainedRun, type Drawing, type Figure, type FigureRequest } from './figure.ts';
import { fitsSmld, ncsnSampler, trainSmld } from './noise-to-image.ts';
import { firstRows, sampleGrid } from '../model/samples/sample-grid.ts';

/** Samples that are measured, and those of them that are shown. */
const [n, shown] = [64, 25];

/** Langevin dynamics on images, with its annealing and without. */
export const annealingImages: Figure = {
  name: 'annealing-images',
  title: 'Annealing, on and off',
  caption:
    'Images of one network by annealed Langevin dynamics, and by as many steps of Langevin dynamics at its smallest noise ' +
    'level alone. Without annealing the chains end in bright patches that are no clothes: they begin far from all images, ' +
    'where the score at that level was never learned.',
  source: 'Song and Ermon 2019, section 4.3; Eliav, report of 2024, section 3 (low-density regions); Das, section 4',
  format: 'svg',
  needs: trainSmld,
  fits: fitsSmld,
  draw,
};

async function draw(request: FigureRequest): Promise<Drawing> {
  const run = trainedRun(annealingImages, request.run);
  const { net, process, data, point, config } = run;
  const { sde } = process;
  const { backend } = request;
  const key = foldIn(request.key, annealingImages.name);
  const { ref, ...options } = config.data;
  const set = await openDataSet(ref, options);
  const rows = Array.from(permutation(foldIn(key, 'rows'), set.count));
  const truth = (first: number): Tensor => {
    const values = loadBatch(set, data.scaler, rows.slice(first, first + n), foldIn(key, first));
    return tensor(Float64Array.from(values), [n, ...data.shape]);
  };
  const model = scoreModel(backend, net, { params: averaged(point.state), process });
  try {
    const drawnBy = async (sampler: Sampler): Promise<{ x: Tensor; evals: number }> => {
      const keys = split(foldIn(key, 'samples'), n);
      const { x, evals } = await finish(sampler({ sde, score: model.score, shape: data.shape, keys }));
      return { x, evals: evals[0] ?? NaN };
    };
    const annealed = await drawnBy(ncsnSampler(sde));
    // The same step relative to sigma^2 as at each level of the annealed sampler, snr^2 = stepSize / 2.
    const corrector = langevin({ stepSize: 'sigma', snr: Math.sqrt(0.1) });
    const plain = await drawnBy(langevinDynamics({ corrector, steps: annealed.evals - 1 }));
    const [one, other] = [truth(0), truth(n)];
    const distance = (x: Tensor): ReturnType<typeof slicedWasserstein> =>
      slicedWasserstein(foldIn(key, 'directions'), x, one, { projections: 500, groups: 16 });
    const panel = (title: string, x: Tensor): Panel => {
      const { value, standardError } = distance(x);
      return {
        title,
        x: [0, 1],
        y: [0, 1],
        layers: [picture(sampleGrid(data, firstRows(x, shown), { columns: 5 }))],
        caption: `Sliced distance from images: ${value.toFixed(3)} \u00b1 ${standardError.toFixed(3)}`,
      };
    };
    const sets = { annealed: annealed.x, plain: plain.x, data: other };
    return {
      picture: figure({
        title: annealingImages.title,
        subtitle: `${annealed.evals.toLocaleString('en')} evaluations of ${net.kind} after ${point.step.toLocaleString('en')} steps on ${ref}`,
        panels: [panel('Annealed', sets.annealed), panel('Smallest level alone', sets.plain), panel('Data', sets.data)],
        panelWidth: 250,
      }),
      numbers: {
        samples: n,
        evaluations: annealed.evals,
        evaluationsWithoutAnnealing: plain.evals,
        stepsOfTraining: point.step,
        slicedWassersteinFromImages: Object.fromEntries(
          Object.entries(sets).map(([name, x]) => [name, { ...distance(x) }]),
        ),
      },
    };
  } finally {
    await model.dispose();
  }
}
