/** @file Job files: how the shards of a command, or the ranks or members of a training, are started by what is there to start them. */
import { checkOptions } from '../base/check.ts';
import { shellCommand } from '../base/words.ts';

/** What is started. */
export interface LaunchRequest {
  /** The command with its arguments, as after `scorefield`. */
  readonly words: readonly string[];
  /** Shards, or ranks or members of a training. */
  readonly parts: number;
  /** How many of them run at a time, of `parallel` and `kubernetes`. */
  readonly atOnce: number;
  /** What starts scorefield where the command runs, as words of the shell. */
  readonly program: string;
  /** Image of the containers, of `kubernetes`. */
  readonly image?: string | undefined;
  /** Volume claim with the files, mounted where the containers work, of `kubernetes`. */
  readonly claim?: string | undefined;
}

/** A way to start jobs. */
export interface Launcher {
  readonly name: string;
  readonly title: string;
  /** The job file, or lines of the shell. */
  write(request: LaunchRequest): string;
}

/** Commands that are divided by `--shard`. */
const sharded: readonly string[] = ['sample', 'likelihood', 'encode', 'restore', 'evaluate'];

const isTraining = ({ words: [command] }: LaunchRequest): boolean => command === 'train';

/** The value of an option of the command. */
function valueOf(words: readonly string[], option: string): string | undefined {
  const at = words.indexOf(option);
  return at < 0 ? words.find((word) => word.startsWith(`${option}=`))?.slice(option.length + 1) : words[at + 1];
}

/** Whether a command is a training whose members come and go. */
const inStore = (request: LaunchRequest): boolean =>
  isTraining(request) && valueOf(request.words, '--dist')?.startsWith('store:') === true;

/** A command whose shards or members are started. */
interface Divided {
  /** The line of the shard or the member with an index, which is an expression of the shell that gives 1 to `parts`. */
  readonly shard: (index: string) => string;
  /** The line that merges all parts; members of a training have none. */
  readonly merge?: string;
}

/** @throws ConfigError unless the command has shards and names the file that they become, or members of a training are to have their numbers as names. */
function divided(request: LaunchRequest): Divided {
  const { words, parts, program } = request;
  const [command = ''] = words;
  if (inStore(request)) {
    checkOptions([
      valueOf(words, '--member') === undefined,
      'command',
      'expected none with --member, which is added here',
    ]);
    // A member that a scheduler starts again comes back, and the first one goes on with the run.
    const resume = words.includes('--resume') ? [] : ['--resume'];
    return { shard: (index) => `${program} ${shellCommand(...words, ...resume)} --member ${index}` };
  }
  const out = valueOf(words, '--out');
  checkOptions(
    [sharded.includes(command), 'command', `expected one with --shard, ${sharded.join(', ')}, got ${command}`],
    [valueOf(words, '--shard') === undefined, 'command', 'expected none with --shard, which is added here'],
    [
      out?.toLowerCase().endsWith('.npz') === true,
      'command',
      `expected one with --out FILE.npz, the name of the merged file, got ${out ?? 'none'}`,
    ],
  );
  const base = (out ?? '').slice(0, -'.npz'.length);
  const at = words.indexOf('--out');
  const rest =
    at < 0 ? words.filter((word) => !word.startsWith('--out=')) : words.filter((_, i) => i !== at && i !== at + 1);
  const fileOf = (index: string): string => `${shellCommand(`${base}-part`)}${index}.npz`;
  const all = Array.from({ length: parts }, (_, i) => shellCommand(`${base}-part${i + 1}.npz`));
  return {
    shard: (index) => `${program} ${shellCommand(...rest)} --shard ${index}/${parts} --out ${fileOf(index)}`,
    merge: `${program} merge ${all.join(' ')} --out ${shellCommand(out ?? '')}`,
  };
}

/** A training as words of the shell, whose ranks are what the launcher starts. */
function rankLine({ words, program }: LaunchRequest): string {
  const dist = valueOf(words, '--dist');
  checkOptions([
    dist === undefined || dist === 'mpi',
    'command',
    `expected --dist mpi or none, which is added, got ${dist}; members of a store are started by slurm, kubernetes or parallel`,
  ]);
  const more = [
    ...(dist === undefined ? ['--dist', 'mpi'] : []),
    ...(valueOf(words, '--threads') === undefined ? ['--threads', '1'] : []),
  ];
  return `${program} ${shellCommand(...words, ...more)}`;
}

/** @throws ConfigError if the command is a training. */
function requireShards(request: LaunchRequest, name: string): void {
  const why = `expected one with --shard, ${sharded.join(', ')}, or train with --dist store:FOLDER; the ranks of a training are started by mpi or slurm, got ${name}`;
  checkOptions([!isTraining(request) || inStore(request), 'command', why]);
}

