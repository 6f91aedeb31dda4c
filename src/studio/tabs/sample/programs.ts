/** @file The programs of the library that compute what the tab Sample shows. */
import type { State } from '../../state/address.ts';
import { chainLevels, stepsPerLevel } from '../../work/facts.ts';
import type { Setting } from '../../work/setting.ts';
import { trainingOf } from '../learn-program.ts';
import { exact, importing, lawOf, processes } from '../program-parts.ts';

/** The lines that make the scores of a state, as `scores`, and what they import. */
function scoresOf(
  state: State,
  setting: Setting,
  steps: number,
): { readonly lines: readonly string[]; readonly imports: readonly string[]; readonly names: readonly string[] } {
  const { score } = state;
  const [, call] = processes[setting.sde];
  const own =
    score === 'learned'
      ? []
      : ['exact: gaussianMixture(sde, { ...law, means: tensor(means.flat(), [means.length, 2]) }).score'];
  if (score === 'exact')
    return {
      lines: [`const sde = ${call};`, `const scores = { ${own.join()} };`],
      imports: [],
      names: ['gaussianMixture'],
    };
  const training = trainingOf(state, setting);
  const clean = state.levels === 'none';
  const learned = clean ? 'learned: (x) => model.score(x, 1)' : 'learned: model.score';
  return {
    names: [
      'averaged',
      'mlp',
      'scoreModel',
      'train',
      ...(score === 'both' ? ['gaussianMixture'] : []),
      ...(clean ? ['edm'] : []),
    ],
    imports: training.imports,
    lines: [
      // Clean points have a process of their own.
      ...(clean ? training.lines.map((line) => line.replaceAll(/\bsde\b/g, 'own')) : training.lines),
      'let params;',
      'for await (const now of training) {',
      `  if (now.step < ${steps}) continue;`,
      '  params = averaged((await now.point()).state);',
      '  break;',
      '}',
      `const model = scoreModel(backend, net, { params, process${clean ? ': { ...process, sde: own }' : ''}, maxBatch: 1024 });`,
      ...(clean ? [`const sde = ${call};`] : []),
      `const scores = { ${[...own, learned].join(', ')} };`,
    ],
  };
}

/** The race of samplers. */
export function sampleProgram(state: State, setting: Setting, steps: number): string {
  const { lines, names } = lawOf(state, setting.law);
  const { seed, nfe, by, n } = state;
  const [process] = processes[setting.sde];
  const scores = scoresOf(state, setting, steps);
  return [
    importing(['finish', 'foldIn', 'key', 'split', 'tensor', process, ...names, ...scores.names], 'scorefield'),
    importing(['buildSampler'], 'scorefield/catalog'),
    importing(['drawMixture'], 'scorefield/data'),
    importing(['slicedWasserstein'], 'scorefield/evaluate'),
    ...scores.imports,
    '',
    ...lines,
    ...scores.lines,
    `const keys = split(key(${seed}), ${n});`,
    `const reference = tensor(drawMixture('exact', law, foldIn(key(${seed}), 'reference'), ${n}).values, [${n}, 2]);`,
    `for (const name of [${by.map((name) => `'${name}'`).join(', ')}])`,
    '  for (const [of, score] of Object.entries(scores)) {',
    `    const sampler = buildSampler(name, { nfe: ${nfe}, lowDimensional: true });`,
    '    const { x, evals } = await finish(sampler({ sde, score, shape: [2], keys }));',
    `    const directions = foldIn(key(${seed}), 'directions');`,
    '    console.log(name, of, evals[0], slicedWasserstein(directions, x, reference, { p: 1, projections: 32 }));',
    '  }',
  ].join('\n');
}

/** The flow, from noise to data and back to where it began. */
export function waysProgram(state: State, setting: Setting, steps: number): string {
  const { lines, names } = lawOf(state, setting.law);
  const { seed, n } = state;
  const [process] = processes[setting.sde];
  const scores = scoresOf(state, setting, steps);
  return [
    importing(
      [
        'eulerMaruyama',
        'finish',
        'foldIn',
        'key',
        'predictorCorrector',
        'split',
        'tensor',
        process,
        ...names,
        ...scores.names,
      ],
      'scorefield',
    ),
    importing(['flowPaths'], 'scorefield/sample'),
    importing(['priorSample', 'uniformGrid'], 'scorefield/sde'),
    ...scores.imports,
    '',
    ...lines,
    ...scores.lines,
    `const keys = split(key(${seed}), ${n});`,
    "const noise = priorSample(keys.map((own) => foldIn(own, 'prior')), sde, [2]);",
    'for (const [of, score] of Object.entries(scores)) {',
    '  const times = [...uniformGrid(sde, 50), sde.tMax];',
    '  let x;',
    '  for await (const state of flowPaths({ sde, score }, { x: noise, times })) x = state.x;',
    '  const apart = x.data.reduce((most, value, i) => Math.max(most, Math.abs(value - noise.data[i])), 0);',
    "  console.log(of, 'there and back', apart);",
    '  const reverse = predictorCorrector({ predictor: eulerMaruyama(), steps: 500, grid: uniformGrid, denoiseLast: false });',
    "  console.log(of, 'reverse SDE', (await finish(reverse({ sde, score, shape: [2], keys }))).x.data);",
    '}',
  ].join('\n');
}

/** Chains of Langevin steps. */
export function chainsProgram(state: State, { law }: Setting, _steps: number, step: number): string {
  const { lines, names } = lawOf(state, law);
  const { seed, n, first, last, alpha } = state;
  const all = chainLevels * stepsPerLevel;
  return [
    importing(['edm', 'gaussianMixture', 'key', 'tensor', ...names], 'scorefield'),
    importing(['modeWeights'], 'scorefield/evaluate'),
    importing(['evenStart', 'geometricLevels', 'langevinChains'], 'scorefield/sample'),
    '',
    ...lines,
    'const sde = edm();',
    exact,
    `const chains = evenStart(key(${seed}), [-2, 2], { n: ${n} });`,
    'const kinds = [',
    `  { name: 'langevin', score: (x) => score(x, 0), levels: [${Math.min(...law.stds)}], steps: ${all}, stepSize: ${alpha} },`,
    `  { name: 'annealed', score, levels: geometricLevels(${first}, ${last}, ${chainLevels}), steps: ${stepsPerLevel}, stepSize: ${step} },`,
    '];',
    'for (const { name, ...how } of kinds) {',
    '  let x;',
    '  for await (const state of langevinChains({ ...chains, ...how, parts: how.steps / 20 })) x = state.x;',
    '  console.log(name, modeWeights(x, { ...law, means: tensor(means.flat(), [means.length, 2]) }).found);',
    '}',
  ].join('\n');
}
