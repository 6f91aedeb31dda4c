/** @file What the programs of the panels have in common: the law, the process, the score. */
import type { Mixture } from '../../data/dataset.ts';
import type { State } from '../state/address.ts';
import { mostPoints } from '../state/fields.ts';
import { pointStd } from '../state/law.ts';

/** Processes as programs name and make them. */
export const processes = {
  vp: ['vp', 'vp()'],
  'sub-vp': ['subVp', 'subVp()'],
  ve: ['ve', 've({ sigmaMax: 12 })'],
  edm: ['edm', 'edm({ sigmaMin: 0.01, sigmaMax: 12 })'],
} as const;

/** Numbers of a program and what it imports. */
export interface Part {
  readonly lines: readonly string[];
  readonly names: readonly string[];
}

/** How a program writes the law: as numbers, or where there are many as the set that they are of. */
export function lawOf({ data }: State, { means, stds, weights }: Mixture): Part {
  const list = (values: readonly number[]): string => values.map((value) => Number(value.toFixed(4))).join(', ');
  if (means.length <= 16)
    return {
      lines: [
        `const means = [${means.map((mean) => `[${list(mean)}]`).join(', ')}];`,
        `const law = { means, stds: [${list(stds)}], weights: [${list(weights)}] };`,
      ],
      names: [],
    };
  const even = `const law = { means, stds: means.map(() => ${pointStd}), weights: means.map(() => 1 / means.length) };`;
  if (data === 'drawn')
    return { lines: [`const means = [${means.map((mean) => `[${list(mean)}]`).join(', ')}];`, even], names: [] };
  return {
    lines: [
      `const { values } = toys['${data}'].draw(foldIn(key(0), '${data}'), ${mostPoints});`,
      `const means = Array.from({ length: ${mostPoints} }, (_, i) => [...values.subarray(2 * i, 2 * i + 2)]);`,
      even,
    ],
    names: ['toys', 'foldIn', 'key'],
  };
}

/** The line that imports names of a part of the library. */
export const importing = (names: readonly string[], from: string): string =>
  `import { ${[...new Set(names)].sort().join(', ')} } from '${from}';`;

/** The line of the exact score. */
export const exact =
  'const { score } = gaussianMixture(sde, { ...law, means: tensor(means.flat(), [means.length, 2]) });';
