/** @file The score of a network as a module of PyTorch: one Python file, and its parameters by name. */
import { parameterPrefix, torchSource } from '../../backend/torch/torch-source.ts';
import type { Graph } from '../../graph/node.ts';
import { layout, namedScope, type Network, type ParamVectors, type Scope } from '../../nn/network.ts';
import type { ScoreProcess } from '../coefficients.ts';
import { standaloneGraph } from './standalone.ts';

/** Parameters by name. */
export type NamedTensors = Readonly<Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>>;

/** A module of PyTorch. */
export interface TorchModule {
  /** The Python file. */
  readonly python: string;
  /** Parameters, and the constants `constants.0` and so on. */
  readonly tensors: NamedTensors;
}

/**
 * The module `Score` of a network, whose `forward(x, t)` gives `score`, `denoised`, `alpha` and `sigma` as `exportScore` does. It needs PyTorch alone, and
 * its parameters can be trained on.
 * @param about - sentences for its docstring
 * @throws UnsupportedError if functions of the SDE are too rough for polynomials, see `piecewise`.
 */
export function torchModule(
  net: Network,
  { params, process }: { readonly params: ParamVectors; readonly process: ScoreProcess },
  about: string,
): TorchModule {
  const scopeOf = (owner: Graph): Scope => namedScope(owner, parameterPrefix);
  const { lines, outputs, constants } = torchSource((batch) => standaloneGraph(net, { scopeOf, process }, batch));
  const fixed = [
    ...net.params.filter(({ trainable }) => !trainable).map(({ name }) => name),
    ...Object.keys(constants),
  ];
  const more = [
    ...(net.classes === 0 ? [] : [['classes', net.classes] as const]),
    ...(net.ends === undefined ? [] : [['end', net.ends] as const]),
  ];
  const body = [
    'B = x.shape[0]',
    'p = self.tensors()',
    ...more.map(([name, columns]) => `${name} = x.new_zeros(B, ${columns}) if ${name} is None else ${name}`),
    ...lines,
    '',
    'return {',
    ...Object.entries(outputs).map(([name, expression]) => `    "${name}": ${expression},`),
    '}',
  ];
  const python = source
    .replace('ABOUT', () => about.replaceAll('\\', '\\\\').replaceAll('"""', "'''"))
    .replace('FIXED_NAMES', () => pythonTuple(fixed))
    .replace('ARGUMENTS', () => ['self', 'x', 't', ...more.map(([name]) => `${name}=None`)].join(', '))
    .replace('BODY', () => body.map((line) => (line === '' ? '' : `        ${line}`)).join('\n'));
  return { python, tensors: { ...namedParameters(net, params), ...constants } };
}

/** The parameters of a network by name, trained and fixed ones. */
function namedParameters(net: Network, params: ParamVectors): NamedTensors {
  const named = layout(net).segments.map(({ name, shape, trainable, begin, end }) => {
    const data = (trainable ? params.trained : params.fixed).slice(begin, end);
    return [name, { shape, data }] as const;
  });
  return Object.fromEntries(named);
}

function pythonTuple(names: readonly string[]): string {
  return names.length === 0 ? '()' : `(\n${names.map((name) => `    "${name}",\n`).join('')})`;
}

/** The file, with names for what a network decides. */
const source = `"""ABOUT"""

import json
import struct
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

# Tensors that training leaves as they are.
FIXED = FIXED_NAMES


class Score(nn.Module):
    """The score of noisy samples, with the parameters of a safetensors file."""

    def __init__(self, file=Path(__file__).parent / "weights.safetensors"):
        super().__init__()
        tensors, self.metadata = read(file)
        for name, tensor in tensors.items():
            *path, own = name.split(".")
            module = self
            for part in path:
                if part not in module._modules:
                    module.add_module(part, nn.Module())
                module = module._modules[part]
            if name in FIXED:
                module.register_buffer(own, tensor)
            else:
                module.register_parameter(own, nn.Parameter(tensor))

    def tensors(self):
        """Parameters and fixed tensors by name."""
        return {**dict(self.named_parameters()), **dict(self.named_buffers())}

    def save(self, file):
        """Writes the parameters as a safetensors file, which \`scorefield import\` reads."""
        write(file, self.state_dict(), self.metadata)

    def forward(ARGUMENTS):
BODY


def read(file):
    """Tensors of a safetensors file by name, and its metadata."""
    data = bytearray(Path(file).read_bytes())
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    numbers = torch.frombuffer(data, dtype=torch.float32, offset=8 + length)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = numbers[begin // 4 : end // 4].reshape(entry["shape"]).clone()
    return tensors, metadata


def write(file, tensors, metadata):
    """Writes tensors by name, as float32."""
    header, parts, begin = {"__metadata__": metadata}, [], 0
    for name, tensor in tensors.items():
        part = tensor.detach().to("cpu", torch.float32).contiguous().numpy().tobytes()
        entry = {"dtype": "F32", "shape": list(tensor.shape)}
        header[name] = {**entry, "data_offsets": [begin, begin + len(part)]}
        parts.append(part)
        begin += len(part)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    Path(file).write_bytes(struct.pack("<Q", len(text)) + text + b"".join(parts))
`;
