/** @file What `train --resume` does with runs that are damaged, lost, moved or were killed: in one process, which is much faster. */
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { FileError, NumericalError } from '../../src/base/errors.ts';
import { key } from '../../src/base/key.ts';
import { bits, normal } from '../../src/base/random.ts';
import { parseSettings } from '../../src/catalog/config/config-text.ts';
import { showTraining } from '../../src/cli/shell/training.ts';
import type { Terminal } from '../../src/cli/shell/terminal.ts';
import { trainRun, type TrainRunOptions } from '../../src/node/train-run.ts';
import type { TrainOutcome } from '../../src/node/training/loop.ts';
import { formatNpy } from '../../src/data/arrays/npy.ts';
import { listing, newFolder } from '../io/folders.ts';
import { endedProcess } from '../platform.ts';

/** A disk that can be made to stop at any of its operations, and a process that does nothing to it from then on. */
const disk = vi.hoisted(() => ({ left: Infinity, made: 0 }));
vi.mock('node:fs', async (original) => {
  const fs = await original<Record<string, unknown>>();
  const changing = /^(write|rename|rm|rmdir|mkdir|link|ftruncate|fsync|fdatasync|unlink)(File)?Sync$/;
  const wrapped = Object.entries(fs).map(([name, value]): [string, unknown] => {
    if (typeof value !== 'function' || !(changing.test(name) || name === 'openSync')) return [name, value];
    const call = value as (...args: unknown[]) => unknown;
    return [
      name,
      (...args: unknown[]) => {
        if (name === 'openSync' && !/^[wa]/.test(String(args[1]))) return call(...args);
        if (disk.left <= 0) throw new Error('killed');
        disk.left--;
        disk.made++;
        // A killed process, unlike a power cut, loses nothing that waits for the disk.
        return name.endsWith('syncSync') ? undefined : call(...args);
      },
    ];
  });
  return Object.fromEntries(wrapped);
});
// Pictures are their text: to draw them takes ten times as long as everything else here.
vi.mock('../../src/plot/svg-png.ts', async (original) => ({
  ...(await original<object>()),
  svgToPng: (svg: string) => Promise.resolve(new TextEncoder().encode(svg)),
}));
// And they have few points, each of which takes more than a hundred evaluations.
vi.mock('../../src/catalog/data-kinds/points.ts', async (original) => {
  const { points } = await original<{ readonly points: object }>();
  return { points: { ...points, snapshot: 8 } };
});

const cwd = newFolder();
const data = join(cwd, 'points.npy');
writeFileSync(data, formatNpy({ shape: [60, 2], data: normal(key(1), 120) }));

const settings = ['net.width=8', 'net.depth=2', 'train.checkpointEvery=2', 'train.logEvery=1', 'train.sampleEvery=0'];
const words: string[] = [];
const out: Terminal = {
  line: (text) => words.push(text),
  progress: () => undefined,
  done: () => undefined,
  result: () => undefined,
};

interface Flags extends TrainRunOptions {
  /** As after `--set`. */
  readonly set?: readonly string[];
}

/** Trains a small network, to 4 steps unless others are asked for. */
async function train(name: string, flags: Flags = {}, ref = data): Promise<TrainOutcome> {
  return trainOn(ref, { batch: 8, steps: 4, ...flags, out: join(cwd, name) });
}

async function trainOn(ref: string, { set = [], ...flags }: Flags): Promise<TrainOutcome> {
  words.length = 0;
  const options = { threads: 1, ...flags, settings: parseSettings([...settings, ...set]) };
  return showTraining(out, (control) => trainRun(ref, { ...options, ...control }));
}

function copy(name: string, from = 'run'): string {
  rmSync(join(cwd, name), { recursive: true, force: true });
  cpSync(join(cwd, from), join(cwd, name), { recursive: true });
  return join(cwd, name);
}

beforeAll(() => train('run'), 60_000);

describe('a run whose files are damaged', () => {
  const damages: Readonly<Record<string, (file: string) => void>> = {
    empty: (file) => truncateSync(file, 0),
    'cut off': (file) => truncateSync(file, Math.floor(statSync(file).size / 2)),
    'overwritten with noise': (file) => writeFileSync(file, Buffer.from(bits(key(3), 200).buffer)),
    'of another kind': (file) => writeFileSync(file, '[]\n[]\n[]\n'),
    'of lines that are no JSON': (file) => writeFileSync(file, '{"step": 1}\n{"step"\n{"step": 4}\n'),
    'a folder': (file) => {
      rmSync(file);
      mkdirSync(file);
    },
    missing: (file) => rmSync(file),
  };
  /** What is as well as nothing: a run has metrics from its first line on. */
  const allowed = ['metrics.jsonl empty', 'metrics.jsonl cut off', 'metrics.jsonl missing', 'history.json missing'];
  const files = ['config.json', 'env.json', 'history.json', 'metrics.jsonl', 'checkpoints/00000004.safetensors'];
  const cases = files.flatMap((file) => Object.keys(damages).map((damage) => [file, damage] as const));

  it.each(cases)('%s %s: is refused in one sentence and left as it is, or goes on', async (file, damage) => {
    const folder = copy('damaged');
    damages[damage]?.(join(folder, file));
    const before = listing(folder);
    const flags = { resume: true, steps: 6, set: ['train.keep=1'] };
    if (allowed.includes(`${file} ${damage}`)) {
      expect(await train('damaged', flags)).toMatchObject({ step: 6 });
      return;
    }
    const refused = train('damaged', flags);
    await expect(refused).rejects.toThrow(FileError);
    await expect(refused).rejects.toThrow(/^[^\n]+$/);
    expect(listing(folder)).toEqual(before);
  });

  it('is refused where it had no fault but its data', async () => {
    const folder = copy('damaged');
    const before = listing(folder);
    const other = join(cwd, 'other.npy');
    writeFileSync(other, formatNpy({ shape: [60, 2], data: normal(key(2), 120) }));
    await expect(train('damaged', { resume: true }, other)).rejects.toThrow(/data of this run were .*points\.npy, and/);
    await expect(train('damaged', { resume: true }, 'no.npy')).rejects.toThrow(/there is no file or folder .*no\.npy/);
    expect(listing(folder)).toEqual(before);
  });
});

