/**
 * @file What a network is: a function that writes a graph, asking a scope for its parameters by name. Which parameters it
 * has is found by writing it once.
 */
import { ConfigError, InternalError, ShapeError } from '../base/errors.ts';
import { foldIn, type Key } from '../base/key.ts';
import { sameShape, sizeOf, type Shape } from '../base/tensor.ts';
import { constant, input, reshape, slice } from '../graph/build.ts';
import { enterLayer, graph, inLayer, type Graph, type Node } from '../graph/node.ts';
import type { Initializer } from './initializer.ts';

/** A named parameter. */
export interface Param {
  readonly name: string;
  readonly shape: Shape;
  readonly init: Initializer;
  /** Whether training changes it. */
  readonly trainable: boolean;
}

/** Where a network's function gets its parameters and dropout masks from. */
export interface Scope {
  param(param: Param): Node;
  /** A mask of 0 and 1 / (1 - rate) to multiply with; undefined outside training. */
  mask(shape: Shape, rate: number): Node | undefined;
  /** Axes of images, 2 and 3, around which convolutions go instead of padding them with zeros; none by default. */
  readonly around?: readonly number[];
  /** Whether images are series, one row high, and convolutions and changes of size along that row alone; false by default. */
  readonly alongRow?: boolean;
}

/**
 * Writes the network: x `[B, …]` and label `[B]` to the raw output, shaped like x (of a classifier, log-odds `[B, K]`). A network of K > 0 classes also reads
 * their rows `[B, K]`, one-hot or any other of squares that sum to 1; a row of zeros, or no classes at all, means a sample of which nothing is known.
 * A network of steps reads rows `[B, K + E]` with their ends, see `withEndRows`.
 */
export type Forward = (scope: Scope, x: Node, label: Node, classes?: Node) => Node;

/** Changes parameters, which it finds by name, so that those of the layer of classes can be left away. */
export type WithoutClasses = (param: (name: string) => Float32Array) => void;

/** The networks between samples and latents that are fewer numbers; what they are for is in `nn/autoencoder`. */
export interface Autoencoder {
  readonly dataShape: Shape;
  readonly latentShape: Shape;
  /** From samples to mean and logarithm of the variance of their latents, side by side along axis 1; it reads no label. */
  readonly encoder: Network;
  /** From latents to samples; it reads no label. */
  readonly decoder: Network;
  /** Whether the network that has it is one of latents, which are shifted and scaled to what the network reads; else it is the autoencoder itself. */
  readonly standardized: boolean;
}

/** A network for samples of one shape. */
export interface Network {
  /** The name that people read; no code branches on it. */
  readonly kind: string;
  readonly sampleShape: Shape;
  /** K, the columns of the rows that it is conditional on: as many as classes or, of texts, as their coding has; 0 for none. */
  readonly classes: number;
  /** Whether its rows say which numbers of a sample are known, and their values, see `knownRowInto`; false by default. */
  readonly known?: true;
  /** Whether its rows are computed from the samples themselves by their kind of data, as spectrograms are from waves (`SetKind.portraits`); false by default. */
  readonly ofSample?: true;
  /** E, the columns of the rows by which it is given where a step ends, see `StepEnds`; 0 by default. */
  readonly ends?: number;
  /** Of a network of steps: the same without them, whose parameters can become its own, see `paramsForEnds`. */
  readonly withoutEnds?: () => Network;
  /** Of a network of classes: the changes of parameters by which the same network without classes gives what this one does of rows of zeros. */
  readonly withoutClasses?: WithoutClasses;
  readonly params: readonly Param[];
  /** Tensors shaped like x that the output contains side by side along the channels, 1 by default. */
  readonly parts?: number;
  /** Whether x may have the starts of the paths of a bridge behind it along the channels, see `withStart`; false by default. */
  readonly starts?: true;
  readonly forward: Forward;
  /** Of a network that is a gradient: the energy `[B]` that its output is minus the gradient of, in x. */
  readonly energy?: Forward;
  /** Of a classifier: what its last layer reads, `[B, D]`. */
  readonly features?: Forward;
  /** Of an autoencoder, and of a network whose samples are latents: the networks between them and the data. */
  readonly autoencoder?: Autoencoder;
}

