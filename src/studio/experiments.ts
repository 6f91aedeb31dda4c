/** @file Six experiments of the literature that one does on the page: where each begins, and what to look for. */

import { pack } from './state/packed.ts';

/** Where an experiment stands: an address of the page, and what is seen there. */
export interface Place {
  readonly name: string;
  readonly address: string;
  /** What to do, and what then happens. */
  readonly see: string;
}

/** An experiment. */
export interface Experiment {
  readonly name: string;
  readonly title: string;
  /** What it shows, in a sentence. */
  readonly claim: string;
  /** Where it was first shown. */
  readonly source: string;
  readonly places: readonly Place[];
}

/** 0.2 N((-5, -5), 1) + 0.8 N((5, 5), 1) at a quarter of its size. */
const twoGaussians = 'g=-1.25,-1.25,0.25,0.2;1.25,1.25,0.25,0.8';
/** 0.3 N((1, 1), 0.1) + 0.7 N((-1, -1), 0.1), and 0.1 and 0.9 with a variance of 0.01. */
const broadModes = 'g=1,1,0.316228,0.3;-1,-1,0.316228,0.7';
const narrowModes = 'g=1,1,0.1,0.1;-1,-1,0.1,0.9';
const onCircle = (radius: number, std: number, weightOf: (k: number) => number): string =>
  `g=${Array.from({ length: 8 }, (_, k) => {
    const angle = (2 * Math.PI * k) / 8;
    return (
      [radius * Math.cos(angle), radius * Math.sin(angle)].map((value) => Number(value.toFixed(4))).join(',') +
      `,${std},${weightOf(k)}`
    );
  }).join(';')}`;
/** Eight Gaussians of weights 1 to 8, and eight fine ones. */
const ring = onCircle(1.4, 0.1, (k) => k + 1);
const fine = onCircle(1.4, 0.02, () => 1);
/** Three Gaussians on a line. */
const threeOnLine = 'g=-1.4,0,0.12,0.3;0.1,0,0.12,0.45;1.5,0,0.12,0.25';

/** The right half of a picture of 28 x 28 is hidden. */
const heelHidden = pack(
  Array.from({ length: 28 * 28 }, (_, i) => Number(i % 28 < 14)),
  1,
);

const learning = `tab=learn&sde=edm&${broadModes}&points=10000&batch=256&width=128&goal=2000`;
const chains = 'tab=sample&race=chains&t=1';

