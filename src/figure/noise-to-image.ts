/** @file From noise to images: strips of the states of a sampler for the three families of models, and when they settle. */
import { foldIn, split } from '../base/key.ts';
import { batchOf, sampleSize, type Tensor } from '../base/tensor.ts';
import { lastPart, shortened } from '../base/words.ts';
import type { LoadedRun } from '../run/load.ts';
import { meanEstimate, type Estimate } from '../evaluate/estimate.ts';
import type { Image } from '../plot/png.ts';
import { picture, polyline } from '../plot/svg-layers.ts';
import { band, pairsOf } from '../plot/svg-plots.ts';
import { series } from '../plot/svg-text.ts';
import { figure, type Layer, type Panel, type AxisRange } from '../plot/svg.ts';
import { foldAll } from '../sample/along-grid.ts';
import { ancestral } from '../sample/steps/ancestral.ts';
import { annealedLangevin } from '../sample/correctors/annealed-langevin.ts';
import { tweedie } from '../sample/denoise.ts';
import { predictorCorrector } from '../sample/predictor-corrector.ts';
import { reverseDiffusion } from '../sample/steps/reverse-diffusion.ts';
import type { Sampler, SampleRequest } from '../sample/sampler.ts';
import { scoreModel } from '../score/models/score-model.ts';
import { noiseRatio } from '../sde/time/noise-ratio.ts';
import { priorSample } from '../sde/prior.ts';
import type { Sde } from '../sde/sde.ts';
import { averaged } from '../train/train.ts';
import { imagesUnder, trainedRun, type Drawing, type Figure, type FigureRequest } from './figure.ts';
import { dataKindOf } from '../catalog/data-kinds/find.ts';
import { firstRows, noiseStrip } from '../model/samples/sample-grid.ts';

/** Samples that are measured, and those of them that are shown. */
const [n, shown] = [32, 4];
/** Parts into which the way is cut. */
const columns = 10;

/** A family of models, with its sampler. */
interface Family {
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  readonly source: string;
  /** Options of the training command that make such a model. */
  readonly options: string;
  readonly fits: NonNullable<Figure['fits']>;
  /** What the sampler does, in a few words. */
  readonly way: string;
  sampler(sde: Sde): Sampler;
}

/** Annealed Langevin dynamics with 100 steps at each of its noise levels, the first one included. */
export function ncsnSampler(sde: Sde): Sampler {
  const levels = (sde.levels ?? [sde.tMax]).toReversed();
  return predictorCorrector({
    predictor: annealedLangevin({ stepSize: 0.2, steps: 100 }),
    steps: levels.length,
    grid: () => [sde.tMax, ...levels],
  });
}

/** The noise levels of SMLD. */
export const fitsSmld = imagesUnder('the SDE smld', ({ config }) => config.sde.kind === 'smld');

/** How the model of the SMLD figures is trained. */
export const trainSmld =
  'scorefield train fashion-mnist --net score-net --sde smld --set sde.sigmaMax=1 --set sde.levels=10 --objective ncsn --steps 3042 --set train.learningRate=1e-3';

/** Eliav's figure 5. */
export const noiseToImageSmld = stripOf({
  name: 'noise-to-image-smld',
  title: 'From noise to clothes by annealed Langevin dynamics',
  caption:
    'States of annealed Langevin dynamics over ten noise levels from 1 to 0.01, and the clean image that the network expects ' +
    'at each. The image comes gradually, half of it by the middle of the way, as Eliav reports.',
  source: 'Eliav, report of 2024, figure 5 and table 1; clothes in place of digits',
  options: trainSmld,
  fits: fitsSmld,
  way: '100 Langevin steps at each of 10 noise levels',
  sampler: ncsnSampler,
});

