/** @file Scores as modules of PyTorch in a folder, and their parameters back. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { FileError } from '../base/errors.ts';
import { printable } from '../base/printable.ts';
import { sameShape } from '../base/tensor.ts';
import { readBytes, writeTogether } from '../io/atomic.ts';
import { decodeParameters, encodeSafetensors, type Safetensors } from '../io/safetensors.ts';
import { layout, type Network, type ParamVectors } from '../nn/network.ts';
import { torchModuleOf } from '../run/export.ts';
import { buildStored, samplingParameters } from '../run/from-bytes.ts';
import { loadRun } from '../run/load.ts';
import { fromModelFile, modelFormat, toModelFile } from '../run/model-file.ts';
import { recordOf } from './pack-model.ts';
import { makeFolder } from '../io/folders.ts';

const format = 'scorefield-torch-1';
const moduleName = 'model.py';
const weightsName = 'weights.safetensors';

/** What was written. */
export interface WrittenTorch {
  readonly files: readonly string[];
  readonly step: number;
  /** How many parameters are trained. */
  readonly parameters: number;
}

/**
 * Writes the score of a run or a model as a module of PyTorch: `model.py`, which needs PyTorch alone, and `weights.safetensors`, the averaged
 * parameters by name.
 * @throws FileError if the run or the checkpoint is missing, or the folder cannot be written.
 * @throws UnsupportedError if functions of the process are too rough for polynomials.
 */
export function writeTorch(ref: string, folder: string, checkpoint?: number): WrittenTorch {
  const loaded = loadRun(ref, checkpoint);
  const { python, tensors, about } = torchModuleOf(loaded);
  const record = recordOf(loaded, { rounding: [], sampling: loaded.ownSampling });
  const { metadata } = toModelFile(record, samplingParameters(loaded));
  makeFolder(folder);
  writeTogether(folder, [
    [weightsName, encodeSafetensors({ tensors, metadata: { ...metadata, ...about, format } })],
    [moduleName, python],
  ]);
  const files = [moduleName, weightsName].map((name) => join(folder, name));
  return { files, step: loaded.point.step, parameters: layout(loaded.net).trained };
}

/** A model made of weights. */
export interface ReadTorch {
  /** The file of the model, as `scorefield pack` writes it, with all bits of the parameters. */
  readonly bytes: Uint8Array;
  readonly file: string;
  readonly network: string;
  readonly parameters: number;
}

/**
 * The model whose parameters a module of PyTorch has saved.
 * @param path - the file that `Score.save` wrote, or the folder of the module
 * @throws FileError if it is no file of weights of such a module, or a parameter is missing, too much, or of another shape.
 */
export function readTorch(path: string): ReadTorch {
  const file = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? join(path, weightsName) : path;
  const content = decodeParameters(readBytes(file), file);
  const { tensors, metadata } = content;
  if (metadata['format'] !== format)
    throw new FileError(
      file,
      `expected weights of a module that scorefield export --torch wrote (format ${format}), found ${printable(metadata['format'] ?? 'none', { longest: 60 })}; save them with its method save, which keeps the metadata`,
    );
  const none = { shape: [0], data: new Float32Array(0) };
  const { record } = fromModelFile({ tensors: { ema: none }, metadata: { ...metadata, format: modelFormat } }, file);
  const { net } = buildStored(record.config, record.data, { tensors, file });
  const params = vectorsOf(net, tensors, file);
  const written = toModelFile(record, params);
  const ema = { shape: [params.trained.length], data: params.trained };
  return {
    bytes: encodeSafetensors({ ...written, tensors: { ...written.tensors, ema } }),
    ...{ file, network: net.kind, parameters: params.trained.length },
  };
}

/** Parameters by name as the vectors of a network. */
function vectorsOf(net: Network, tensors: Safetensors['tensors'], file: string): ParamVectors {
  const { segments, trained, fixed } = layout(net);
  const vectors = { trained: new Float32Array(trained), fixed: new Float32Array(fixed) };
  for (const { name, shape, trainable, begin } of segments) {
    const found = tensors[name];
    if (found === undefined || !sameShape(found.shape, shape))
      throw new FileError(
        file,
        `expected a tensor ${name} [${shape.join(', ')}], found ${found === undefined ? 'none' : `[${found.shape.join(', ')}]`}`,
      );
    (trainable ? vectors.trained : vectors.fixed).set(found.data, begin);
  }
  const known = new Set(segments.map(({ name }) => name));
  const other = Object.keys(tensors).find((name) => !known.has(name) && !name.startsWith('constants.'));
  if (other !== undefined)
    throw new FileError(file, `expected the tensors of the network ${net.kind}, found ${printable(other)} too`);
  return vectors;
}
