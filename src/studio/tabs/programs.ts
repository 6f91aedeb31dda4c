/** @file The programs of the library that compute what a panel shows. */
import type { Mixture } from '../../data/dataset.ts';
import type { State } from '../state/address.ts';
import { pointStd } from '../state/data.ts';
import { mostPoints } from '../state/fields.ts';
import { clockSteps, type Setting } from '../work/setting.ts';

const processCalls = { vp: 'vp()', 'sub-vp': 'subVp()', ve: 've({ sigmaMax: 12 })' } as const;
const processNames = { vp: 'vp', 'sub-vp': 'subVp', ve: 've' } as const;

/** How a program writes the law: as numbers, or where there are many as the set that they are of. */
function lawLines(
  { data }: State,
  { means, stds, weights }: Mixture,
): { readonly lines: readonly string[]; readonly names: readonly string[] } {
  const numbers = (values: readonly number[]): string => values.map((value) => Number(value.toFixed(4))).join(', ');
  if (means.length <= 16 || data === 'drawn')
    return {
      lines: [
        `const means = tensor([${numbers(means.flat())}], [${means.length}, 2]);`,
        means.length <= 16
          ? `const law = { means, stds: [${numbers(stds)}], weights: [${numbers(weights)}] };`
          : `const law = { means, stds: ${pointStd} };`,
      ],
      names: ['tensor'],
    };
  return {
    lines: [
      `const { values } = toys['${data}'].draw(foldIn(key(0), '${data}'), ${mostPoints});`,
      `const law = { means: tensor(values, [${mostPoints}, 2]), stds: ${pointStd} };`,
    ],
    names: ['tensor', 'toys', 'foldIn'],
  };
}

/** The particles of the tab Field at their end. */
export function fieldProgram(state: State, { law, sde }: Setting): string {
  const { lines, names } = lawLines(state, law);
  const step = state.flow === 'sde' ? 'ancestral' : 'ddim';
  const imports = [
    step,
    'finish',
    'gaussianMixture',
    'key',
    'predictorCorrector',
    'split',
    processNames[sde],
    ...names,
  ];
  return [
    `import { ${[...new Set(imports)].sort().join(', ')} } from 'scorefield';`,
    `import { cosineGrid } from 'scorefield/sde';`,
    '',
    ...lines,
    `const sde = ${processCalls[sde]};`,
    'const { score } = gaussianMixture(sde, law);',
    `const sampler = predictorCorrector({ predictor: ${step}(), steps: ${clockSteps}, grid: cosineGrid, denoiseLast: false });`,
    `const keys = split(key(${state.seed}), ${state.n});`,
    'const { x } = await finish(sampler({ sde, score, shape: [2], keys }));',
    'console.log(x.data);',
  ].join('\n');
}
