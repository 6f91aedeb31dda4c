/** @file `scorefield launch`: job files of shards and ranks. */
import { anyOf } from '../../base/words.ts';
import { argument, command, option, optionWithDefault, severalArguments } from '../shell/command.ts';
import { jsonOption } from '../shell/options.ts';
import { count } from '../shell/parsers.ts';
import { terminal } from '../shell/terminal.ts';

const systems = ['slurm', 'kubernetes', 'parallel', 'mpi'];

export const launch = command({
  name: 'launch',
  summary: 'print a job file that starts a command in shards, or the members of a training',
  description:
    'Print how a command runs in parts: a script for Slurm, a Job of Kubernetes, lines of the shell that work side by side here, or the\n' +
    'line that starts the ranks of MPI; a training with --dist store:FOLDER starts as members. The command follows two dashes, such as\n' +
    '  scorefield launch slurm --parts 8 -- sample RUN -n 50000 --out samples.npz > job.sh',
  arguments: {
    system: argument('<SYSTEM>', anyOf(systems)),
    words: severalArguments('<COMMAND...>', 'the command with its arguments, as after scorefield'),
  },
  options: {
    parts: optionWithDefault('--parts <N>', 'shards, or ranks or members of a training', { parse: count, value: 2 }),
    atOnce: option('--at-once <N>', 'of parallel and kubernetes: how many run at a time (default: 2, or all)', count),
    program: optionWithDefault('--program <P>', 'what starts scorefield there, as words of the shell', {
      parse: String,
      value: 'npx scorefield',
    }),
    image: option('--image <IMAGE>', 'of kubernetes: image of the containers, which has scorefield (default: none)'),
    claim: option('--claim <NAME>', 'of kubernetes: volume claim where the files are (default: none)'),
    ...jsonOption,
  },
  run: async ({ system, words }, { parts, atOnce, program, image, claim, json }) => {
    const { jobText } = await import('../work.ts');
    const out = terminal({ json });
    const most = system === 'parallel' ? Math.min(2, parts) : parts;
    const text = jobText(system, { words, parts, atOnce: atOnce ?? most, program, image, claim });
    if (json !== true) process.stdout.write(`${text}\n`);
    out.result({ system, parts, text });
  },
});