/** Eliav's figure 6. */
export const noiseToImageDdpm = stripOf({
  name: 'noise-to-image-ddpm',
  title: 'From noise to clothes by the ancestral sampler of DDPM',
  caption:
    'States of the 1000 steps of DDPM, and the clean image that the network expects at each. The states look like noise for ' +
    'most of the way, as Eliav reports, but the image that they stand for is fixed long before it can be seen.',
  source: 'Eliav, report of 2024, figure 6 and table 1; clothes in place of digits',
  options:
    'scorefield train fashion-mnist --unconditional --net ddpmpp --sde ddpm --objective ddpm --steps 2163 --batch 32 --set net.width=16 --set "net.multipliers=[1,2,4]" --set net.blocks=1 --set train.learningRate=1e-3 --set train.emaDecay=0.999',
  // DDPM's chain is the VP SDE at a thousand times.
  fits: imagesUnder('the SDE ddpm or vp', ({ config }) => ['ddpm', 'vp'].includes(config.sde.kind)),
  way: '1000 ancestral steps',
  sampler: () => predictorCorrector({ predictor: ancestral(), steps: 999 }),
});

/** Eliav's figure 7. */
export const noiseToImageSde = stripOf({
  name: 'noise-to-image-sde',
  title: 'From noise to clothes by the reverse SDE',
  caption:
    'States of the reverse variance-preserving SDE in 500 steps, and the clean image that the network expects at each. As for ' +
    'DDPM, which is one way to cut this SDE into steps, the states look like noise for most of the way.',
  source: 'Eliav, report of 2024, figure 7 and table 1; clothes in place of digits',
  options:
    'scorefield train fashion-mnist --unconditional --net ddpmpp --sde vp --minutes 60 --batch 64 --set net.patch=1 --set net.blocks=2 --set "net.multipliers=[1,2,2]" --set train.optimizer=adam --set train.decay=none --set train.learningRate=5e-4 --set train.warmup=500',
  fits: imagesUnder('an SDE in continuous time', ({ process }) => process.sde.levels === undefined),
  way: '500 steps of reverse diffusion',
  sampler: () => predictorCorrector({ predictor: reverseDiffusion(), steps: 500 }),
});

function stripOf(family: Family): Figure {
  const { name, title, caption, source, options, fits } = family;
  const needs = options;
  return {
    name,
    title,
    caption,
    source,
    format: 'svg',
    needs,
    fits,
    draw: (request) => draw(family, { ...request, run: trainedRun({ name, needs, fits }, request.run) }),
  };
}

/** A state of the sampler at a part of its way. */
interface Moment {
  readonly part: number;
  readonly t: number;
  /** `[n, C, H, W]` */
  readonly x: Tensor;
  /** The mean of x_0 given x. */
  readonly expected: Tensor;
}

/** A drawn way with its end. */
interface Way {
  readonly moments: readonly Moment[];
  readonly samples: Tensor;
  readonly evals: readonly number[];
}

async function draw(
  family: Family,
  { key, backend, run }: FigureRequest & { readonly run: LoadedRun },
): Promise<Drawing> {
  const { net, process, data, point } = run;
  const model = scoreModel(backend, net, { params: averaged(point.state), process });
  try {
    const keys = split(foldIn(key, family.name), n);
    return drawn(
      family,
      run,
      await follow(family.sampler(process.sde), { ...process, ...model, shape: data.shape, keys }),
    );
  } finally {
    await model.dispose();
  }
}

/** The states of a sampler at even parts of its way. */
async function follow(sampler: Sampler, request: SampleRequest): Promise<Way> {
  const { sde, score, shape, keys } = request;
  const momentAt = async (part: number, t: number, x: Tensor): Promise<Moment> => {
    return { part, t, x, expected: await tweedie(sde, score, x, t) };
  };
  const moments = [await momentAt(0, sde.tMax, priorSample(foldAll(keys, 'prior'), sde, shape))];
  const drawing = sampler(request);
  for (;;) {
    const next = await drawing.next();
    if (next.done === true) return { moments, samples: next.value.x, evals: next.value.evals };
    const { step, steps = step, t, x } = next.value;
    const parts = Math.floor((step * columns) / steps);
    if (parts > Math.floor(((step - 1) * columns) / steps)) moments.push(await momentAt(parts / columns, t, x));
  }
}

