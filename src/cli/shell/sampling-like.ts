/** @file Waves that have the spectrograms of sounds, as `sample --like` draws them. */
import { join } from 'node:path';
import { checkOptions } from '../../base/check.ts';
import { lastPart } from '../../base/words.ts';
import { estimateText } from '../../evaluate/estimate.ts';
import type { WaveDistance } from '../../evaluate/sounds.ts';
import type { Model } from '../../model/model.ts';
import type { EngineOptions } from '../../node/host.ts';
import type { SampleOptions } from '../../model/samples/sampling.ts';
import { watched } from './progress.ts';
import { duration, plural, type Terminal } from './terminal.ts';

/** What is asked for. */
export interface LikeOptions {
  readonly run: string;
  /** A WAV file, or data. */
  readonly like: string;
  /** Waves of each sound. */
  readonly count: number;
  readonly out: string | undefined;
  readonly sampling: SampleOptions;
}

/** Clips of data that are taken at most. */
const mostClips = 64;

const said = ({ spectral, cepstral }: WaveDistance): string =>
  `log-spectral distance ${estimateText(spectral)} dB, mel-cepstral ${estimateText(cepstral)} dB`;

/** Draws the waves and writes them to a folder with a sheet beside the sounds. */
export async function sampleLike(
  model: Model,
  out: Terminal,
  { run, like, count, out: target, sampling }: LikeOptions,
): Promise<void> {
  const { fractions, griffinLimWaves, likeness, requireFolder, soundsLike, vocode, writeLike } =
    await import('../work.ts');
  const { info, trained } = model;
  const name = lastPart(like).replace(/\.\w+$/, '');
  const beside =
    trained.record === undefined ? join(run, 'samples', `step${info.step}-like-${name}`) : `${info.name}-like-${name}`;
  const folder = target ?? beside;
  checkOptions([
    !/\.(png|npz|wav)$/i.test(folder),
    'out',
    `expected a folder for waves that are like others, got ${folder}`,
  ]);
  requireFolder(folder);
  const set = await soundsLike(model, like, mostClips);
  const computation = vocode(model, set, { ...sampling, count });
  const { waves, sampler, evaluations, seconds } = await watched(computation, plural(set.count * count, 'wave'), out);
  const decoded = await watched(fractions(griffinLimWaves(set)), 'Griffin and Lim', out);
  const { samples, picture } = await writeLike(folder, { set, waves, decoded });
  const distances = likeness(set, waves, decoded);
  const [first = '', last = first] = [samples[0], samples.at(-1)];
  out.line(
    `${plural(waves.count, 'wave')} by ${sampler} in ${duration(seconds)}, ${evaluations.toFixed(0)} network evaluations each: ${first === last ? first : `${first} to ${last}`}`,
  );
  out.line(`to the sounds: ${said(distances.run)}`);
  out.line(`by Griffin and Lim: ${said(distances.griffinLim)}`);
  out.line(`the sounds, what Griffin and Lim's decoder makes of their spectrograms, and the waves: ${picture ?? ''}`);
  out.result({
    ...{ run, step: info.step, like, sounds: set.count, n: waves.count, sampler, evaluations },
    seconds: Number(seconds.toFixed(3)),
    distances: { run: { ...distances.run }, griffinLim: { ...distances.griffinLim } },
    files: { samples, picture },
  });
}

/** Options that say something of samples which waves that are like others do not have. */
export const optionsOfOthers = ['class', 'text', 'vocoder', 'guidance', 'classifier', 'guidance.guide', 'guidance.method', 'start', 'init', 'startLevel', 'shard']; // prettier-ignore

/**
 * The run that makes waves of the spectrograms of another.
 * @throws ConfigError unless it does, and the other has spectrograms.
 */
export async function openVocoder(ref: string, { trained, info }: Model, engine: EngineOptions): Promise<Model> {
  const { openModel } = await import('../work.ts');
  const { kind } = trained.data;
  checkOptions([
    kind === 'spectrograms',
    'vocoder',
    `expected a run of spectrograms to make waves of, ${info.name} is one of ${kind}`,
  ]);
  const vocoder = await openModel(ref, engine);
  checkOptions([
    vocoder.trained.net.ofSample === true,
    'vocoder',
    `expected a run that makes waves of spectrograms, ${ref} does not; train one with --as wave --condition mel`,
  ]);
  return vocoder;
}
