/** @file From the numbers of arrays to the range of a model and back, each channel by its own transformation. */
import type { Json } from '../../base/json.ts';
import { batchOf, type Tensor } from '../../base/tensor.ts';
import type { Units } from '../kinds/set-kind.ts';
import type { Codec, Scaler } from '../scaler.ts';
import { readTransform, transformOf } from '../transforms/index.ts';
import type { Transform } from '../transforms/transform.ts';
import { modelShapeOf, sampleSizeOf, type ArrayForm } from './float-array.ts';

/** The form that a scaler of arrays keeps. */
export function formOf({ transform }: Pick<Scaler, 'transform'>): ArrayForm {
  return (transform as unknown as { readonly form: ArrayForm }).form;
}

/** The scaler that keeps a form. */
export function scalerOfForm(form: ArrayForm): Scaler {
  return { kind: 'standard', factor: 1, shift: [0], transform: { form: JSON.parse(JSON.stringify(form)) as Json } };
}

const built = new WeakMap<ArrayForm, readonly Transform[]>();

function transformsOf(form: ArrayForm): readonly Transform[] {
  const known = built.get(form) ?? form.channels.map(({ transform }) => transformOf(transform));
  built.set(form, known);
  return known;
}

/**
 * Numbers `[n, C, ...grid]` in the range of a model; a missing one is 0.
 * @param uniform - numbers in [0, 1) that say where numbers that are spread lie; 1/2 of each by default
 */
export function encodeInto(
  out: Float32Array | Float64Array,
  values: ArrayLike<number>,
  form: ArrayForm,
  uniform?: (j: number) => number,
): void {
  const all = transformsOf(form);
  const area = sampleSizeOf(form) / all.length;
  for (let j = 0; j < values.length; j++) {
    const value = values[j]!;
    const transform = all[Math.floor(j / area) % all.length]!;
    out[j] = Number.isNaN(value) ? 0 : transform.toModel(value, uniform?.(j) ?? 0.5);
  }
}

/** The inverse of `encodeInto`; NaN where no sample has a value. */
export function decoded({ data }: Pick<Tensor, 'data'>, form: ArrayForm): Float32Array {
  const all = transformsOf(form);
  const size = sampleSizeOf(form);
  const area = size / all.length;
  const out = new Float32Array(data.length);
  for (let j = 0; j < data.length; j++) out[j] = all[Math.floor(j / area) % all.length]!.toData(data[j]!);
  const { absent = [] } = form;
  for (let begin = 0; begin < out.length; begin += size)
    for (let run = 0; run < absent.length; run += 2) {
      const from = begin + absent[run]!;
      out.fill(NaN, from, from + absent[run + 1]!);
    }
  return out;
}

/** The codec of the samples of a scaler. */
export function formCodec(scaler: Scaler): Codec {
  const form = formOf(scaler);
  const all = transformsOf(form);
  const size = sampleSizeOf(form);
  const area = size / all.length;
  const logDetNats = (x: Tensor): Float64Array => {
    const out = new Float64Array(batchOf(x));
    for (let j = 0; j < x.data.length; j++)
      out[Math.floor(j / size)]! += all[Math.floor(j / area) % all.length]!.logSlope(x.data[j]!);
    return out;
  };
  return {
    toModel: (data) => {
      const out = new Float64Array(data.data.length);
      encodeInto(out, data.data, form);
      return { shape: data.shape, data: out };
    },
    toData: (x) => ({ shape: x.shape, data: Float64Array.from(decoded(x, form)) }),
    logDetNats,
    bitsOffset: (x) => logDetNats(x).map((nats) => -nats / (size * Math.LN2)),
  };
}

/** Whether what a file says of the form of arrays is sound and has the shape of its samples. */
export function isForm(transform: unknown, { shape }: Pick<Units, 'shape'>): boolean {
  const { form } = (transform ?? {}) as { readonly form?: unknown };
  const { channels, axes, order, absent = [] } = (form ?? {}) as Partial<Record<keyof ArrayForm, unknown>>;
  if (!Array.isArray(channels) || !Array.isArray(axes) || !channels.every(isChannel) || !axes.every(isAxis))
    return false;
  if (channels.length === 0 || axes.length === 0 || !['first', 'last', 'none'].includes(order as string)) return false;
  const known = form as ArrayForm;
  const size = sampleSizeOf(known);
  const runs = absent as readonly unknown[];
  const sound =
    Array.isArray(absent) &&
    runs.length % 2 === 0 &&
    runs.every((value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= size);
  return sound && modelShapeOf(known).join() === shape.join() && (order !== 'none' || channels.length === 1);
}

function isChannel(value: unknown): boolean {
  const { name, transform } = (value ?? {}) as Partial<Record<string, unknown>>;
  const stored = (transform ?? {}) as { readonly name?: unknown; readonly parts?: unknown };
  return (
    typeof name === 'string' &&
    typeof stored.name === 'string' &&
    typeof stored.parts === 'object' &&
    stored.parts !== null &&
    readTransform(stored as never) !== undefined
  );
}

function isAxis(value: unknown): boolean {
  const { name, size, periodic } = (value ?? {}) as Partial<Record<string, unknown>>;
  return typeof name === 'string' && Number.isInteger(size) && (size as number) > 0 && typeof periodic === 'boolean';
}