describe('a run whose checkpoints are not there', () => {
  it('is refused with the way to start again, and resumes when they are back', async () => {
    const folder = copy('lost');
    const [there, away] = [join(folder, 'checkpoints'), join(cwd, 'away')];
    renameSync(there, away);
    mkdirSync(there);
    const before = listing(folder);
    const again = (): Promise<TrainOutcome> => train('lost', { resume: true, steps: 6, set: ['train.keep=1'] });
    await expect(again()).rejects.toThrow(
      /its checkpoint of step 4 is missing, .*delete history\.json and metrics\.jsonl/,
    );
    expect(listing(folder)).toEqual(before);
    rmSync(there, { recursive: true });
    renameSync(away, there);
    expect(await again()).toMatchObject({ step: 6 });
    expect(words.join()).toContain('after step 4');
  });
});

describe('a run whose data were moved', () => {
  it('resumes with the same bytes at another path, and stores that path', async () => {
    const folder = copy('moved');
    const moved = join(cwd, 'elsewhere', 'renamed.npy');
    mkdirSync(join(cwd, 'elsewhere'));
    cpSync(data, moved);
    expect(await train('moved', { resume: true, steps: 5 }, moved)).toMatchObject({ step: 5 });
    expect(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))).toMatchObject({ data: { ref: moved } });
    expect(await train('moved', { resume: true, steps: 6 }, moved)).toMatchObject({ step: 6 });
  });
});

describe('a new run', () => {
  it('whose minutes are over before its first step says so', async () => {
    const outcome = await trainOn(data, { out: join(cwd, 'short'), minutes: 1e-7 });
    expect(outcome).toMatchObject({ step: 1, cutShort: true });
    expect(outcome.smoothedLoss).toBeGreaterThan(0);
    expect(words.at(-1)).toMatch(/^the minutes were over before the first step was done: step 1, loss \d/);
    const more = await train('short', { resume: true, batch: 512 });
    expect(more).toMatchObject({ step: 4 });
    expect(more).not.toHaveProperty('cutShort');
  });

  it('that diverges before its first checkpoint can start again at another rate, and the message says how', async () => {
    const wild = train('wild', { steps: 50, set: ['train.learningRate=1e30', 'train.checkpointEvery=1000'] });
    await expect(wild).rejects.toThrow(NumericalError);
    await expect(wild).rejects.toThrow(
      /begin anew, slower, with: .* --out \S+ --resume --set train\.learningRate=2\.5e\+29$/,
    );
    const kinds = train('wild', { resume: true, network: 'mlp', process: 've', set: ['train.learningRate=1e-4'] });
    await expect(kinds).rejects.toThrow(/sde\.kind: this run has "vp", got "ve"/);
    expect(await train('wild', { resume: true, set: ['train.learningRate=1e-4'] })).toMatchObject({ step: 4 });
    await expect(train('wild', { resume: true, set: ['train.learningRate=1e-5'] })).rejects.toThrow(
      /train\.learningRate: this run has 0\.0001, got 0\.00001/,
    );
  });
});

describe('a run that is killed between any two of its writes', () => {
  const set = ['train.sampleEvery=2', 'train.keep=1', 'train.logEvery=2'];
  const flags = { steps: 5, resume: true, set };

  /** Makes what a killed process left look as if it had been another process, which has ended. */
  const dead = endedProcess();
  function bury(folder: string): void {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const path = join(folder, name);
      if (basename(name) === 'train.lock')
        writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), pid: dead }));
      if (basename(name).includes(`-${process.pid}-`)) renameSync(path, path.replace(`-${process.pid}-`, `-${dead}-`));
    }
  }

  /** Files and their contents, but for what holds times. */
  function files(name: string): Readonly<Record<string, unknown>> {
    const folder = join(cwd, name);
    const lines = readFileSync(join(folder, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
    const metrics = lines.map((line) => ({ ...(JSON.parse(line) as object), seconds: 0 }));
    const rest = Object.entries(listing(folder)).filter(([file]) => !/^(events|metrics|env)/.test(file));
    return { metrics, ...Object.fromEntries(rest) };
  }

  it('ends with the files of one that was not', { timeout: 120_000 }, async () => {
    // The first training puts programs into the cache, too.
    await train('whole', flags);
    rmSync(join(cwd, 'whole'), { recursive: true });
    disk.made = 0;
    await train('whole', flags);
    const operations = disk.made;
    expect(operations).toBeGreaterThan(60);
    const expected = files('whole');
    expect(Object.keys(expected).filter((file) => /png$/.test(file))).toHaveLength(3);
    // Every eleventh of them, and the last ones, between which a run is already at its end.
    const points = Array.from({ length: operations }, (_, i) => i).filter((i) => i % 11 === 1 || i > operations - 6);
    for (const point of points) {
      disk.left = point;
      await expect(train('killed', flags), `operation ${point} of ${operations}`).rejects.toThrow('killed');
      disk.left = Infinity;
      bury(join(cwd, 'killed'));
      await train('killed', flags);
      expect(files('killed'), `killed before operation ${point}`).toEqual(expected);
      rmSync(join(cwd, 'killed'), { recursive: true });
    }
  });
});
