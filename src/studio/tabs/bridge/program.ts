/** @file The program of the library that computes what the tab Bridge shows. */
import type { Mixture } from '../../../data/dataset.ts';
import type { State } from '../../state/address.ts';
import { lawOf } from '../../state/law.ts';
import { clockSteps } from '../../work/setting.ts';
import { importing, lawOf as writtenLaw } from '../program-parts.ts';

/** The plan, and the particles half way. */
export function bridgeProgram(state: State, law: Mixture): string {
  const { seed, pairs: n, eps } = state;
  const other = { ...state, data: state.to };
  const from = writtenLaw(state, law);
  const to = writtenLaw(other, lawOf(other));
  const drawn = (name: string, lines: readonly string[]): readonly string[] => [
    '{',
    ...lines.map((line) => `  ${line}`),
    `  ${name} = tensor(drawMixture('${name}', law, foldIn(key(${seed}), '${name}'), ${n}).values, [${n}, 2]);`,
    '}',
  ];
  return [
    importing(['foldIn', 'key', 'split', 'takeRows', 'tensor', ...from.names, ...to.names], 'scorefield'),
    importing(['pinnedPaths', 'pointBridge'], 'scorefield/bridge'),
    importing(['drawMixture'], 'scorefield/data'),
    '',
    'let from, to;',
    ...drawn('from', from.lines),
    ...drawn('to', to.lines),
    `const bridge = pointBridge(from, to, { epsilon: ${eps} });`,
    "console.log('squared distance', bridge.squaredDistance, 'entropy', bridge.entropy);",
    `const keysOf = (name) => split(foldIn(key(${seed}), name), ${n});`,
    "const ends = takeRows(to, bridge.drawEnds(keysOf('ends')));",
    `const paths = pinnedPaths([from, ends], { epsilon: ${eps}, steps: ${clockSteps}, keys: keysOf('paths') });`,
    `console.log('half way', paths[${clockSteps / 2}].data);`,
  ].join('\n');
}