/** The experiments. */
export const experiments: readonly Experiment[] = [
  {
    name: 'two-gaussians',
    title: 'The score forgets weights',
    claim:
      'Near one of two clusters the arrows are the same whether it has a fifth of the points or most of them, until noise joins the two.',
    source: 'Song, “Generative modeling by estimating gradients of the data distribution”; Song and Ermon 2019',
    places: [
      {
        name: 'no noise',
        address: `sde=ve&${twoGaussians}&t=1`,
        see: 'Slide the weight of 1 from 2 to 98 %. The density changes, the arrows around the clusters do not.',
      },
      {
        name: 'noise 2',
        address: `sde=ve&${twoGaussians}&t=0.693`,
        see: 'With noise twice as wide as a cluster the mean square of the score falls to a fifth: the arrows get shorter. Slide the weight again.',
      },
      {
        name: 'noise 5',
        address: `sde=ve&${twoGaussians}&t=0.4004`,
        see: 'Noise has made one slope of the two, and it leans to the heavier one. Now the weight turns every arrow.',
      },
    ],
  },
  {
    name: 'no-data',
    title: 'Where there are no data',
    claim:
      'A network that sees clean points alone is a third off between the clusters; noise of many levels mends it where noise reaches.',
    source: 'Eliav 2024, figure 3; Song’s post, estimated scores; Das, “Inject noise to remove noise”',
    places: [
      {
        name: 'clean points',
        address: `${learning}&levels=none&t=1`,
        see: 'Press Learn. Blue arrows come to agree with thin ones on the clusters; between them the error by density stays near a third.',
      },
      {
        name: 'every noise level',
        address: `${learning}&t=0.4753`,
        see: 'Press Learn. At a noise level of 1 the score is right to a few percent wherever one looks.',
      },
      {
        name: 'little noise',
        address: `${learning}&t=0.8095`,
        see: 'The same network at a level of 0.3: between the clusters it is a quarter off still, for so little noise does not get there.',
      },
    ],
  },
  {
    name: 'annealing',
    title: 'Annealing, on and off',
    claim:
      'Langevin chains stay with the cluster that they meet first, though the score is exact; noise that fades gives each its weight.',
    source: 'Eliav 2024, figures 3 and 4; Zeng and Wang, figures 1 and 4; Song and Ermon 2019',
    places: [
      {
        name: 'wide clusters',
        address: `${chains}&${broadModes}`,
        see: '1000 steps each. Plain chains end half and half, annealed ones near 0.3 and 0.7: see the weights below the picture.',
      },
      {
        name: 'narrow clusters',
        address: `${chains}&${narrowModes}`,
        see: 'The lighter cluster should have a tenth; plain chains give it half. Set the last level to 0.1: levels at which chains cannot cross are lost steps.',
      },
      {
        name: 'far clusters',
        address: `${chains}&${twoGaussians}&first=5&last=0.25`,
        see: 'Ten levels from 20 to 1 times the width of a cluster recover a fifth and four fifths.',
      },
      {
        name: 'the last level',
        address: `${chains}&${fine}&first=4&last=0.04&pace=kept&alpha=0.4`,
        see: 'The step is kept as it was published. Slide the last level: at 0.4 the chains freeze before they arrive, at 0.004 they blow up.',
      },
    ],
  },
  {
    name: 'sampler-race',
    title: 'A race of samplers, and three ways',
    claim:
      'From the same noise solvers of the probability flow are at the data in 20 evaluations, where steps of the reverse SDE are not; its paths can be followed back.',
    source: 'Song et al. 2021, section 4, and Song’s figure of trajectories; Karras et al. 2022, figure 2',
    places: [
      {
        name: '20 evaluations',
        address: `tab=sample&${ring}&n=2000&t=1`,
        see: 'DDIM and DPM-Solver++ are as near as two exact sets are; Euler–Maruyama and predictor–corrector are not. Slide the evaluations.',
      },
      {
        name: '50 evaluations',
        address: `tab=sample&${ring}&n=2000&nfe=50&t=1`,
        see: 'Euler–Maruyama has arrived as well; predictor–corrector, which spends half of its evaluations on corrections, nearly.',
      },
      {
        name: 'there and back',
        address: `tab=sample&race=ways&${threeOnLine}&t=0.6`,
        see: 'Paths of the SDEs are a hundred times as long and lead elsewhere each time. The flow comes back to where it began, to a ten-thousandth.',
      },
    ],
  },
  {
    name: 'inpaint',
    title: 'Paint away half a shoe',
    claim:
      'Samples of the posterior differ where the picture is unknown; a method that puts measured pixels in by hand looks right and is too sure of itself.',
    source: 'Song et al. 2021, appendix I; Eliav 2024, figure 2; Kawar et al. 2022',
    places: [
      {
        name: 'the heel',
        address: `tab=restore&picture=draw-14&methods=ddrm,replacement&evals=100&mask=${heelHidden}`,
        see: 'Four samples of each method: what they have in common is known, the spread shows where the model guesses. Compare the residuals: 0 takes the noise of the measurement for a part of the picture.',
      },
      {
        name: 'your own hole',
        address: 'tab=restore&picture=draw-14&methods=ddrm',
        see: 'Paint over the picture with the brush, or by its keys.',
      },
    ],
  },
  {
    name: 'clothes-or-digits',
    title: 'Which is likelier, clothes or digits?',
    claim:
      'A model of clothes finds a digit likelier than the clothes it draws: likelihood is not typicality, and simple pictures have few bits.',
    source: 'Song et al. 2021, section 4.3; Nalisnick et al. 2019; Serra et al. 2020',
    places: [
      {
        name: 'pictures',
        address: 'tab=likelihood&of=pictures',
        see: 'Draw a digit and see where it lands. Diamonds are the lengths of PNG files: they go the same way.',
      },
      {
        name: 'the plane',
        address: 'tab=likelihood&data=two-moons',
        see: 'Here both can be seen: the highest density, and the density where samples are.',
      },
    ],
  },
];

/** The name by which an address says that it is a place of an experiment. */
export const placeName = ({ name }: Experiment, index: number): string => `${name}.${index + 1}`;

/** The address of a place, with its name. */
export function placeAddress(own: Experiment, index: number): string {
  return `#${own.places[index]?.address ?? ''}&exp=${placeName(own, index)}`;
}

/** The experiment and the place of a name. */
export function placeOf(
  name: string,
): { readonly own: Experiment; readonly index: number; readonly place: Place } | undefined {
  const [of, number] = name.split('.');
  const own = experiments.find((one) => one.name === of);
  const index = Number(number) - 1;
  const place = own?.places[index];
  return own && place && { own, index, place };
}
