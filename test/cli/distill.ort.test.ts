/** @file `scorefield distill` as its users have it: killed in a round and resumed, and mistakes. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { distillRun } from '../../src/node/distill-run.ts';
import { trainRun } from '../../src/node/train-run.ts';
import { loadAnyRun } from '../../src/run/load.ts';
import { newFolder } from '../io/folders.ts';
import { oneAfterAnother, scorefield, start, type Ended } from './scorefield.ts';

const cwd = newFolder();
const teacher = join(cwd, 'teacher');
const quiet = { train: { sampleEvery: 0, checkpointEvery: 25 } };

beforeAll(async () => {
  const config = { net: { width: 16, depth: 2, features: 8 }, ...quiet };
  await trainRun('two-moons', { threads: 1, out: teacher, process: 'edm', steps: 20, batch: 64, config });
});

it('goes on after a kill in a round, and ends as if it had not been killed', async () => {
  const words = ['--nfe', '1', '--first', '4', '--steps', '600', '--threads', '1', '--set', 'train.sampleEvery=0'];
  const args = ['distill', teacher, '--out', 'student', ...words, '--set', 'train.checkpointEvery=25'];
  const checkpoints = join(cwd, 'student/rounds/2/checkpoints');
  const child = start(args, { cwd });
  expect(await child.until(() => existsSync(checkpoints) && readdirSync(checkpoints).length > 0)).toBe(true);
  child.send('SIGKILL');
  expect((await child.ended).signal).toBe('SIGKILL');
  expect(existsSync(join(cwd, 'student/config.json'))).toBe(false);
  const refused = await scorefield(args, { cwd });
  expect([refused.code, refused.err]).toEqual([
    2,
    expect.stringMatching(/go on with it with --resume, or choose another --out\n$/),
  ]);
  const { code, out } = await scorefield([...args, '--resume', '--json'], { cwd });
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ run: 'student', nfe: 1, rounds: 3, step: 200, interrupted: false });
  const whole = join(cwd, 'whole');
  await distillRun(teacher, { threads: 1, out: whole, nfe: 1, first: 4, steps: 600, settings: quiet });
  expect(loadAnyRun(join(cwd, 'student')).point.state).toEqual(loadAnyRun(whole).point.state);
});

describe('what has no meaning is one sentence', () => {
  const student = 'picture-student';
  let ended: readonly Ended[] = [];
  const restores = [
    'restore',
    student,
    '--task',
    'inpaint',
    '--data',
    'train',
    '-n',
    '2',
    '--out',
    'restored',
    '--json',
  ];
  const calls: readonly (readonly [words: readonly string[], sentence: RegExp])[] = [
    [
      ['distill', 'classifier', '--out', 'none'],
      /TEACHER: expected a run or a model of a score, classifier is of a classifier/,
    ],
    [
      ['distill', student, '--out', 'none', '--method', 'consistency'],
      /TEACHER: expected a score, .*student is a student of 1 steps/,
    ],
    [['distill', student, '--out', 'none', '--method', 'luhman'], /TEACHER: expected a score, .*student is a student/],
    [
      ['restore', student, '--task', 'inpaint', '--method', 'ddrm', '--data', 'train', '--out', 'none'],
      /method: expected diffpir, as the estimate of a student is where the flow ends .* got ddrm, or give the teacher/,
    ],
    [
      ['distill', teacher, '--out', 'none', '--nfe', '6'],
      /^scorefield: --nfe: expected a power of two, as each round halves the steps, got 6$/m,
    ],
    [['restore', teacher, '--task', 'denoise', '--out', 'none'], /expected a model of images, found one of points/],
    [['likelihood', student], /is a student, whose estimate is where the flow ends/],
    [['encode', student, '--out', 'none.npz'], /is a student/],
    [['diagnose', student, '--out', 'none.png'], /expected a score, which predicts the noise; .* is a student/],
    [['tune', student, '--nfe', '4'], /is a student/],
    [['sample', student, '--text', 'red heart'], /this run knows no texts/],
    [['sample', student, '--sampler', 'heun'], /expected few-step, as the model is a student/],
    [
      ['sample', 'shortcut', '--nfe', '3'],
      /nfe: expected a power of two of 1 to 8, the steps that the model has learned, got 3/,
    ],
    [
      ['sample', 'shortcut', '--sampler', 'consistency'],
      /sampler: expected few-step, or a sampler of scores, got consistency/,
    ],
    [
      [
        'train',
        'emoji',
        '--size',
        '8',
        '--group',
        'faces',
        '--objective',
        'shortcut',
        '--net',
        'score-net',
        '--out',
        'none',
      ],
      /expected one that takes conditions for shortcut/,
    ],
    [
      ['train', 'two-moons', '--objective', 'shortcut', '--set', 'loss.sections=12', '--out', 'none'],
      /loss.sections: expected a power of two, got 12/,
    ],
    [
      ['train', 'two-moons', '--objective', 'mean-flow', '--set', 'loss.share=2', '--out', 'none'],
      /loss.share: expected 0 to 1, got 2/,
    ],
  ];

  beforeAll(async () => {
    const net = { width: 8, multipliers: [1, 2], blocks: 1 };
    const threads = { threads: 1 };
    const small = { size: 8, group: 'faces', batch: 4, steps: 1 };
    await trainRun('emoji', { ...threads, ...small, out: join(cwd, 'pictures'), config: { net, ...quiet } });
    await distillRun(join(cwd, 'pictures'), {
      ...threads,
      out: join(cwd, student),
      nfe: 1,
      first: 1,
      steps: 1,
      settings: quiet,
    });
    const points = { ...threads, batch: 16, steps: 1, config: { net: { width: 8, depth: 2 }, ...quiet } };
    await trainRun('two-moons', { ...points, out: join(cwd, 'classifier'), task: 'classifier' });
    await trainRun('two-moons', {
      ...points,
      out: join(cwd, 'shortcut'),
      objective: 'shortcut',
      settings: { loss: { sections: 8 } },
    });
    ended = await oneAfterAnother([...calls.map(([words]) => words), restores], { cwd });
  }, 120_000);

  it('but restore, which takes its own step', () => {
    const { code, out } = ended[calls.length]!;
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ method: 'diffpir', evaluations: 1 });
  });

  it.each(calls.map(([words, sentence], i) => ({ words: words.join(' '), sentence, i })))(
    '$words',
    ({ sentence, i }) => {
      const { code, err } = ended[i]!;
      expect([code, err.trim().split('\n').length]).toEqual([2, 1]);
      expect(err).toMatch(sentence);
      expect(existsSync(join(cwd, 'none'))).toBe(false);
    },
  );
});
