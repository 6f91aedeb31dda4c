/**
 * @file ONNX models: a typed description and its encoding as a ModelProto (opset 17, IR version 8).
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
import {
  floatField,
  intField,
  message,
  messageField,
  stringField,
  protobufBytes,
  bytesField,
  type Encoded,
} from '../../base/protobuf.ts';
import type { Shape } from '../../base/tensor.ts';

/** An attribute: an integer, a list of integers, a string, or a float. */
export type OnnxAttribute = number | string | readonly number[] | { readonly float: number };

/** One operator call. */
export interface OnnxNode {
  readonly op: string;
  /** `''` for ONNX itself, or an operator set of ONNX Runtime. */
  readonly domain: OnnxDomain;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
  /** Shown in profiles; of one call alone, where it is not empty. */
  readonly name?: string;
}

/** Operator sets that models may use. */
export type OnnxDomain = '' | 'com.microsoft' | 'com.microsoft.nchwc';

/** A named float32 value; a size that is given when the model runs has a name. */
export interface OnnxValue {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

/** A constant: float32, or the int64 of shapes and axes. */
export interface OnnxInitializer {
  readonly name: string;
  readonly shape: Shape;
  readonly data: Float32Array | BigInt64Array;
}

/** A whole model. */
export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** Metadata for readers of the file. */
  readonly about?: OnnxAbout;
}

/** What a model says of itself. */
export interface OnnxAbout {
  /** Of the program that wrote it. */
  readonly version: string;
  /** A text for people. */
  readonly text: string;
  /** Names with values for programs. */
  readonly properties: Readonly<Record<string, string>>;
}

const elementType = { float32: 1, int64: 7 } as const;
const attributeType = { float: 1, int: 2, string: 3, ints: 7 } as const;
const opsets: Readonly<Record<OnnxDomain, number>> = { '': 17, 'com.microsoft': 1, 'com.microsoft.nchwc': 1 };

function encodeAttribute([name, value]: [string, OnnxAttribute]): Encoded {
  const label = stringField(1, name);
  if (typeof value === 'number') return message(label, intField(3, value), intField(20, attributeType.int));
  if (typeof value === 'string') return message(label, stringField(4, value), intField(20, attributeType.string));
  if ('float' in value) return message(label, floatField(2, value.float), intField(20, attributeType.float));
  return message(
    label,
    value.map((i) => intField(8, i)),
    intField(20, attributeType.ints),
  );
}

function encodeNode({ op, domain, inputs, outputs, attributes, name = '' }: OnnxNode): Encoded {
  return message(
    inputs.map((name) => stringField(1, name)),
    outputs.map((name) => stringField(2, name)),
    name === '' ? [] : stringField(3, name),
    stringField(4, op),
    Object.entries(attributes).map((entry) => messageField(5, encodeAttribute(entry))),
    domain === '' ? [] : stringField(7, domain),
  );
}

function encodeInitializer({ name, shape, data }: OnnxInitializer): Encoded {
  return message(
    shape.map((size) => intField(1, size)),
    intField(2, data instanceof Float32Array ? elementType.float32 : elementType.int64),
    stringField(8, name),
    bytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  );
}

function encodeValue({ name, shape }: OnnxValue): Encoded {
  const encodeSize = (size: number | string): Encoded =>
    message(typeof size === 'number' ? intField(1, size) : stringField(2, size));
  const dimensions = message(shape.map((size) => messageField(1, encodeSize(size))));
  const tensorType = message(intField(1, elementType.float32), messageField(2, dimensions));
  return message(stringField(1, name), messageField(2, message(messageField(1, tensorType))));
}

/** The bytes of a model, which any ONNX reader accepts if it uses no operator set of ONNX Runtime. */
export function encodeModel({ nodes, initializers, inputs, outputs, about }: OnnxModel): Uint8Array {
  const graph = message(
    nodes.map((node) => messageField(1, encodeNode(node))),
    stringField(2, 'scorefield'),
    initializers.map((value) => messageField(5, encodeInitializer(value))),
    inputs.map((value) => messageField(11, encodeValue(value))),
    outputs.map((value) => messageField(12, encodeValue(value))),
  );
  const used = new Set<OnnxDomain>(['', ...nodes.map(({ domain }) => domain)]);
  const imports = [...used].map((domain) =>
    messageField(8, message(stringField(1, domain), intField(2, opsets[domain]))),
  );
  const properties = Object.entries(about?.properties ?? {}).map(([name, value]) =>
    messageField(14, message(stringField(1, name), stringField(2, value))),
  );
  return protobufBytes(
    message(
      intField(1, 8),
      stringField(2, 'scorefield'),
      about ? [stringField(3, about.version), stringField(6, about.text)] : [],
      messageField(7, graph),
      imports,
      properties,
    ),
  );
}
