/** @file Profiles of tiny networks and runs. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { newFolder } from '../io/folders.ts';
import { inPairs, oneAfterAnother, scorefield, smallImages, smallPoints, start, type Ended } from './scorefield.ts';

interface Task {
  readonly task: string;
  readonly wallMs: number;
  readonly ms: number;
  readonly operators: readonly { op: string; layer?: string; calls: number; ms: number; flops: number }[];
}

interface Profile {
  readonly parameters: number;
  readonly batch: number;
  readonly tasks: readonly Task[];
}

const cwd = newFolder();
const temporary = join(cwd, 'temporary');
const quick = ['--repeats', '3', '--threads', '1'];
let trained: Ended[];

beforeAll(async () => {
  mkdirSync(temporary);
  const shared = ['--steps', '2', '--set', 'train.sampleEvery=0'];
  trained = await inPairs(
    [
      ['train', 'two-moons', '--out', 'points', ...smallPoints, ...shared],
      // 16 channels, which fill the blocks of any processor.
      ['train', 'emoji', '--out', 'images', ...smallImages, ...shared, '--net', 'ddpmpp', '--set', 'net.width=16'],
      ['train', 'two-gaussians', '--out', 'classes', '--conditional', ...smallPoints, ...shared],
    ],
    (args) => scorefield(args, { cwd }),
  );
}, 120_000);

function profileOf({ out }: Ended): Profile {
  return JSON.parse(out) as Profile;
}

describe('scorefield profile', () => {
  it('prints the layers of training and sampling, which sum to the run', async () => {
    expect(trained.map(({ code, err }) => [code, err])).toEqual([[0, ''], [0, ''], [0, '']]); // prettier-ignore
    const [points, images] = (
      await inPairs(
        ['points', 'images'].map((run) => ['profile', run, ...quick, '--json']),
        (args) => scorefield(args, { cwd, shell: (command) => `TMPDIR=${temporary} ${command}` }),
      )
    ).map(profileOf) as [Profile, Profile];
    // No profile is left behind.
    expect(readdirSync(temporary).filter((name) => name.includes('profile'))).toEqual([]);
    expect([points.batch, images.batch]).toEqual([16, 4]);
    for (const { tasks } of [points, images]) {
      expect(tasks.map(({ task }) => task)).toEqual(['training step', 'score']);
      for (const { wallMs, ms, operators } of tasks) {
        const sum = operators.reduce((all, operator) => all + operator.ms, 0);
        expect(wallMs).toBeGreaterThan(0);
        // Medians of parts may add up to a little more than the median of the whole.
        expect(sum).toBeLessThan(1.5 * ms);
        expect(sum).toBeGreaterThan(0.02 * ms);
      }
    }
    const layers = ({ operators }: Task): Set<string | undefined> => new Set(operators.map(({ layer }) => layer));
    const [step, score] = points.tasks as [Task, Task];
    for (const layer of ['input', 'hidden.0', 'time', 'hidden.1', 'out']) {
      expect(layers(step), layer).toContain(layer);
      expect(layers(score), layer).toContain(layer);
    }
    expect(layers(step)).toContain("hidden.1'");
    expect(layers(step)).toContain('optimizer');
    expect(layers(score)).not.toContain("hidden.1'");
    // hidden.1 of 8 units and 16 samples: one product forward, two backward.
    const flops = (layer: string): number =>
      step.operators.filter((o) => o.layer === layer).reduce((sum, o) => sum + o.flops, 0);
    expect(flops('hidden.1')).toBe(2 * 16 * 8 * 8);
    expect(flops("hidden.1'")).toBe(2 * 2 * 16 * 8 * 8);
    // The convolution of the images, 3 to 16 channels and 8 x 8 pixels, wherever ONNX Runtime has moved it.
    const convolution = images.tasks[1]?.operators.find(({ op, layer }) => op === 'Conv' && layer === 'conv_in');
    expect(convolution).toMatchObject({ calls: 1, flops: 2 * 4 * 16 * 64 * 27 });
  });

  it('prints tables, of one task where one is asked for', async () => {
    const [both, train, sample] = await oneAfterAnother(
      [[], ['--train'], ['--sample']].map((which) => ['profile', 'classes', ...quick, '--batch', '2', ...which]),
      { cwd },
    );
    expect([both, train, sample].map((ended) => [ended?.code, ended?.err])).toEqual([[0, ''], [0, ''], [0, '']]); // prettier-ignore
    expect(both?.out).toMatch(/classes: [\d,]+ parameters, samples \[2\], batch 2, cpu, 1 threads/);
    const heading = /^(training step|score) {2}[\d.]+ ms; with profiling [\d.]+ ms, of which operators [\d.]+ ms$/gm;
    const tasks = (ended: Ended | undefined): (string | undefined)[] =>
      [...(ended?.out ?? '').matchAll(heading)].map(([, task]) => task);
    expect(tasks(both)).toEqual(['training step', 'score']);
    expect(tasks(train)).toEqual(['training step']);
    expect(tasks(sample)).toEqual(['score']);
    expect(train?.out).toMatch(/^ {2}operator +ms +% +calls +GFLOP\/s\n {2}\w+ +[\d.]+ +[\d.]+ +\d+/m);
    expect(train?.out).toMatch(/^ {2}layer +ms +% +forward +backward +GFLOP\/s\n/m);
    expect(sample?.out).toMatch(/^ {2}layer +ms +% +GFLOP\/s\n/m);
  });

  it('takes networks as they are by default', async () => {
    const { code, out } = await start(['profile', 'mlp', ...quick, '--batch', '8', '--json'], { cwd }).ended;
    expect(code).toBe(0);
    expect(profileOf({ out } as Ended)).toMatchObject({ batch: 8, parameters: 41986 });
  });

  it('reports what it can profile', async () => {
    const [unknown, run, points] = await oneAfterAnother(
      [
        ['profile', 'nothing'],
        ['profile', 'points', '--size', '8'],
        ['profile', 'mlp', '--size', '8'],
      ],
      { cwd },
    );
    expect([unknown, run, points].map((ended) => ended?.code)).toEqual([2, 2, 2]);
    expect(unknown?.err).toBe(
      'scorefield: RUN|NET: expected the folder of a run or one of mlp, residual-mlp, diffwave, score-net, ddpmpp, ncsnpp, ddpm, ncsn, ncsnv2, got nothing\n',
    );
    expect(run?.err).toBe('scorefield: --size: is of networks, points is a run\n');
    expect(points?.err).toBe('scorefield: --size: is of networks for images, mlp is for points\n');
  });
});
