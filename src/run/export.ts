/** @file A run as an ONNX file whose metadata have all that a program without scorefield needs. */
import { checkOptions } from '../base/check.ts';
import { lastPart } from '../base/words.ts';
import { version } from '../io/version.ts';
import { isOfLatents } from '../nn/autoencoder.ts';
import { exportScore } from '../score/models/export-score.ts';
import { torchModule, type TorchModule } from '../score/models/torch-module.ts';
import { samplingParameters, type Loaded } from './from-bytes.ts';

const format = 'scorefield-score-1';

/** The name of the entry of the metadata, which is JSON. */
const metadataName = 'scorefield';

/** What the metadata say of a run. */
function metadataOf({ config, data, point, process, sampling }: Loaded): Readonly<Record<string, unknown>> {
  const { sde } = process;
  const { tMin, tEnd, tMax, priorStd } = sde;
  return {
    format,
    scorefield: version,
    step: point.step,
    parameters: 'exponential moving average',
    network: config.net,
    sde: { ...config.sde, tMin, tEnd, tMax, priorStd },
    parametrization: config.parametrization,
    objective: config.loss.kind,
    /** Times at which the network has learned the score. */
    learned: { from: sampling.oneLevel ? tMax : tMin, to: tMax },
    /** Of a student, whose denoised estimate is where the flow ends: how it is sampled. */
    ...(sampling.student && { student: { sampler: sampling.sampler, steps: sampling.steps, grid: sampling.grid } }),
    /** Of a model of steps: what the rows `end` are, and in how many steps it is sampled. */
    ...(process.ends && {
      ends: {
        ...process.ends.about,
        columns: process.ends.columns,
        sampler: sampling.sampler,
        steps: sampling.leaps?.steps,
      },
    }),
    data: {
      name: lastPart(config.data.ref),
      kind: data.kind,
      shape: data.shape,
      /** x = factor (data - shift), where an image's data are its bytes plus a uniform part of one. */
      scaling: data.scaler,
    },
    ...(data.classes && { classes: data.classes.names }),
    ...(data.texts && { texts: { words: data.texts.words, buckets: data.texts.buckets } }),
  };
}

/** @throws ConfigError if the score is of latents. */
function requireOfData({ net }: Loaded): void {
  checkOptions([
    !isOfLatents(net),
    'model',
    'expected a score of the data themselves, found one of latents, whose decoder no graph of a score has; pack it in place of that',
  ]);
}

/** What a file says of the score of a run to people. */
function aboutScore({ net, process, data, sampling }: Loaded): readonly string[] {
  const sample = `[N, ${data.shape.join(', ')}]`;
  return [
    `The score of noised ${data.kind}, grad log p_t(x), of the process x_t = alpha(t) x_0 + sigma(t) z.`,
    `Inputs: x ${sample}; t [N], from ${process.sde.tMin} (data) to ${process.sde.tMax} (noise)` +
      (net.classes === 0
        ? '.'
        : `; classes [N, ${net.classes}], ${data.texts ? 'rows of texts or zeros for no text' : 'one-hot rows or zeros for no class'} in particular.`) +
      (net.ends === undefined ? '' : ` end [N, ${net.ends}], rows of where steps end, or zeros for the score.`),
    `Outputs: score ${sample}; denoised ${sample}, ${sampling.student ? 'where the flow of x ends' : 'the mean of x_0 given x'}; alpha [N] and sigma [N].`,
  ];
}

/**
 * The module of PyTorch of a run's score, see `torchModule`, and the text that its file of weights has under the name `scorefield`.
 * @throws UnsupportedError as `torchModule`.
 */
export function torchModuleOf(loaded: Loaded): TorchModule & { readonly about: Readonly<Record<string, string>> } {
  requireOfData(loaded);
  const { net, process } = loaded;
  const text = [
    ...aboutScore(loaded),
    '',
    'The metadata of weights.safetensors say how data are scaled, and what the training was.',
  ];
  return {
    ...torchModule(net, { params: samplingParameters(loaded), process }, text.join('\n')),
    about: { [metadataName]: JSON.stringify(metadataOf(loaded)) },
  };
}

/** The bytes of the ONNX model of a run's score, see `exportScore`, with its metadata as JSON under the name `scorefield`. */
export function exportRun(loaded: Loaded): Uint8Array {
  requireOfData(loaded);
  const { net, process } = loaded;
  const metadata = metadataOf(loaded);
  const text = [
    ...aboutScore(loaded),
    `The entry '${metadataName}' of the metadata is JSON: the process, the scaling of the data, the training.`,
  ].join('\n');
  const properties = { [metadataName]: JSON.stringify(metadata) };
  return exportScore(net, { params: samplingParameters(loaded), process }, { version, text, properties });
}