/** Processors of a shard or a rank. */
function processors(request: LaunchRequest): string {
  return valueOf(request.words, '--threads') ?? (isTraining(request) && !inStore(request) ? '1' : '2');
}

const slurm: Launcher = {
  name: 'slurm',
  title: 'a script for sbatch: an array of shards or of members of a training, or the ranks of one',
  write: (request) => {
    const { words, parts } = request;
    const [command = ''] = words;
    const head = [
      '#!/bin/sh',
      `#SBATCH --job-name=scorefield-${command}`,
      `#SBATCH --cpus-per-task=${processors(request)}`,
      '#SBATCH --requeue',
    ];
    if (isTraining(request) && !inStore(request)) {
      return [...head, `#SBATCH --ntasks=${parts}`, `srun -K1 --mpi=pmix ${rankLine(request)}`].join('\n');
    }
    const { shard, merge } = divided(request);
    return [
      ...head,
      `#SBATCH --array=1-${parts}`,
      ...(merge === undefined ? [] : ['# Once all parts are there:', `#   ${merge}`]),
      shard('"$SLURM_ARRAY_TASK_ID"'),
    ].join('\n');
  },
};

const kubernetes: Launcher = {
  name: 'kubernetes',
  title: 'a Job with an index for each shard, as YAML',
  write: (request) => {
    requireShards(request, 'kubernetes');
    const { words, parts, atOnce, image, claim } = request;
    checkOptions([
      image !== undefined,
      'image',
      'expected the image of a container that has scorefield, such as --image registry/scorefield',
    ]);
    const { shard, merge } = divided(request);
    const line = `index=$((JOB_COMPLETION_INDEX + 1)); ${shard('"$index"')}`;
    const text = (value: string): string => JSON.stringify(value);
    return [
      'apiVersion: batch/v1',
      'kind: Job',
      'metadata:',
      `  name: scorefield-${words[0] ?? ''}`,
      'spec:',
      '  completionMode: Indexed',
      `  completions: ${parts}`,
      `  parallelism: ${atOnce}`,
      '  backoffLimitPerIndex: 3',
      '  template:',
      '    spec:',
      '      restartPolicy: Never',
      '      containers:',
      '        - name: scorefield',
      `          image: ${text(image ?? '')}`,
      ...(claim === undefined ? [] : ['          workingDir: /work']),
      ...(merge === undefined ? [] : ['          # Once all parts are there:', `          #   ${merge}`]),
      `          command: ["sh", "-c", ${text(line)}]`,
      '          resources:',
      '            requests:',
      `              cpu: ${text(processors(request))}`,
      ...(claim === undefined
        ? []
        : [
            '          volumeMounts:',
            '            - name: files',
            '              mountPath: /work',
            '      volumes:',
            '        - name: files',
            '          persistentVolumeClaim:',
            `            claimName: ${text(claim)}`,
          ]),
    ].join('\n');
  },
};

const parallel: Launcher = {
  name: 'parallel',
  title: 'lines of the shell: shards, or members of a training, side by side on this machine',
  write: (request) => {
    requireShards(request, 'parallel');
    const { parts, atOnce } = request;
    const { shard, merge } = divided(request);
    const inner = shard('"$0"').replaceAll("'", `'\\''`);
    // The members of a training wait for each other.
    const all = `seq ${parts} | xargs -P ${inStore(request) ? parts : atOnce} -n 1 sh -c '${inner}'`;
    return merge === undefined ? all : [`${all} &&`, merge].join('\n');
  },
};

const mpi: Launcher = {
  name: 'mpi',
  title: 'the line that starts the ranks of a training',
  write: (request) => {
    const [command = 'none'] = request.words;
    checkOptions([isTraining(request), 'command', `expected train, whose ranks are started together, got ${command}`]);
    return `mpirun -n ${request.parts} --bind-to none ${rankLine(request)}`;
  },
};

/** The ways to start jobs, by name. */
export const launchers: readonly Launcher[] = [slurm, kubernetes, parallel, mpi];

/**
 * A job file, or the line that starts a job.
 * @param name - of a launcher
 * @throws ConfigError if there is no such launcher, or it cannot start the command.
 */
export function jobText(name: string, request: LaunchRequest): string {
  const found = launchers.find((launcher) => launcher.name === name);
  const names = launchers.map((launcher) => launcher.name).join(', ');
  checkOptions([found !== undefined, 'system', `expected ${names}, got ${name}`]);
  return found?.write(request) ?? '';
}
