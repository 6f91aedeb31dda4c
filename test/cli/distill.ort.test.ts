/** @file `scorefield distill` as its users have it: killed in a round and resumed, and mistakes. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { distillRun } from '../../src/node/distill-run.ts';
import { trainRun } from '../../src/node/train-run.ts';
import { loadAnyRun } from '../../src/run/load.ts';
import { newFolder } from '../io/folders.ts';
import { scorefield, start } from './scorefield.ts';

const cwd = newFolder();
const teacher = join(cwd, 'teacher');
const quiet = { train: { sampleEvery: 0, checkpointEvery: 50 } };

beforeAll(async () => {
  const config = { net: { width: 16, depth: 2, features: 8 }, ...quiet };
  await trainRun('two-moons', { threads: 1, out: teacher, process: 'edm', steps: 20, batch: 64, config });
});

it('goes on after a kill in a round, and ends as if it had not been killed', async () => {
  const words = ['--nfe', '1', '--first', '4', '--steps', '900', '--threads', '1', '--set', 'train.sampleEvery=0'];
  const args = ['distill', teacher, '--out', 'student', ...words, '--set', 'train.checkpointEvery=50'];
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
  expect(JSON.parse(out)).toMatchObject({ run: 'student', nfe: 1, rounds: 3, step: 300, interrupted: false });
  const whole = join(cwd, 'whole');
  await distillRun(teacher, { threads: 1, out: whole, nfe: 1, first: 4, steps: 900, settings: quiet });
  expect(loadAnyRun(join(cwd, 'student')).point.state).toEqual(loadAnyRun(whole).point.state);
});

it('explains a mistake in one sentence', async () => {
  const { code, err } = await scorefield(['distill', teacher, '--out', 'none', '--nfe', '6'], { cwd });
  expect([code, err]).toEqual([
    2,
    'scorefield: --nfe: expected a power of two, as each round halves the steps, got 6\n',
  ]);
  expect(existsSync(join(cwd, 'none'))).toBe(false);
});
