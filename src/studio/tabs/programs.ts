/** @file The programs of the library that compute what the tabs Field and Likelihood show of points of the plane. */
import type { State } from '../state/address.ts';
import { reach } from '../state/fields.ts';
import { clockSteps, type Setting } from '../work/setting.ts';
import { exact, importing, lawOf, processes } from './program-parts.ts';

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
