/** @file Job files are valid shell and YAML, and the lines for this machine run. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { jobText, launchers } from '../../src/node/launch.ts';
import { newFolder } from '../io/folders.ts';

const cwd = newFolder();
const words = ['sample', "anna's run", '-n', '100', '--out', 's p.npz'];
/** A program that writes its arguments into the file of `--out`, so that what the shell makes of a line is seen. */
const program = `node ${join(cwd, 'echo.mjs')}`;
writeFileSync(
  join(cwd, 'echo.mjs'),
  "import { writeFileSync } from 'node:fs';\nconst words = process.argv.slice(2);\nwriteFileSync(words[words.indexOf('--out') + 1], JSON.stringify(words));\n",
);
const request = { words, parts: 3, atOnce: 2, program, image: 'registry/scorefield', claim: 'files' };
const written = (file: string): unknown => JSON.parse(readFileSync(join(cwd, file), 'utf8'));
const shard = (i: number): readonly string[] => [
  ...['sample', "anna's run", '-n', '100', '--shard', `${i}/3`, '--out', `s p-part${i}.npz`],
];
const merge = ['merge', 's p-part1.npz', 's p-part2.npz', 's p-part3.npz', '--out', 's p.npz'];
const sh = (text: string, env: Readonly<Record<string, string>> = {}): void => {
  execFileSync('sh', ['-e'], { cwd, input: text, env: { ...process.env, ...env } });
};

/** What is read of a Job. */
type ParsedJob = {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly command: readonly string[] }[] } };
  };
};

describe('a job file', () => {
  it('of this machine starts every shard and then the merge', () => {
    sh(jobText('parallel', request));
    for (const i of [1, 2, 3]) expect(written(`s p-part${i}.npz`)).toEqual(shard(i));
    expect(written('s p.npz')).toEqual(merge);
  });

  it('of Slurm is a script with the shard of its index', () => {
    const text = jobText('slurm', request);
    expect(text).toContain('#SBATCH --array=1-3\n');
    sh(text, { SLURM_ARRAY_TASK_ID: '2' });
    expect(written('s p-part2.npz')).toEqual(shard(2));
    // What the comment says to merge with is a command as well.
    sh(
      text
        .split('\n')
        .find((line) => line.startsWith('#   '))!
        .slice(1),
    );
    expect(written('s p.npz')).toEqual(merge);
  });

  it('of Kubernetes is a Job whose containers run the shard of their index', () => {
    const job = parse(jobText('kubernetes', request)) as {
      kind: string;
      spec: { completions: number; template: { spec: { containers: { command: string[]; image: string }[] } } };
    };
    expect([job.kind, job.spec.completions]).toEqual(['Job', 3]);
    const [{ command, image }] = job.spec.template.spec.containers as [{ command: string[]; image: string }];
    expect([image, command.slice(0, 2)]).toEqual(['registry/scorefield', ['sh', '-c']]);
    sh(command[2]!, { JOB_COMPLETION_INDEX: '0' });
    expect(written('s p-part1.npz')).toEqual(shard(1));
  });

  it('of a training starts its ranks', () => {
    const training = { ...request, program: 'scorefield', words: ['train', 'emoji', '--out', 'RUN'] };
    const line = 'scorefield train emoji --out RUN --dist mpi --threads 1';
    expect(jobText('mpi', training)).toBe(`mpirun -n 3 --bind-to none ${line}`);
    expect(jobText('slurm', training)).toContain(`#SBATCH --ntasks=3\nsrun -K1 --mpi=pmix ${line}`);
    expect(jobText('mpi', { ...training, words: [...training.words, '--threads', '4'] })).toContain(
      '--threads 4 --dist mpi',
    );
  });

  it('of a training whose members meet in a folder starts each by its number, and again where it has ended', () => {
    const training = { ...request, words: ['train', 'emoji', '--dist', 'store:/shared/anna', '--out', 'member.json'] };
    const member = (i: number): string[] => [...training.words, '--resume', '--member', String(i)];
    sh(jobText('parallel', { ...training, parts: 1 }));
    expect(written('member.json')).toEqual(member(1));
    const script = jobText('slurm', training);
    expect(script).toMatch(/cpus-per-task=2\n.*\n#SBATCH --array=1-3\nnode/s);
    sh(script, { SLURM_ARRAY_TASK_ID: '3' });
    expect(written('member.json')).toEqual(member(3));
    const job = parse(jobText('kubernetes', training)) as ParsedJob;
    sh(job.spec.template.spec.containers[0]!.command[2]!, { JOB_COMPLETION_INDEX: '1' });
    expect(written('member.json')).toEqual(member(2));
    // All are there at once, however few run at a time otherwise.
    expect(jobText('parallel', { ...training, atOnce: 1 })).toContain('xargs -P 3 ');
    expect(() => jobText('parallel', { ...training, words: [...training.words, '--member', 'a'] })).toThrow(
      'expected none with --member, which is added here',
    );
    expect(() => jobText('mpi', training)).toThrow('members of a store are started by slurm, kubernetes or parallel');
  });

  it('is refused for what cannot be divided so, in a sentence', () => {
    const refused = (name: string, own: readonly string[], more: object = {}) =>
      expect(() => jobText(name, { ...request, words: own, ...more }));
    refused('lsf', words).toThrow(`expected ${launchers.map(({ name }) => name).join(', ')}, got lsf`);
    refused('slurm', ['info', 'run']).toThrow('expected one with --shard, sample, likelihood');
    refused('parallel', ['sample', 'run']).toThrow(
      'expected one with --out FILE.npz, the name of the merged file, got none',
    );
    refused('parallel', [...words, '--shard', '1/2']).toThrow('expected none with --shard, which is added here');
    refused('kubernetes', ['train', 'emoji']).toThrow('the ranks of a training are started by mpi or slurm');
    refused('kubernetes', words, { image: undefined }).toThrow('--image registry/scorefield');
    refused('mpi', words).toThrow('expected train, whose ranks are started together, got sample');
  });
});
