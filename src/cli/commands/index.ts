/** @file The commands in the order of the help. The file of a command is loaded when the command is called. */
import type { CommandEntry, CommandSpec } from '../shell/command.ts';

/** All commands. */
export const commands: readonly CommandEntry[] = [
  listed('train', 'train a score network on data', async () => (await import('./train.ts')).train),
  listed(
    'distill',
    'train a student of a model that draws samples in few evaluations',
    async () => (await import('./distill.ts')).distill,
  ),
  listed(
    'bridge',
    'learn to carry the samples of one set to those of another, and back',
    async () => (await import('./bridge.ts')).bridge,
  ),
  listed('sample', 'draw samples from a trained run', async () => (await import('./sample.ts')).sample),
  listed(
    'likelihood',
    'bits per dimension of data under a trained run',
    async () => (await import('./likelihood.ts')).likelihood,
  ),
  listed(
    'dequantise',
    'train the variational dequantization of a run of images',
    async () => (await import('./dequantise.ts')).dequantise,
    ['dequantize'],
  ),
  listed(
    'launch',
    'print a job file that starts a command in shards, or the members of a training',
    async () => (await import('./launch.ts')).launch,
  ),
  listed('merge', 'join the parts that --shard has written', async () => (await import('./merge.ts')).merge),
  listed(
    'compose',
    'draw samples of several trained runs together',
    async () => (await import('./compose.ts')).compose,
  ),
  listed('stages', 'draw samples by runs of growing resolution', async () => (await import('./stages.ts')).stages),
  listed('encode', 'latents of data under a trained run', async () => (await import('./encode.ts')).encode),
  listed('decode', 'samples of latents under a trained run', async () => (await import('./decode.ts')).decode),
  listed(
    'interpolate',
    'the way from one sample to another through the latents of a trained run',
    async () => (await import('./interpolate.ts')).interpolate,
  ),
  listed(
    'restore',
    'restore images by sampling the posterior of a trained run',
    async () => (await import('./restore.ts')).restore,
  ),
  listed('forecast', 'how a series may go on', async () => (await import('./forecast.ts')).forecast),
  listed('evaluate', 'how far samples are from data', async () => (await import('./evaluate.ts')).evaluate),
  listed(
    'diagnose',
    'at which noise levels a network has learned',
    async () => (await import('./diagnose.ts')).diagnose,
  ),
  listed(
    'report',
    'write one page of everything that can be measured of a run',
    async () => (await import('./report.ts')).report,
  ),
  listed('tune', 'search the time grid of a run for few evaluations', async () => (await import('./tune.ts')).tune),
  listed(
    'average',
    'choose the average of the parameters of a run',
    async () => (await import('./average.ts')).average,
  ),
  listed('pack', 'make a model of a run', async () => (await import('./pack.ts')).pack),
  listed('models', 'list the models that have a name', async () => (await import('./models.ts')).models),
  listed(
    'export',
    'write the score of a run as an ONNX model or a PyTorch module',
    async () => (await import('./export.ts')).exportScore,
  ),
  listed(
    'import',
    'make a model of the parameters of a PyTorch module',
    async () => (await import('./import.ts')).importTorch,
  ),
  listed('samplers', 'list the samplers that have a name', async () => (await import('./samplers.ts')).samplers),
  listed('info', 'describe a run, a model or a data set', async () => (await import('./info.ts')).info),
  listed('data', 'draw a picture of a data set', async () => (await import('./data.ts')).data),
  listed(
    'profile',
    'measure where the time of training and sampling goes',
    async () => (await import('./profile.ts')).profile,
  ),
  listed('figure', 'draw a figure of the literature', async () => (await import('./figure.ts')).figure),
  listed(
    'studio',
    'open the page where a score is seen, learned and sampled',
    async () => (await import('./studio.ts')).studio,
  ),
  listed('completion', 'print the completion of a shell', async () =>
    (await import('./completion.ts')).completionOf(commands),
  ),
];

function listed(
  name: string,
  summary: string,
  load: () => Promise<CommandSpec>,
  aliases: readonly string[] = [],
): CommandEntry {
  return [name, summary, load, aliases];
}

/** The command of a name. */
export function commandNamed(typed: string): CommandEntry | undefined {
  return commands.find(([name, , , aliases]) => name === typed || aliases.includes(typed));
}