/** Parameters that a network which is being made may have. */
let most = Infinity;

/**
 * Makes a network of at most so many parameters, trained and fixed ones: one that asks for more is given up when it does, before its
 * graph has grown.
 * @throws ConfigError if there are more.
 */
export function withAtMost(parameters: number, make: () => Network): Network {
  const before = most;
  most = Math.min(before, parameters);
  try {
    return make();
  } finally {
    most = before;
  }
}

interface ConditionOptions extends Pick<Network, 'withoutClasses'> {
  readonly classes?: number;
  readonly known?: boolean;
  readonly ofSample?: boolean;
}

/**
 * A network from its function, which is given classes always if there are any, and else never.
 * @throws ShapeError if it asks for two parameters of one name with different shapes.
 * @throws ConfigError if it asks for more parameters than `withAtMost` allows.
 */
export function network(
  kind: string,
  sampleShape: Shape,
  write: Forward,
  { classes: known = 0, known: completes, ofSample, withoutClasses }: ConditionOptions = {},
): Network {
  const params = new Map<string, Param>();
  let count = 0;
  const g = graph();
  const recorder: Scope = {
    param: (param) => {
      const known = params.get(param.name);
      if (known !== undefined && !sameShape(known.shape, param.shape))
        throw new ShapeError(
          `${kind}: parameter ${param.name} is asked for as [${known.shape}] and as [${param.shape}]`,
        );
      if (known === undefined) count += sizeOf(param.shape);
      if (count > most)
        throw new ConfigError([
          { path: '', message: `expected a network of at most ${most} parameters, got at least ${count}` },
        ]);
      params.set(param.name, param);
      return input(g, param.name, param.shape);
    },
    mask: () => undefined,
  };
  const forward: Forward = (scope, x, label, classes) => {
    const [batch = 1] = x.shape;
    if (classes !== undefined && !sameShape(classes.shape, [batch, known]))
      throw new ShapeError(`${kind}: expected classes [${batch}, ${known}], got [${classes.shape}]`);
    return inLayer(x.graph, 'input', () => {
      if (known === 0) return write(scope, x, label);
      const none = constant(x.graph, new Float64Array(batch * known), [batch, known]);
      return write(scope, x, label, classes ?? none);
    });
  };
  forward(recorder, input(g, 'x', [1, ...sampleShape]), input(g, 'label', [1]));
  const fold = known > 0 && withoutClasses !== undefined ? { withoutClasses } : {};
  const own = { kind, sampleShape, classes: known, params: [...params.values()], forward, ...fold };
  return { ...own, ...(completes === true && { known: true }), ...(ofSample === true && { ofSample: true }) };
}

/** A scope whose names begin with a prefix and a dot. */
export function within(scope: Scope, prefix: string): Scope {
  return { ...scope, param: (param) => scope.param({ ...param, name: `${prefix}.${param.name}` }) };
}

/** The parameters of a network: trained ones and fixed ones, each end to end in the order of `params`. */
export interface ParamVectors {
  readonly trained: Float32Array;
  readonly fixed: Float32Array;
}

/** Position of a parameter in the vector of its sort. */
export interface Segment extends Param {
  readonly begin: number;
  readonly end: number;
}

/** Positions of all parameters in their two vectors, and the lengths of these. */
export function layout({ params }: Network): { segments: readonly Segment[]; trained: number; fixed: number } {
  const lengths = { trained: 0, fixed: 0 };
  const segments = params.map((param) => {
    const sort = param.trainable ? 'trained' : 'fixed';
    const begin = lengths[sort];
    lengths[sort] += sizeOf(param.shape);
    return { ...param, begin, end: lengths[sort] };
  });
  return { segments, ...lengths };
}

