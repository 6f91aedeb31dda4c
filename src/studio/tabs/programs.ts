/** @file The programs of the library that compute what a panel shows. */
import type { Mixture } from '../../data/dataset.ts';
import type { State } from '../state/address.ts';
import { mostPoints, reach } from '../state/fields.ts';
import { pointStd } from '../state/law.ts';
import { batch, oneLevel, trainingPoints } from '../work/facts.ts';
import { timeOfNoiseRatio } from '../../sde/time/noise-ratio.ts';
import { clockSteps, processOf, type Setting } from '../work/setting.ts';

const processes = {
  vp: ['vp', 'vp()'],
  'sub-vp': ['subVp', 'subVp()'],
  ve: ['ve', 've({ sigmaMax: 12 })'],
} as const;

/** Numbers of a program and what it imports. */
interface Part {
  readonly lines: readonly string[];
  readonly names: readonly string[];
}

/** How a program writes the law: as numbers, or where there are many as the set that they are of. */
function lawOf({ data }: State, { means, stds, weights }: Mixture): Part {
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

const importing = (names: readonly string[], from: string): string =>
  `import { ${[...new Set(names)].sort().join(', ')} } from '${from}';`;

const exact = 'const { score } = gaussianMixture(sde, { ...law, means: tensor(means.flat(), [means.length, 2]) });';

/** The particles of the tab Field at their end. */
export function fieldProgram(state: State, { law, sde }: Setting): string {
  const { lines, names } = lawOf(state, law);
  const step = state.flow === 'sde' ? 'ancestral' : 'ddim';
  const [process, call] = processes[sde];
  const own = [step, 'finish', 'gaussianMixture', 'key', 'predictorCorrector', 'split', 'tensor', process];
  return [
    importing([...own, ...names], 'scorefield'),
    importing(['cosineGrid'], 'scorefield/sde'),
    '',
    ...lines,
    `const sde = ${call};`,
    exact,
    `const sampler = predictorCorrector({ predictor: ${step}(), steps: ${clockSteps}, grid: cosineGrid, denoiseLast: false });`,
    `const keys = split(key(${state.seed}), ${state.n});`,
    'const { x } = await finish(sampler({ sde, score, shape: [2], keys }));',
    'console.log(x.data);',
  ].join('\n');
}

/** The training of the tab Learn. */
export function learnProgram(state: State, { law, sde }: Setting, steps: number): string {
  const { lines, names } = lawOf(state, law);
  const { seed, width, rate, levels } = state;
  const [process, call] = processes[sde];
  const one = levels === 'one';
  return [
    importing(['epsilon', 'key', 'mlp', 'train', process, ...names], 'scorefield'),
    importing(['drawMixture'], 'scorefield/data'),
    importing(['nodeBackend'], 'scorefield/node'),
    ...(one ? [importing(['denoising'], 'scorefield/train')] : []),
    '',
    ...lines,
    `const set = drawMixture('studio', law, key(${seed}), ${trainingPoints});`,
    `const sde = ${call};`,
    'const process = { sde, parametrization: epsilon()(sde) };',
    'const training = train({',
    `  ...{ backend: nodeBackend(), set, net: mlp(2, { width: ${width} }), process, batch: ${batch}, key: key(${seed}) },`,
    "  scaler: { kind: 'standard', factor: 1, shift: [0] },",
    ...(one
      ? [`  objective: denoising(process, { times: () => ${timeOfNoiseRatio(processOf({ sde }), oneLevel)} }),`]
      : []),
    `  optimizer: { learningRate: ${rate}, warmup: 50, emaDecay: 0.99 },`,
    '});',
    'for await (const { step, smoothedLoss } of training) {',
    '  if (step % 100 === 0) console.log(step, smoothedLoss / 2);',
    `  if (step === ${steps}) break;`,
    '}',
  ].join('\n');
}

/** The race of the tab Sample. */
export function sampleProgram(state: State, { law, sde }: Setting, n: number): string {
  const { lines, names } = lawOf(state, law);
  const { seed, nfe, by } = state;
  const [process, call] = processes[sde];
  return [
    importing(['finish', 'foldIn', 'gaussianMixture', 'key', 'split', 'tensor', process, ...names], 'scorefield'),
    importing(['buildSampler'], 'scorefield/catalog'),
    importing(['drawMixture'], 'scorefield/data'),
    importing(['slicedWasserstein'], 'scorefield/evaluate'),
    '',
    ...lines,
    `const sde = ${call};`,
    exact,
    `const keys = split(key(${seed}), ${n});`,
    `const reference = tensor(drawMixture('exact', law, foldIn(key(${seed}), 'reference'), ${n}).values, [${n}, 2]);`,
    `for (const name of [${by.map((name) => `'${name}'`).join(', ')}]) {`,
    `  const sampler = buildSampler(name, { nfe: ${nfe}, lowDimensional: true });`,
    '  const { x, evals } = await finish(sampler({ sde, score, shape: [2], keys }));',
    `  const directions = foldIn(key(${seed}), 'directions');`,
    '  console.log(name, evals[0], slicedWasserstein(directions, x, reference, { p: 1, projections: 32 }));',
    '}',
  ].join('\n');
}

/** The density of the tab Likelihood: that of the law, and by the probability flow of its exact score. */
export function densityProgram(state: State, { law, sde }: Setting, n: number): string {
  const { lines, names } = lawOf(state, law);
  const { seed, cut, tolerance } = state;
  const [process, call] = processes[sde];
  return [
    importing(['foldIn', 'gaussianMixture', 'key', 'split', 'tensor', process, ...names], 'scorefield'),
    importing(['drawMixture'], 'scorefield/data'),
    importing(['logLikelihood'], 'scorefield/likelihood'),
    '',
    ...lines,
    `const sde = ${call};`,
    exact.replace('{ score }', '{ logDensity, scoreJvp }'),
    `const samples = tensor(drawMixture('samples', law, foldIn(key(${seed}), 'density'), ${n}).values, [${n}, 2]);`,
    `const line = tensor(Array.from({ length: ${n} }, (_, i) => [(((i + 0.5) / ${n}) * 2 - 1) * ${reach}, ${cut}]).flat(), [${n}, 2]);`,
    'const mean = (values) => values.reduce((sum, value) => sum + value / values.length, 0);',
    "console.log('samples', mean(logDensity(samples, sde.tMin)), 'line', logDensity(line, sde.tMin));",
    '// The same by the flow; the score of a network takes the place of the exact one.',
    `const options = { trace: { kind: 'exact' }, rtol: ${tolerance}, atol: ${tolerance} };`,
    `const flow = await logLikelihood({ sde, scoreJvp, keys: split(key(0), ${n}) }, samples, options);`,
    "console.log('flow', mean(flow.logDensityNats));",
  ].join('\n');
}
