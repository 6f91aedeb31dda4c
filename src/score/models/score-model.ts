/** @file A trained network as a score function. */
import type { Backend, Program } from '../../backend/program.ts';
import { checkOptions, positiveInteger } from '../../base/check.ts';
import { ConfigError, InternalError } from '../../base/errors.ts';
import { batchOf, dimensionOf, expectShape, sizeOf, zeros, type Tensor } from '../../base/tensor.ts';
import { add, div, input, mul, reshape, slice, sub } from '../../graph/build.ts';
import { jvp } from '../../graph/jvp.ts';
import { enterLayer, graph, type Node } from '../../graph/node.ts';
import { vjp } from '../../graph/vjp.ts';
import { constantScope, type Forward, type Network, type ParamVectors, type Scope } from '../../nn/network.ts';
import { withEndRows } from '../../nn/with-end.ts';
import { timesOf, type LogDensity, type ScoreFn, type ScoreJvpFn, type ScoreVjpFn } from '../../sde/score-fn.ts';
import { coefficient, endRows, scoreCoefficients, type ScoreProcess } from '../coefficients.ts';
import { perSample, sumPerSample } from '../objectives/loss.ts';
import { givenAt, conditionRows, type Given } from './condition-rows.ts';

type Tensors = Readonly<Record<string, Tensor>>;

/** A score with its derivatives. */
export interface Scores {
  readonly score: ScoreFn;
  /** The score with its directional derivative, by forward mode. */
  readonly scoreJvp: ScoreJvpFn;
  /** The score with its derivative pulled back, by reverse mode. */
  readonly scoreVjp: ScoreVjpFn;
  /**
   * Of a network of two parts: where the logarithm of the variance of a reverse step lies, from 0, the posterior's, to
   * 1, the forward step's. It costs nothing right after the score at the same x and t.
   */
  readonly reverseVariance?: ScoreFn;
  /** Of a network that is the gradient of an energy: what the score is the gradient of, at one noise level. */
  readonly logDensity?: LogDensity;
}

/** A score function with compiled programs; of a network with classes it is the score of all classes. */
export interface ScoreModel extends Scores {
  /**
   * The scores of the samples of a batch given the class of each, grad log p_t(x | c); where it is undefined, of all classes.
   * `rows` selects a part of the batch.
   * @throws ConfigError if the network knows no classes.
   * @throws ShapeError if a class is not one of the network's, and from the scores if they are asked for other samples.
   */
  given(classes: Given): Scores;
  dispose(): Promise<void>;
}

/**
 * The graph of s(x, t) = skip x + out F(inScale x, label) for batches of one size, with the parameters as constants.
 * Its inputs are `x` `[B, …]`, the score coefficients `[B]` and, of a network with classes, `classes` `[B, K]`, of one of steps their
 * `end` `[B, E]`.
 */
export function scoreGraph(net: Network, params: ParamVectors, batch: number): Node {
  return partsGraph(net, params, batch).score;
}

/** What every graph of a network reads, in a graph of its own: samples as they are and as the network sees them, and the coefficients of the score. */
function readNodes(net: Network, batch: number, layer: string) {
  const g = graph();
  enterLayer(g, layer);
  const x = input(g, 'x', [batch, ...net.sampleShape]);
  const [skip, out, inScale, label] = scoreCoefficients.map((name) => input(g, name, [batch])) as [
    Node,
    Node,
    Node,
    Node,
  ];
  const classes = net.classes === 0 ? undefined : input(g, 'classes', [batch, net.classes]);
  return { g, x, skip, out, inScale, label, classes, scaled: mul(perSample(inScale, x), x) };
}

/** The graph of the score and of what else a network says of each number of a sample. */
function partsGraph(net: Network, params: ParamVectors, batch: number): { readonly score: Node; readonly rest: Node } {
  const { g, x, skip, out, label, classes, scaled } = readNodes(net, batch, 'score');
  const end = net.ends === undefined ? undefined : input(g, 'end', [batch, net.ends]);
  const { main, rest } = networkParts(net, constantScope(net, params, g), { x: scaled, label, classes, end });
  const score = add(mul(perSample(skip, x), x), mul(perSample(out, main), main));
  return { score, rest: rest ?? score };
}

/**
 * The graph of log p_t up to a constant of t, `[B, 1]`: skip ||x||^2 / 2 - out / inScale E(inScale x, label), whose gradient in x is the score where
 * the network is minus the gradient of E.
 */
function energyGraph(net: Network, energy: Forward, params: ParamVectors, batch: number): Node {
  const { g, x, skip, out, inScale, label, classes, scaled } = readNodes(net, batch, 'energy');
  const own = energy(constantScope(net, params, g), scaled, label, classes);
  const quadratic = mul(mul(skip, 0.5), sumPerSample(mul(x, x)));
  return reshape(sub(quadratic, mul(div(out, inScale), own)), [batch, 1]);
}

