/** @file Where the time of a program went, from the profile that ONNX Runtime writes. */
import { sizeOf, type Shape } from '../base/tensor.ts';
import { layerOfName } from './onnx-emitter.ts';

/** Calls of one operator for one layer, in one run. */
export interface OperatorTime {
  readonly op: string;
  /** The layer, with a prime where it is a derivative's; undefined for what ONNX Runtime added, such as changes of layout. */
  readonly layer: string | undefined;
  readonly calls: number;
  readonly ms: number;
  /** Floating-point operations of convolutions and matrix products, a product and a sum counted as two; 0 for all else. */
  readonly flops: number;
}

/** One run of a program. */
export interface ProfiledRun {
  /** From beginning to end, with what ONNX Runtime does between operators. */
  readonly ms: number;
  readonly operators: readonly OperatorTime[];
}

interface Event {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly ts: number;
  readonly dur: number;
  readonly args?: {
    readonly op_name?: string;
    readonly input_type_shape?: readonly Readonly<Record<string, Shape>>[];
    readonly output_type_shape?: readonly Readonly<Record<string, Shape>>[];
  };
}

/**
 * The run of median duration among the last ones of a profile, so that first runs and disturbances are left out.
 * @param text - a profile file
 * @param runs - how many of the last runs count
 * @returns undefined if there were fewer runs
 */
export function medianRun(text: string, runs: number): ProfiledRun | undefined {
  const events = JSON.parse(text) as Event[];
  const last = events.filter(({ name }) => name === 'model_run').slice(-runs);
  const run = last.toSorted((a, b) => a.dur - b.dur)[last.length >> 1];
  if (run === undefined || last.length < runs) return undefined;
  const totals = new Map<string, OperatorTime>();
  for (const { cat, name, ts, dur, args } of events) {
    if (cat !== 'Node' || !name.endsWith('_kernel_time') || ts < run.ts || ts > run.ts + run.dur) continue;
    const op = args?.op_name ?? 'unknown';
    const layer = layerOfName(name);
    const id = `${op} ${layer ?? ''}`;
    const { calls = 0, ms = 0, flops = 0 } = totals.get(id) ?? {};
    totals.set(id, { op, layer, calls: calls + 1, ms: ms + dur / 1000, flops: flops + flopsOf(op, args) });
  }
  return { ms: run.dur / 1000, operators: [...totals.values()] };
}

function flopsOf(op: string, args: Event['args']): number {
  const shapes = (list: typeof args extends undefined ? never : readonly Readonly<Record<string, Shape>>[] = []) =>
    list.map((typed) => Object.values(typed)[0] ?? []);
  const [x = [], w = []] = shapes(args?.input_type_shape);
  const [y = []] = shapes(args?.output_type_shape);
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
