/** @file Trainings that are killed, stopped and doubled: what is left is always a run, and it goes on bit for bit. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { key } from '../../src/base/key.ts';
import { uniform } from '../../src/base/random.ts';
import { listCheckpoints, loadCheckpoint } from '../../src/run/folder/checkpoint-files.ts';
import { readMetrics } from '../../src/run/folder/metrics.ts';
import { isRun, openRun } from '../../src/run/folder/run-folder.ts';
import { newFolder } from '../io/folders.ts';
import { oneAfterAnother, scorefield, smallImages, smallPoints, start, type Ended } from './scorefield.ts';
import { onUnix, unix } from '../platform.ts';

const cwd = newFolder();
const timeout = 240_000;

/** Steps of the checkpoints of a run, none where there is no run yet. */
function checkpoints(name: string): readonly number[] {
  const folder = join(cwd, name);
  return existsSync(join(folder, 'checkpoints')) && isRun(folder) ? listCheckpoints(openRun(folder)) : [];
}

/** Reads every checkpoint whole. */
function expectSound(name: string): void {
  for (const step of checkpoints(name)) {
    const { tensors } = loadCheckpoint(openRun(join(cwd, name)), step).checkpoint;
    for (const values of ['params', 'm', 'v', 'ema']) expect(tensors[values]!.data.every(Number.isFinite)).toBe(true);
  }
}

/** The metrics of a run without the time that they took. */
function metrics(name: string): object[] {
  return readMetrics(openRun(join(cwd, name))).map(({ step, loss, smoothedLoss, gradientNorm }) => ({
    step,
    loss,
    smoothedLoss,
    gradientNorm,
  }));
}

function bytesOf(name: string, step: number): Buffer {
  return readFileSync(join(cwd, name, 'checkpoints', `${String(step).padStart(8, '0')}.safetensors`));
}

const without = ['--set', 'train.sampleEvery=0'];

describe('a run that is killed again and again', () => {
  // Steps of a millisecond or more, so that a kill comes after a few of them.
  const steps = 800;
  const train = [
    'train',
    'two-gaussians',
    '--batch',
    '256',
    '--threads',
    '1',
    ...without,
    '--steps',
    String(steps),
    '--seed',
    '5',
  ];
  const often = ['--set', 'train.checkpointEvery=25', '--set', 'train.logEvery=7'];
  const call = (name: string): string[] => [...train, ...often, '--out', name, '--resume'];

  it('ends with the very bytes of one that was not', { timeout }, async () => {
    const whole = scorefield(call('whole'), { cwd });
    const delays = uniform(key(12), 9);
    const stepsAtKills: number[] = [];
    for (const [i, u] of delays.entries()) {
      const child = start(call('killed'), { cwd });
      if (i < 3) {
        // Anywhere from the first look at the folder to the first steps, mostly before a checkpoint.
        await child.until((printed) => i === 0 || / run in |going on with/.test(printed));
        await pause(u * (i === 0 ? 300 : 100));
      } else {
        const before = checkpoints('killed').at(-1) ?? 0;
        while ((checkpoints('killed').at(-1) ?? 0) <= before && (await running(child.ended))) await pause(3);
        await pause(u * 30);
      }
      child.send('SIGKILL');
      expect((await child.ended).signal).toBe('SIGKILL');
      stepsAtKills.push(checkpoints('killed').at(-1) ?? 0);
      expectSound('killed');
    }
    // Some kills came before the first checkpoint, the later ones with ever more of them behind.
    expect(stepsAtKills[0]).toBe(0);
    expect(new Set(stepsAtKills.slice(3)).size).toBe(6);
    expect(stepsAtKills.at(-1)).toBeLessThan(steps);

    const last = await scorefield([...call('killed'), '--json'], { cwd });
    expect(last).toMatchObject({ code: 0 });
    expect(JSON.parse(last.out)).toMatchObject({ step: steps, interrupted: false });
    expect((await whole).code).toBe(0);
    expect(checkpoints('killed')).toEqual(checkpoints('whole'));
    for (const step of checkpoints('whole')) expect(bytesOf('killed', step).equals(bytesOf('whole', step))).toBe(true);
    expect(metrics('killed')).toEqual(metrics('whole'));
    expect(metrics('whole').length).toBeGreaterThan(steps / 7);
    const files = readdirSync(join(cwd, 'killed'), { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => file.includes('.tmp') || file.endsWith('.lock'))).toEqual([]);
  });
});

/** Whether a promise is still open. */
async function running(promise: Promise<unknown>): Promise<boolean> {
  const open = Symbol('open');
  return (await Promise.race([promise, Promise.resolve(open)])) === open;
}

