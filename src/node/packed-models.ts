/** @file The packed models that have a name: what is known of each, from its file and its card. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { duration, plural } from '../base/words.ts';
import { find } from '../catalog/named.ts';
import type { RunConfig } from '../catalog/config/schema.ts';
import { tasks } from '../catalog/tasks/index.ts';
import { fingerprintOf } from '../data/fingerprint.ts';
import { modelBox, modelFileName, modelNames, readCard } from '../run/model-box.ts';
import { layout } from '../nn/network.ts';
import { classesText, textsText } from '../run/data-summary.ts';
import { loadAnyRun } from '../run/load.ts';
import type { ModelSampling, RoundingAt, TrainingRecord } from '../run/model-file.ts';
import type { ParameterBits } from '../run/parameter-bits.ts';

/** The models that have a name, sorted: those that the package ships, or those of the folder SCOREFIELD_MODELS of the environment. */
export function listModels(): readonly PackedModelInfo[] {
  return modelNames().map((name) => packedModelInfo(name, join(modelBox(), name)));
}

/** What is known of a packed model. */
export interface PackedModelInfo {
  readonly kind: 'model';
  readonly name: string;
  readonly folder: string;
  readonly bytes: number;
  readonly parameters: number;
  readonly sampleShape: readonly number[];
  /** Names of the classes that it is conditioned on or distinguishes. */
  readonly classes: readonly string[] | null;
  readonly config: RunConfig;
  readonly training: TrainingRecord | undefined;
  readonly sampling: ModelSampling | null;
  readonly rounding: readonly RoundingAt[] | undefined;
  /** Bits of a parameter in its file; of a run, 32. */
  readonly bits: ParameterBits | 32;
  /** What was measured of these parameters. */
  readonly card: object | null;
  /** The same in words. */
  readonly facts: Readonly<Record<string, string>>;
}

/**
 * What a packed model is, from its file and its card.
 * @param name - what people call it
 * @param folder - with the file `model.safetensors`
 * @throws FileError if there is none, or it is damaged.
 */
export function packedModelInfo(name: string, folder: string): PackedModelInfo {
  const { config, data, net, model, point } = loadAnyRun(folder);
  const { size: bytes } = statSync(join(folder, modelFileName));
  const parameters = layout(net).trained;
  const card = cardOf(folder, point.state.ema);
  const training = model?.training;
  const sampling = model?.sampling ?? null;
  const facts: Record<string, string | undefined> = {
    what: find(tasks, config.task, 'task').use,
    data: `${config.data.ref} [${data.shape.join(', ')}]`,
    classes: classesText(data),
    texts: textsText(data),
    network: `${net.kind}, ${parameters.toLocaleString('en')} parameters, ${(bytes / 1e6).toFixed(2)} MB`,
    SDE: config.sde.kind,
    trained: training && `${plural(training.step, 'step')}, ${duration(training.seconds)}: ${training.command}`,
    sampler: sampling === null ? undefined : `${sampling.sampler}, ${sampling.nfe} evaluations`,
    ...headlines(card),
  };
  const known = Object.entries(facts).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return {
    kind: 'model',
    name,
    folder,
    bytes,
    parameters,
    sampleShape: data.shape,
    classes: data.classes?.names ?? null,
    config,
    training,
    sampling,
    rounding: model?.rounding,
    bits: model === undefined ? 32 : (model.bits ?? 16),
    card,
    facts: Object.fromEntries(known),
  };
}

/** The fingerprint of parameters by which a card says which model was measured. */
export function parametersFingerprint({ buffer, byteOffset, byteLength }: Float32Array): string {
  return fingerprintOf(new Uint8Array(buffer, byteOffset, byteLength));
}

/** What was measured of these parameters; null if nothing was, or it was of others that the folder had before. */
function cardOf(folder: string, ema: Float32Array): object | null {
  const card = readCard(folder);
  if (typeof card !== 'object' || card === null || !('fingerprint' in card)) return null;
  return card.fingerprint === parametersFingerprint(ema) ? card : null;
}

/** The lines of a card that a list shows. */
function headlines(card: object | null): Readonly<Record<string, string>> {
  if (card === null || !('headlines' in card)) return {};
  const { headlines: lines } = card;
  if (typeof lines !== 'object' || lines === null) return {};
  return Object.fromEntries(
    Object.entries(lines).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}
