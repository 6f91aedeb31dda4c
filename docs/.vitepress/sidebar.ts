/** @file The pages of the documentation, in the order in which a newcomer reads them. */

/** A page: its title in the sidebar, and its path without `.md`. */
export interface Page {
  readonly text: string;
  readonly link: string;
}

/** Pages under one heading. */
export interface Section {
  readonly text: string;
  readonly items: readonly Page[];
}

/** All pages of `docs/` but the front page. */
export const sidebar: readonly Section[] = [
  {
    text: 'Start',
    items: [
      { text: 'Start here', link: '/start' },
      { text: 'How it works', link: '/how-it-works' },
      { text: 'Glossary', link: '/glossary' },
    ],
  },
  {
    text: 'Tasks',
    items: [
      { text: 'Data', link: '/data' },
      { text: 'Tables', link: '/tables' },
      { text: 'Series, fields and volumes', link: '/arrays' },
      { text: 'Forecasts of series', link: '/series' },
      { text: 'Training', link: '/training' },
      { text: 'The recipe of images', link: '/recipe' },
      { text: 'Threads, shards, MPI', link: '/scale' },
      { text: 'Diagnosis', link: '/diagnose' },
      { text: 'Evaluation', link: '/evaluation' },
      { text: 'Few steps', link: '/few-steps' },
      { text: 'Bridges', link: '/bridges' },
      { text: 'Latents', link: '/latents' },
      { text: 'Sampling', link: '/sampling' },
      { text: 'Classes and guidance', link: '/guidance' },
      { text: 'Energies and compositions', link: '/energies' },
      { text: 'Stages', link: '/stages' },
      { text: 'Likelihoods and latents', link: '/likelihood' },
      { text: 'Text', link: '/text' },
      { text: 'Melodies', link: '/melodies' },
      { text: 'Shapes', link: '/shapes' },
      { text: 'Sounds', link: '/sound' },
      { text: 'Restoring images', link: '/restoring' },
      { text: 'The studio', link: '/studio' },
      { text: 'Experiments in the studio', link: '/experiments' },
      { text: 'In a browser', link: '/browser' },
      { text: 'Command line', link: '/command-line' },
      { text: 'Export to ONNX', link: '/export' },
      { text: 'Your own SDE and sampler', link: '/own' },
    ],
  },
  {
    text: 'Methods',
    items: [
      { text: 'Samplers', link: '/samplers' },
      { text: 'Networks', link: '/networks' },
      { text: 'Inverse problems', link: '/inverse-problems' },
      { text: 'Names and options', link: '/names' },
    ],
  },
  {
    text: 'Results',
    items: [
      { text: 'Gallery', link: '/gallery' },
      { text: 'Restored images', link: '/restoration' },
      { text: 'Calibration', link: '/calibration' },
    ],
  },
  {
    text: 'Project',
    items: [
      { text: 'Architecture', link: '/architecture' },
      { text: 'Contributing', link: '/contributing' },
    ],
  },
];

/** The package's entries, each of which has a page of the API. */
export const entries = [
  'index',
  'node',
  'web',
  'sde',
  'sample',
  'likelihood',
  'inverse',
  'bridge',
  'train',
  'nn',
  'data',
  'evaluate',
  'catalog',
  'graph',
] as const;

/** Pages of the API, which typedoc writes to `docs/api`, and of the commands, which `scripts/make-commands.ts` writes there. */
export const reference: Section = {
  text: 'Reference',
  items: [
    { text: 'Commands', link: '/api/commands' },
    ...entries.map((entry) => ({
      text: entry === 'index' ? 'scorefield' : `scorefield/${entry}`,
      link: `/api/${entry}`,
    })),
  ],
};
