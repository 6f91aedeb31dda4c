/** @file Classes of two sets meet by their names, in every command where they meet. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { encodePng } from '../../src/plot/png.ts';
import { newFolder } from '../io/folders.ts';
import { reportedCalls, type ReportedCalls } from './reported-calls.ts';

const cwd = newFolder();

/** A folder of ten flat gray images of each class. */
function folder(name: string, grays: Readonly<Record<string, number>>): void {
  for (const [of, gray] of Object.entries(grays)) {
    mkdirSync(join(cwd, name, of), { recursive: true });
    for (let i = 0; i < 10; i++) {
      const data = Uint8Array.from({ length: 64 }, () => gray + i);
      writeFileSync(join(cwd, name, of, `${i}.png`), encodePng({ width: 8, height: 8, channels: 1, data }));
    }
  }
}
folder('insects', { ant: 10, bee: 120, moth: 230 });
// In the order of the alphabet these have other numbers than above.
folder('some', { Moth: 230, bee: 120 });
folder('others', { bee: 120, wasp: 60 });

const small = [
  ...['--batch', '8', '--threads', '1', '--set', 'train.warmup=1', '--set', 'train.sampleEvery=0'],
  ...['--set', 'net.width=8', '--set', 'net.multipliers=[1]', '--set', 'net.blocks=1', '--json'],
];
const likelihood = (data: string): string[] => [
  ...[
    'likelihood',
    'run',
    '--data',
    data,
    '-n',
    '4',
    '--given-class',
    '--tolerance',
    '0.1',
    '--threads',
    '1',
    '--json',
  ],
];
const good = {
  run: ['train', 'insects', '--conditional', '--out', 'run', '--steps', '2', ...small],
  classifier: [
    ...[
      'train',
      'insects',
      '--task',
      'classifier',
      '--out',
      'classifier',
      '--steps',
      '150',
      '--threads',
      '1',
      '--json',
    ],
    ...['--batch', '16', '--set', 'net.width=8', '--set', 'net.depth=2', '--set', 'train.warmup=1'],
    ...['--set', 'train.sampleEvery=0', '--set', 'train.learningRate=0.01', '--set', 'train.emaDecay=0.9'],
  ],
  own: ['evaluate', 'classifier', '--data', 'insects', '--threads', '1', '--json'],
  accuracy: ['evaluate', 'classifier', '--data', 'some', '--threads', '1', '--json'],
  given: likelihood('some'),
  drawn: [
    ...[
      'sample',
      'run',
      '--class',
      'moth',
      '-n',
      '4',
      '--steps',
      '2',
      '--out',
      'moths.npz',
      '--threads',
      '1',
      '--json',
    ],
  ],
  ofDrawn: likelihood('moths.npz'),
  begun: ['train', 'some', '--init', 'run', '--out', 'begun', '--steps', '1', ...small.slice(0, 8), '--json'],
  resumed: ['train', 'some', '--out', 'begun', '--steps', '2', '--resume', '--json'],
  info: ['info', 'begun'],
  sampled: ['sample', 'begun', '--class', 'MOTH', '-n', '2', '--steps', '2', '--threads', '1', '--json'],
};
const bad: ReportedCalls<string>['bad'] = {
  'densities given classes that the run does not know': [
    likelihood('others'),
    /--given-class: expected samples of the classes of the run, ant, bee, moth; found wasp in others/,
  ],
  'a classifier of other classes': [
    ['evaluate', 'classifier', '--data', 'others'],
    /--data: expected samples of the classes of classifier, ant, bee, moth; found wasp in others/,
  ],
  'a beginning with other classes': [
    ['train', 'others', '--init', 'run', '--out', 'no', '--steps', '1'],
    /--init: expected samples of the classes of run, ant, bee, moth; found wasp in others/,
  ],
  'a class that was not in the data of the second training': [
    ['sample', 'begun', '--class', 'ant', '-n', '1'],
    /--class: expected a class that had samples, all, bee, moth; 'ant' had none in the training/,
  ],
};
const { endOf, resultOf } = await reportedCalls({ cwd, good, bad });

it('a classifier is as right about samples of another folder as about its own', () => {
  for (const name of ['own', 'accuracy'] as const)
    expect((resultOf(name)['accuracy'] as { readonly value: number }).value).toBeGreaterThan(0.9);
});

it('a run that begins with another keeps the numbers of its classes, also when it goes on', () => {
  expect(endOf('info').out).toMatch(/classes +ant, bee, moth \(without samples: ant\)\n/);
  expect(resultOf('resumed')).toMatchObject({ step: 2 });
  expect(resultOf('sampled')).toMatchObject({ n: 2, classes: ['moth'] });
});
