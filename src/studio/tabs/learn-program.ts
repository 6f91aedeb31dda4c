/** @file The program of the library that trains as the tab Learn does. */
import type { Mixture } from '../../data/dataset.ts';
import { timeOfNoiseRatio } from '../../sde/time/noise-ratio.ts';
import type { State } from '../state/address.ts';
import { oneLevel } from '../work/facts.ts';
import { rootMeanSquare } from '../work/root-mean-square.ts';
import { processOf, type Setting } from '../work/setting.ts';
import { importing, lawOf, processes } from './program-parts.ts';

/** What a network of the tab Learn predicts, and its loss, with what a program imports for it. */
function lessonsOf(
  { levels, sde }: State,
  law: Mixture,
): { readonly lines: readonly string[]; readonly imports: readonly string[] } {
  const t = timeOfNoiseRatio(processOf({ sde }), oneLevel);
  const at = (parametrization: string): string => `const process = { sde, parametrization: ${parametrization}(sde) };`;
  if (levels === 'none')
    return {
      imports: [importing(['directScore'], 'scorefield/sde'), importing(['exactScoreMatching'], 'scorefield/train')],
      lines: [
        at('directScore({ scaleBySigma: false })'),
        'const objective = exactScoreMatching(process, { clean: true, times: () => 1 });',
      ],
    };
  if (sde !== 'edm')
    return {
      imports: [importing(['epsilon'], 'scorefield'), importing(['denoising'], 'scorefield/train')],
      lines: [
        at('epsilon()'),
        `const objective = denoising(process${levels === 'one' ? `, { times: () => ${t} }` : ''});`,
      ],
    };
  const sigmaData = rootMeanSquare(law);
  const times = levels === 'one' ? `() => ${t}` : 'importanceTimes(sde)';
  return {
    imports: [
      importing(
        ['edmParametrization', 'edmWeighting', ...(levels === 'one' ? [] : ['importanceTimes'])],
        'scorefield/sde',
      ),
      importing(['denoising'], 'scorefield/train'),
    ],
    lines: [
      at(`edmParametrization({ sigmaData: ${sigmaData} })`),
      `const weighting = edmWeighting(sde, { sigmaData: ${sigmaData} });`,
      `const objective = denoising(process, { weighting, times: ${times} });`,
    ],
  };
}

/** The lines of a training up to its loop, and what they import. */
export function trainingOf(
  state: State,
  { law, sde }: Setting,
): { readonly lines: readonly string[]; readonly imports: readonly string[] } {
  const { seed, width, rate, points, batch, levels } = state;
  // Clean points have no noise; the time of EDM is its level, and 1 needs no factor.
  const [, call] = processes[levels === 'none' ? 'edm' : sde];
  const lessons = lessonsOf(state, law);
  return {
    imports: [importing(['nodeBackend'], 'scorefield/node'), ...lessons.imports],
    lines: [
      `const set = drawMixture('studio', law, key(${seed}), ${points});`,
      `const sde = ${call};`,
      ...lessons.lines,
      `const [backend, net] = [nodeBackend(), mlp(2, { width: ${width} })];`,
      'const training = train({',
      `  ...{ backend, set, net, process, objective, batch: ${batch}, key: key(${seed}) },`,
      "  scaler: { kind: 'standard', factor: 1, shift: [0] },",
      `  optimizer: { learningRate: ${rate}, warmup: 50, emaDecay: 0.99 },`,
      '});',
    ],
  };
}

/** The training of the tab Learn. */
export function learnProgram(state: State, setting: Setting, steps: number): string {
  const { lines, names } = lawOf(state, setting.law);
  const [process] = processes[state.levels === 'none' ? 'edm' : setting.sde];
  const training = trainingOf(state, setting);
  return [
    importing(['key', 'mlp', 'train', process, ...names], 'scorefield'),
    importing(['drawMixture'], 'scorefield/data'),
    ...training.imports,
    '',
    ...lines,
    ...training.lines,
    'for await (const { step, smoothedLoss } of training) {',
    '  if (step % 100 === 0) console.log(step, smoothedLoss / 2);',
    `  if (step === ${steps}) break;`,
    '}',
  ].join('\n');
}