function drawn(family: Family, { process: { sde }, data, point, config }: LoadedRun, way: Way): Drawing {
  const { moments, samples, evals } = way;
  const states = moments.map(({ x, t }, i) => {
    if (i === moments.length - 1) return firstRows(samples, shown);
    const first = firstRows(x, shown);
    return dataKindOf(data).visible?.(first, data, { alpha: sde.alpha(t), sigma: sde.sigma(t) }) ?? first;
  });
  const expected = moments.map((moment) => firstRows(moment.expected, shown));
  const images = [noiseStrip(data, states, shown), noiseStrip(data, expected, shown)] as const;
  const curves = moments.map(({ part, t, x, expected }) => ({
    part,
    noiseRatio: noiseRatio(sde, t),
    state: correlation(x, samples),
    expected: correlation(expected, samples),
  }));
  const half = (of: 'state' | 'expected'): number => curves.find((curve) => curve[of].value >= 0.5)?.part ?? 1;
  const [strip] = images;
  const panelWidth = 720;
  return {
    picture: figure({
      title: family.title,
      subtitle: `${family.way}; ${shortened(lastPart(config.data.ref), 30)}, ${config.net.kind} under ${config.sde.kind} after ${point.step.toLocaleString('en')} steps`,
      columns: 1,
      panelWidth,
      panelHeight: Math.round((panelWidth * strip.height) / strip.width),
      panels: [
        stripPanel('States, with the contrast of images', images[0]),
        stripPanel('The clean image that the network expects', images[1]),
        curvePanel(curves),
      ],
    }),
    numbers: {
      samples: n,
      evaluations: evals[0] ?? null,
      stepsOfTraining: point.step,
      partWhereTheStateShowsHalfTheImage: half('state'),
      partWhereTheExpectedImageIsHalfTheImage: half('expected'),
      correlationWithTheSample: curves.map((curve) => ({
        ...curve,
        state: { ...curve.state },
        expected: { ...curve.expected },
      })),
    },
  };
}

/** Mean over the samples of the correlation of their pixels with those of the finished samples. */
function correlation(x: Tensor, samples: Tensor): Estimate {
  const size = sampleSize(x);
  return meanEstimate(
    Array.from({ length: batchOf(x) }, (_, i) => {
      const [a, b] = [x, samples].map(({ data }) => centered(data.subarray(i * size, (i + 1) * size))) as [
        Float64Array,
        Float64Array,
      ];
      return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    }),
  );
}

function centered(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

/** Half a column on both sides, so that column k stands at k / columns as in the plot of the curves. */
const across: AxisRange = [-0.5 / columns, 1 + 0.5 / columns];

function stripPanel(title: string, image: Image): Panel {
  return { title, x: across, y: [0, 1], ticks: true, yTicks: [], layers: [picture(image)] };
}

function curvePanel(
  curves: readonly { readonly part: number; readonly state: Estimate; readonly expected: Estimate }[],
): Panel {
  const parts = curves.map(({ part }) => part);
  const layersOf = (of: 'state' | 'expected', color: string): readonly Layer[] => [
    band(
      curves.map(({ part, [of]: { value, standardError } }) => ({
        x: part,
        low: value - 2 * standardError,
        high: value + 2 * standardError,
      })),
      { color },
    ),
    polyline(
      pairsOf(
        parts,
        curves.map((curve) => curve[of].value),
      ),
      { color, width: 2 },
    ),
  ];
  return {
    title: 'How much of the sample is there',
    x: across,
    y: [-0.1, 1.05],
    ticks: true,
    xLabel: 'part of the way from noise to image',
    yLabel: 'correlation with the sample',
    legend: [
      { label: 'state', color: series[0] },
      { label: 'expected image', color: series[1] },
    ],
    legendAt: 'bottom-right',
    layers: [...layersOf('state', series[0]), ...layersOf('expected', series[1])],
  };
}
