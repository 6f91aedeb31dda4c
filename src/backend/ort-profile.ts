/** @file Where the time of a program went, from the profile that ONNX Runtime writes. */
import { sizeOf, type Shape } from '../base/tensor.ts';
import { layerOfName } from './onnx/onnx-emitter.ts';

/** Calls of one operator for one layer, in one run. */
export interface OperatorTime {
  readonly op: string;
  /** The layer, with a prime where it is a derivative's; undefined for what ONNX Runtime added, such as changes of layout. */
  readonly layer: string | undefined;
  readonly calls: number;
  readonly ms: number;
  /** Floating-point operations of convolutions and matrix products, a product and a sum counted as two; 0 for all else, and where it is not known. */
  readonly flops: number;
}

/** One run of a program. */
export interface ProfiledRun {
  /** From beginning to end, with what ONNX Runtime does between operators. */
  readonly ms: number;
  readonly operators: readonly OperatorTime[];
}

/** A shape by the name of the type of its elements. */
type Typed = Readonly<Record<string, Shape>>;

interface Event {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly ts: number;
  readonly dur: number;
  readonly args?: {
    readonly op_name?: string;
    readonly node_index?: string;
    readonly input_type_shape?: readonly Typed[];
    readonly output_type_shape?: readonly Typed[];
  };
}

/**
 * A typical run: each operator call takes the median of its times in the last runs of a profile, so that first runs and
 * disturbances by other programs are left out.
 * @param text - a profile file
 * @param runs - how many of the last runs count
 * @returns undefined if there were fewer runs
 */
export function typicalRun(text: string, runs: number): ProfiledRun | undefined {
  const events = JSON.parse(text) as Event[];
  const last = events.filter(({ name }) => name === 'model_run').slice(-runs);
  const begin = last[0]?.ts;
  if (begin === undefined || last.length < runs) return undefined;
  const calls = new Map<string, Event[]>();
  for (const event of events) {
    const { cat, name, ts, args } = event;
    if (cat !== 'Node' || !name.endsWith('_kernel_time') || ts < begin) continue;
    const id = `${name} ${args?.node_index ?? ''}`;
    const known = calls.get(id);
    if (known === undefined) calls.set(id, [event]);
    else known.push(event);
  }
  const totals = new Map<string, OperatorTime>();
  for (const times of calls.values()) {
    const [{ name, args } = { name: '', args: {} }] = times;
    const [op, layer] = [args?.op_name ?? 'unknown', layerOfName(name)];
    const id = `${op} ${layer ?? ''}`;
    const before = totals.get(id) ?? { calls: 0, ms: 0, flops: 0 };
    const ms = before.ms + medianMs(times);
    totals.set(id, { op, layer, calls: before.calls + 1, ms, flops: before.flops + flopsOf(op, args) });
  }
  return { ms: medianMs(last), operators: [...totals.values()] };
}

function medianMs(events: readonly Event[]): number {
  const sorted = events.map(({ dur }) => dur).sort((a, b) => a - b);
  return (sorted[sorted.length >> 1] ?? NaN) / 1000;
}

/** The shapes that a profile reports for values. */
function shapesOf(values: readonly Typed[] = []): Shape[] {
  return values.map((typed) => Object.values(typed)[0] ?? []);
}

function flopsOf(op: string, args: Event['args']): number {
  const [x = [], w = []] = shapesOf(args?.input_type_shape);
  const [y = []] = shapesOf(args?.output_type_shape);
  // ONNX Runtime reports no shape for constant kernels that it has packed.
  if (w.length === 0 && op.includes('Conv')) return 0;
  switch (op) {
    case 'Conv':
    case 'FusedConv':
      return (2 * sizeOf(y) * sizeOf(w)) / (w[0] ?? 1);
    case 'ConvTranspose':
      return (2 * sizeOf(x) * sizeOf(w)) / (w[0] ?? 1);
    case 'Gemm':
    case 'FusedGemm':
    case 'MatMul':
    case 'FusedMatMul':
      return 2 * sizeOf(x) * (y.at(-1) ?? 1);
    default:
      return 0;
  }
}