/** The output of a network that the score is made of, and the second part of one that has two. */
export function networkParts(
  net: Network,
  scope: Scope,
  {
    x,
    label,
    classes,
    end,
  }: { readonly x: Node; readonly label: Node } & Partial<Record<'classes' | 'end', Node | undefined>>,
): { readonly main: Node; readonly rest?: Node } {
  const raw = net.forward(scope, x, label, withEndRows(net, classes, end));
  const channels = dimensionOf(x, 1);
  const main = slice(raw, 1, { begin: 0, end: channels });
  return raw === main ? { main } : { main, rest: slice(raw, 1, { begin: channels, end: 2 * channels }) };
}

/** The graph of the score with its derivative along a further input `v`, shaped like `x`. */
function scoreJvpGraph(net: Network, params: ParamVectors, batch: number): Readonly<Record<'score' | 'jvp', Node>> {
  const score = scoreGraph(net, params, batch);
  const at = (name: string): Node => input(score.graph, name, score.shape);
  const [derivative] = jvp([score], [at('x')], [at('v')]);
  if (derivative === undefined) throw new InternalError('the score does not depend on x');
  return { score, jvp: derivative };
}

/** The graph of the score with its derivative pulled back along a further input `w`, shaped like `x`. */
function scoreVjpGraph(net: Network, params: ParamVectors, batch: number): Readonly<Record<'score' | 'vjp', Node>> {
  const score = scoreGraph(net, params, batch);
  const at = (name: string): Node => input(score.graph, name, score.shape);
  const [derivative] = vjp(score, [at('x')], at('w'));
  if (derivative === undefined) throw new InternalError('the score does not depend on x');
  return { score, vjp: derivative };
}

/**
 * The score of a network with its parameters. Batches are filled up to a power of two, so that few programs are compiled,
 * and cut at `maxBatch` samples, and into a part for each worker of the backend.
 */