describe.skipIf(!unix)(`a run that is stopped${onUnix}`, () => {
  const steps = 60;
  // Mirror images, dequantization and dropout: every random number that a training draws.
  const images = ['train', 'emoji', ...smallImages, '--set', 'data.flips=true', '--set', 'net.dropout=0.2', ...without];
  const often = ['--set', 'train.checkpointEvery=1000', '--set', 'train.logEvery=1', '--steps', String(steps)];
  const call = (name: string): string[] => [...images, ...often, '--out', name];
  beforeAll(async () => {
    expect(await scorefield(call('whole-images'), { cwd })).toMatchObject({ code: 0 });
  }, timeout);

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s saves, says so with exit code 130, and goes on bit for bit',
    { timeout },
    async (signal) => {
      const name = `stopped-${signal}`;
      const first = start([...call(name), '--json'], { cwd });
      expect(await first.until(() => existsSync(join(cwd, name, 'metrics.jsonl')) && metrics(name).length > 5)).toBe(
        true,
      );
      first.send(signal);
      const ended = await first.ended;
      expect(ended).toMatchObject({ code: 130, signal: null });
      expect(ended.out).toMatch(/^\{[^\n]*\}\n$/);
      const outcome = JSON.parse(ended.out) as { step: number };
      expect(outcome).toMatchObject({ run: name, interrupted: true });
      expect(ended.err).toContain('saving after this step');
      expect(ended.err).toContain(`--out ${name} --resume`);
      expect(outcome.step).toBeLessThan(steps);
      expect(checkpoints(name)).toEqual([outcome.step]);
      expectSound(name);

      const resumed = await scorefield([...call(name), '--resume'], { cwd });
      expect(resumed.code).toBe(0);
      expect(resumed.out).toContain(`going on with ${name} after step ${outcome.step}`);
      expect(bytesOf(name, steps).equals(bytesOf('whole-images', steps))).toBe(true);
      expect(metrics(name)).toEqual(metrics('whole-images'));
    },
  );
});

describe('a training that is signalled', () => {
  const call = [
    'train',
    'two-gaussians',
    ...smallPoints,
    ...without,
    '--set',
    'train.logEvery=1',
    '--steps',
    '1000000',
  ];

  it.skipIf(!unix)(
    `saves and goes on by SIGUSR1, opens no debugger, and saves and ends by SIGHUP${onUnix}`,
    { timeout },
    async () => {
      const child = start([...call, '--set', 'train.checkpointEvery=1000000', '--out', 'signalled'], { cwd });
      expect(await child.until((printed) => printed.includes('step 1 '))).toBe(true);
      child.send('SIGUSR1');
      expect(await child.until(() => checkpoints('signalled').length > 0)).toBe(true);
      const [first = 0] = checkpoints('signalled');
      child.send('SIGHUP');
      // A terminal that closes may send it more than once.
      child.send('SIGHUP');
      const ended = await child.ended;
      expect(ended).toMatchObject({ code: 130, signal: null, err: '' });
      expect(ended.out).toContain('saving after this step');
      expect(checkpoints('signalled').at(-1)).toBeGreaterThan(first);
      expect(existsSync(join(cwd, 'signalled', 'train.lock'))).toBe(false);
    },
  );

  it.skipIf(!unix)(
    `leaves no lock behind where it is ended at once by a second Ctrl-C${onUnix}`,
    { timeout },
    async () => {
      const child = start([...call, '--out', 'twice'], { cwd });
      expect(await child.until((printed) => printed.includes('step 1 '))).toBe(true);
      child.send('SIGINT');
      child.send('SIGINT');
      expect((await child.ended).code).toBe(130);
      expect(existsSync(join(cwd, 'twice', 'train.lock'))).toBe(false);
    },
  );

  it.skipIf(!existsSync('/dev/full')).each([
    ['stdout', '> /dev/full', []],
    ['stderr', '2> /dev/full', ['--json']],
  ] as const)(
    'ends its work with a full disk under %s, says so on the other one, and leaves no lock (skipped without /dev/full)',
    { timeout },
    async (name, redirection, more) => {
      const args = [
        'train',
        'two-gaussians',
        ...smallPoints,
        ...without,
        '--steps',
        '20',
        '--out',
        `full-${name}`,
        ...more,
      ];
      const { code, out, err } = await scorefield(args, { cwd, shell: (command) => `${command} ${redirection}` });
      expect(code).toBe(2);
      const complaint = /^scorefield: the output cannot be written: the disk is full[^\n]*$/gm;
      expect((out + err).match(complaint)).toHaveLength(1);
      expect(checkpoints(`full-${name}`)).toEqual([20]);
      expect(existsSync(join(cwd, `full-${name}`, 'train.lock'))).toBe(false);
    },
  );
});

describe('a run that is being trained', () => {
  it('takes no second process, and can be looked at meanwhile', { timeout }, async () => {
    const args = [
      'train',
      'two-gaussians',
      ...smallPoints,
      ...without,
      '--set',
      'train.checkpointEvery=20',
      '--out',
      'busy',
    ];
    const child = start([...args, '--steps', '1000000'], { cwd });
    expect(await child.until(() => checkpoints('busy').length > 0)).toBe(true);
    const calls = [[...args, '--resume'], args, ['info', 'busy'], ['sample', 'busy', '-n', '4', '--steps', '3']];
    const [resumed, fresh, info, sample] = (await oneAfterAnother(calls, { cwd })) as [Ended, Ended, Ended, Ended];
    expect(resumed).toMatchObject({ code: 2, out: '' });
    expect(resumed.err).toMatch(/^scorefield: busy: [^\n]*process \d+[^\n]*\n$/);
    expect(fresh).toMatchObject({ code: 2, out: '' });
    expect(fresh.err).toMatch(/^scorefield: busy: there is a run in this folder; [^\n]*--resume[^\n]*\n$/);
    expect(info).toMatchObject({ code: 0, err: '' });
    expect(sample).toMatchObject({ code: 0, err: '' });
    child.send('SIGINT');
    const ended = await child.ended;
    expect(ended.code).toBe(130);
    // Nobody has disturbed it.
    expectSound('busy');
    const lines = metrics('busy') as { step: number }[];
    expect(lines.map(({ step }) => step)).toEqual(lines.map(({ step }) => step).toSorted((a, b) => a - b));
    expect(lines.at(-1)!.step).toBe(checkpoints('busy').at(-1));
  });
});