/**
 * Parameters of one network as those of another that has the same, by name and in order: those of an autoencoder may be trained in one and fixed in the other.
 * @throws InternalError if it has not.
 */
export function inLayoutOf(net: Network, from: Network, params: ParamVectors): ParamVectors {
  const [own, other] = [layout(net), layout(from)];
  const vectors = { trained: new Float32Array(own.trained), fixed: new Float32Array(own.fixed) };
  for (const [i, { name, trainable, begin }] of own.segments.entries()) {
    const there = other.segments[i];
    if (there?.name !== name) throw new InternalError(`expected a parameter ${name}, found ${there?.name ?? 'none'}`);
    const values = params[there.trainable ? 'trained' : 'fixed'].subarray(there.begin, there.end);
    vectors[trainable ? 'trained' : 'fixed'].set(values, begin);
  }
  return vectors;
}

/** Parameters before training; each depends on the key and its own name alone. */
export function initialize(net: Network, key: Key): ParamVectors {
  const { segments, trained, fixed } = layout(net);
  const vectors = { trained: new Float32Array(trained), fixed: new Float32Array(fixed) };
  for (const { name, shape, init, trainable, begin } of segments)
    (trainable ? vectors.trained : vectors.fixed).set(init(foldIn(key, name), shape), begin);
  return vectors;
}

/** A dropout mask that a training graph reads as an input. */
export interface MaskInput {
  readonly name: string;
  readonly shape: Shape;
  readonly rate: number;
}

/**
 * A scope that cuts the parameters from two flat vectors, for training.
 * @param masks - dropout masks of another scope that this one shares: the first mask that is asked for is the first of them, and so on
 */
export function vectorScope(
  net: Network,
  vectors: { trained: Node; fixed: Node | undefined },
  masks: MaskInput[] = [],
): {
  scope: Scope;
  trained: readonly Node[];
  masks: MaskInput[];
} {
  const owner = vectors.trained.graph;
  const nodes = new Map<string, Node>();
  const trained: Node[] = [];
  for (const { name, shape, trainable, begin, end } of layout(net).segments) {
    const vector = trainable ? vectors.trained : vectors.fixed;
    if (vector === undefined) continue;
    const node = reshape(slice(vector, 0, { begin, end }), shape);
    nodes.set(name, node);
    if (trainable) trained.push(node);
  }
  let asked = 0;
  const scope: Scope = {
    param: (param) => entered(owner, nodeOf(nodes, param.name), param.name),
    mask: (shape, rate) => {
      if (rate === 0) return undefined;
      const { name } = (masks[asked] ??= { name: `mask.${asked}`, shape, rate });
      asked += 1;
      return input(owner, name, shape);
    },
  };
  return { scope, trained, masks };
}

/** A scope in which the parameters are constants, for sampling: ONNX Runtime then chooses their layout once. */
export function constantScope(net: Network, values: ParamVectors, owner: Graph): Scope {
  const nodes = new Map<string, Node>();
  for (const { name, shape, trainable, begin, end } of layout(net).segments)
    nodes.set(name, constant(owner, (trainable ? values.trained : values.fixed).slice(begin, end), shape));
  return { param: (param) => entered(owner, nodeOf(nodes, param.name), param.name), mask: () => undefined };
}

/** A scope in which each parameter is an input, whose name begins with a prefix, for programs that keep parameters by their names. */
export function namedScope(owner: Graph, prefix: string): Scope {
  return {
    param: ({ name, shape }) => entered(owner, input(owner, `${prefix}${name}`, shape), name),
    mask: () => undefined,
  };
}

/** What is made after a parameter has been asked for is of its layer. */
function entered(owner: Graph, param: Node, name: string): Node {
  enterLayer(owner, name.slice(0, Math.max(0, name.lastIndexOf('.'))));
  return param;
}

function nodeOf(nodes: ReadonlyMap<string, Node>, name: string): Node {
  const node = nodes.get(name);
  if (node === undefined) throw new InternalError(`the network asked for an unknown parameter '${name}'`);
  return node;
}