export function scoreModel(
  backend: Backend,
  net: Network,
  options: { params: ParamVectors; process: ScoreProcess; maxBatch?: number },
): ScoreModel {
  const { params, process, maxBatch = 64 } = options;
  const { workers = 1 } = backend;
  checkOptions(positiveInteger('maxBatch', maxBatch));
  const scores = new Map<number, Promise<Program<'score'>>>();
  const derivatives = new Map<number, Promise<Program<'score' | 'jvp'>>>();
  const pullbacks = new Map<number, Promise<Program<'score' | 'vjp'>>>();
  const pairs = new Map<number, Promise<Program<'score' | 'rest'>>>();
  const energies = new Map<number, Promise<Program<'log'>>>();
  const size = sizeOf(net.sampleShape);
  let disposed = false;

  const once = <K extends string>(
    programs: Map<number, Promise<Program<K>>>,
    batch: number,
    outputs: () => Readonly<Record<K, Node>>,
  ): Promise<Program<K>> => {
    const known = programs.get(batch);
    if (known !== undefined) return known;
    if (disposed) throw new InternalError('a score model was used after it had been disposed of');
    const program = backend.compile(outputs());
    programs.set(batch, program);
    // A program that failed to compile is not kept, so that disposing of the others still works.
    program.catch(() => programs.delete(batch));
    return program;
  };
  const scoreProgram = (batch: number): Promise<Program<'score'>> =>
    once(scores, batch, () => ({ score: scoreGraph(net, params, batch) }));
  const jvpProgram = (batch: number): Promise<Program<'score' | 'jvp'>> =>
    once(derivatives, batch, () => scoreJvpGraph(net, params, batch));
  const pairProgram = (batch: number): Promise<Program<'score' | 'rest'>> =>
    once(pairs, batch, () => partsGraph(net, params, batch));
  const vjpProgram = (batch: number): Promise<Program<'score' | 'vjp'>> =>
    once(pullbacks, batch, () => scoreVjpGraph(net, params, batch));

  /**
   * Runs a program on a batch in parts, side by side; each is filled up to the program's size, and its results are cut back into
   * their rows of the results of all.
   */
  const inParts = async <K extends string>(
    programOf: (batch: number) => Promise<Program<K>>,
    tensors: Tensors,
    { times, classes, to }: Conditions,
  ): Promise<Readonly<Record<K, Tensor>>> => {
    const rows = times.length;
    const shape = [rows, ...net.sampleShape];
    for (const [name, tensor] of Object.entries(tensors)) expectShape(tensor, shape, name);
    const parts = Math.max(1, Math.ceil(rows / maxBatch), Math.min(workers, rows));
    const most = Math.ceil(rows / parts);
    const found: Record<string, Tensor> = {};
    const runPart = async (begin: number): Promise<void> => {
      const end = Math.min(begin + most, rows);
      const batch = Math.min(maxBatch, 2 ** Math.ceil(Math.log2(end - begin)));
      const program = await programOf(batch);
      const filled = Object.entries(tensors).map(([name, { data }]) => {
        const all = new Float32Array(batch * size);
        all.set(data.subarray(begin * size, end * size));
        return [name, all] as const;
      });
      const own = Array.from({ length: batch }, (_, i) => times[begin + i] ?? process.sde.tMax);
      const coefficients = scoreCoefficients.map((name) => [name, coefficient(name, process, own)] as const);
      const ofPart = Array.from({ length: batch }, (_, i) => classes?.[begin + i]);
      const ofClasses = net.classes === 0 ? {} : { classes: conditionRows(ofPart, net.classes) };
      const ofEnds =
        net.ends === undefined
          ? {}
          : {
              end: endRows(
                process,
                own,
                own.map(() => to),
              ),
            };
      const results = await program.run({
        ...Object.fromEntries([...filled, ...coefficients]),
        ...ofClasses,
        ...ofEnds,
      });
      for (const [name, data] of Object.entries<Float32Array>(results)) {
        // A number for each sample, or as many as it has.
        const each = data.length / batch;
        found[name] ??= zeros(each === size ? shape : [rows, each]);
        found[name].data.set(data.subarray(0, (end - begin) * each), begin * each);
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, Math.ceil(rows / most)) }, (_, k) => runPart(k * most)));
    return found as Record<K, Tensor>;
  };

  const scoresOf = (classes?: Given): Scores => {
    const at = (x: Tensor, t: number | readonly number[], rows?: readonly number[], to?: number): Conditions => ({
      times: timesOf(t, x),
      to,
      classes: classes && givenAt(classes, batchOf(x), rows),
    });
    // Tensors are never changed, so the same x at the same t has the same parts for the same classes. They are kept for as long
    // as x is, since several samplers may take turns.
    type Parts = Record<'score' | 'rest', Tensor>;
    const found = new WeakMap<Tensor, { t: Parameters<ScoreFn>[1]; where: Conditions; parts: Promise<Parts> }>();
    const partsAt = (...[x, t, rows, to]: Parameters<ScoreFn>): Promise<Parts> => {
      const where = at(x, t, rows, to);
      const known = found.get(x);
      if (known?.t === t && known.where.to === to && sameClasses(known.where, where)) return known.parts;
      const parts = inParts(pairProgram, { x }, where);
      found.set(x, { t, where, parts });
      parts.catch(() => found.delete(x)); // so that the next call computes it again
      return parts;
    };
    const values: Pick<Scores, 'score' | 'reverseVariance'> =
      net.parts === 2
        ? {
            score: async (...where) => (await partsAt(...where)).score,
            reverseVariance: async (...where) => (await partsAt(...where)).rest,
          }
        : { score: async (x, t, rows, to) => (await inParts(scoreProgram, { x }, at(x, t, rows, to))).score };
    const { energy } = net;
    const logProgram = (batch: number): Promise<Program<'log'>> =>
      once(energies, batch, () => ({ log: energyGraph(net, energy as Forward, params, batch) }));
    const logDensity: LogDensity = async (x, t, rows) =>
      Float64Array.from((await inParts(logProgram, { x }, at(x, t, rows))).log.data);
    return {
      ...values,
      ...(energy !== undefined && net.ends === undefined && { logDensity }),
      scoreJvp: async (x, t, v, rows) => inParts(jvpProgram, { x, v }, at(x, t, rows)),
      scoreVjp: async (x, t, w, rows) => inParts(vjpProgram, { x, w }, at(x, t, rows)),
    };
  };

  return {
    ...scoresOf(),
    given: (classes) => {
      if (net.classes === 0)
        throw new ConfigError([{ path: 'classes', message: `expected a network with classes, ${net.kind} has none` }]);
      conditionRows(classes, net.classes); // refuses classes that the network has not
      return scoresOf(classes);
    },
    dispose: async () => {
      disposed = true;
      const programs = [
        ...scores.values(),
        ...derivatives.values(),
        ...pullbacks.values(),
        ...pairs.values(),
        ...energies.values(),
      ];
      scores.clear();
      derivatives.clear();
      pullbacks.clear();
      pairs.clear();
      energies.clear();
      for (const program of programs) await (await program).dispose();
    },
  };
}

/** Times and classes of the rows of a batch. */
interface Conditions {
  readonly times: readonly number[];
  /** Where the step ends, for a network of steps. */
  readonly to?: number | undefined;
  readonly classes?: Given | undefined;
}

/** Whether two conditions on one batch have the same classes. */
function sameClasses({ classes: a }: Conditions, { classes: b }: Conditions): boolean {
  return a === b || (a?.every((label, i) => label === b?.[i]) ?? false);
}
