/** @file Float arrays as sets of samples. */
import { checkOptions } from '../../base/check.ts';
import { ShapeError } from '../../base/errors.ts';
import { foldIn } from '../../base/key.ts';
import { uniform } from '../../base/random.ts';
import { batchOf, sizeOf } from '../../base/tensor.ts';
import { countOf } from '../kinds/sample-count.ts';
import type { KnownSamples, LoadRequest, SetFacts, SetKind } from '../kinds/set-kind.ts';
import { momentsOf } from '../moments.ts';
import type { Scaler } from '../scaler.ts';
import {
  fileShapeOf,
  fromFileOrder,
  gridOf,
  modelShapeOf,
  sampleSizeOf,
  toFileOrder,
  type ArrayForm,
  type FloatArraySet,
} from './float-array.ts';
import { decoded, encodeInto, formCodec, formOf, scalerOfForm } from './form-coder.ts';
import { shownParts } from './shown-parts.ts';

const name = 'arrays';

/** A set of arrays of its parts. */
export function setOfFloatArrays(
  parts: Omit<FloatArraySet, 'operations' | 'kind' | 'grid' | 'height' | 'width'>,
): FloatArraySet {
  const [, ...grid] = modelShapeOf(parts.form);
  const [height, width] = grid;
  const sides = grid.length === 2 && height !== undefined && width !== undefined ? { height, width } : {};
  return { ...parts, grid, ...sides, operations: floatArraySets };
}

/** Float arrays `[channels, ...grid]` of one, two or three axes; a model sees `[C, L]` or `[C, H, W]`. */
export const floatArraySets: SetKind<FloatArraySet> = Object.freeze<SetKind<FloatArraySet>>({
  name,
  shapeOk: (shape) => shape.length === 2 || shape.length === 3,
  sampleShape: ({ form }) => modelShapeOf(form),
  firstOf: (set, count) => ({
    ...set,
    count,
    values: set.values.subarray(0, count * sampleSizeOf(set.form)),
    ...(set.begins && { begins: set.begins.subarray(0, count) }),
  }),
  take: (set, rows) => {
    const { begins } = set;
    const own = begins && { begins: Float64Array.from(rows, (row) => begins[row]!) };
    return { ...set, count: rows.length, values: rowsOf(set, rows), ...own };
  },
  content: ({ values }) => [values],
  describe: factsOf,
  scalerOf: ({ form, values, name: of }) => {
    const first = values.find((value) => !Number.isNaN(value));
    const differ = values.some((value) => !Number.isNaN(value) && value !== first);
    checkOptions([differ, 'data', `expected arrays that differ, found that all numbers of ${of} are equal or missing`]);
    return scalerOfForm(form);
  },
  codec: formCodec,
  load: (set, { scaler, rows, key }) => {
    const form = formOf(scaler);
    requireSame(set, form);
    const size = sampleSizeOf(form);
    const out = new Float32Array(rows.length * size);
    rows.forEach((row, i) => {
      const u = uniform(foldIn(key, i), size);
      encodeInto(out.subarray(i * size), set.values.subarray(row * size, (row + 1) * size), form, (j) => u[j]!);
    });
    return out;
  },
  inUnitsOf: (scaler, set) => {
    const form = formOf(scaler as Scaler);
    requireSame(set, form);
    return { ...set, form: { ...form, ...(set.form.rate && { rate: set.form.rate }) } };
  },
  inSameUnits: (set, reference) => [{ ...set, form: reference.form }, reference],
  features: name,
  shown: ({ shape }, key) => shownParts(shape, key),
  numbers: ({ values, form }, rows, scaler) => {
    const size = sampleSizeOf(form);
    const own = scaler.transform === undefined ? form : formOf(scaler);
    const out = new Float64Array(rows.length * size);
    rows.forEach((row, i) => {
      encodeInto(out.subarray(i * size), values.subarray(row * size, (row + 1) * size), own);
    });
    return out;
  },
  toArray: (x, { scaler }) => {
    const form = formOf(scaler);
    const data = toFileOrder(form, decoded(x, form), sampleSizeOf(form));
    return { shape: [batchOf(x), ...fileShapeOf(form)], data };
  },
  toSet: (x, { scaler }, about) => {
    const form = formOf(scaler);
    return setOfFloatArrays({ ...about, form, count: batchOf(x), values: decoded(x, form) });
  },
  fromArray: ({ shape, data }, { scaler }, of) => {
    const form = formOf(scaler);
    const count = countOf(shape, fileShapeOf(form), data, of);
    const values = fromFileOrder(form, Float32Array.from(data), sampleSizeOf(form));
    return setOfFloatArrays({ name: of, form, count, values });
  },
  gaps: {
    isIncomplete: ({ values, form }, row) => {
      const size = sampleSizeOf(form);
      return values.subarray(row * size, (row + 1) * size).some(Number.isNaN);
    },
    known: knownValues,
    observed: (set, rows) => Uint8Array.from(rowsOf(set, rows), (value) => Number(!Number.isNaN(value))),
    filled: ({ values, form, name: of, begins }, rows, samples) => {
      const size = sampleSizeOf(form);
      const filled = samples.values.map((value, at) => {
        const own = values[(rows[Math.floor(at / size)] ?? 0) * size + (at % size)]!;
        return Number.isNaN(own) ? value : own;
      });
      const own = begins && { begins: Float64Array.from(rows, (row) => begins[row]!) };
      return setOfFloatArrays({ name: of, form, count: rows.length, values: filled, ...own });
    },
  },
  standIn: (shape) => {
    const [channels = 1, ...grid] = shape;
    const parts = { scale: 1, mean: 0, std: 1, step: 0 };
    const form: ArrayForm = {
      channels: Array.from({ length: channels }, (_, c) => ({ name: String(c), transform: { name: 'affine', parts } })),
      axes: grid.map((size, axis) => ({ name: String(axis), size, periodic: false })),
      order: 'first',
    };
    const size = sizeOf(shape);
    const values = Float32Array.from({ length: 2 * size }, (_, j) => (j < size ? -1 : 1));
    return setOfFloatArrays({ name: 'a stand-in', count: 2, form, values });
  },
});

function rowsOf({ values, form }: FloatArraySet, rows: readonly number[]): Float32Array {
  const size = sampleSizeOf(form);
  const out = new Float32Array(rows.length * size);
  rows.forEach((row, i) => out.set(values.subarray(row * size, (row + 1) * size), i * size));
  return out;
}

/** @throws ShapeError unless the samples of a set have the channels and the grid of a form. */
function requireSame({ form, name: of }: FloatArraySet, other: ArrayForm): void {
  const said = (one: ArrayForm): string =>
    `${one.channels.length === 1 ? '1 channel' : `${one.channels.length} channels`} of [${gridOf(one).join(', ')}]`;
  if (said(form) !== said(other))
    throw new ShapeError(`${of}: expected samples of ${said(other)}, as the run has learned, got ${said(form)}`);
}

/** Numbers that are there. */
function knownValues(set: FloatArraySet, request: LoadRequest): KnownSamples {
  const x = floatArraySets.load(set, request);
  return { x, known: Uint8Array.from(rowsOf(set, request.rows), (value) => Number(!Number.isNaN(value))) };
}

/** Moments of each channel, and a line on it. */
function factsOf({ values, form, count }: FloatArraySet): SetFacts {
  const { channels, axes, rate } = form;
  const size = sampleSizeOf(form);
  const area = size / channels.length;
  const ofChannels = channels.map((_, c) => values.filter((value, j) => !Number.isNaN(value) && Math.floor(j / area) % channels.length === c)); // prettier-ignore
  const facts = ofChannels.map((own) => momentsOf(own.length === 0 ? Float32Array.of(NaN) : own, { groups: 1, anySize: true })); // prettier-ignore
  const line = ({ unit, transform }: ArrayForm['channels'][number], c: number): string => {
    const [low = NaN, high = NaN] = facts[c]?.range ?? [];
    const missing = count * area - (ofChannels[c]?.length ?? 0);
    const share = missing === 0 ? '' : `, ${((100 * missing) / (count * area)).toFixed(1)} % missing`;
    return `${low.toPrecision(4)} to ${high.toPrecision(4)}${unit === undefined ? '' : ` ${unit}`}, ${transform.name}${share}`;
  };
  return {
    range: [Math.min(...facts.map(({ range }) => range[0])), Math.max(...facts.map(({ range }) => range[1]))],
    mean: facts.flatMap(({ mean }) => mean),
    std: facts.flatMap(({ std }) => std),
    columns: Object.fromEntries([
      ...channels.map((channel, c) => [channel.name, line(channel, c)] as const),
      ...axes.map(
        ({ name: own, size: length, periodic }) =>
          [
            `axis ${own}`,
            `${length} places${periodic ? ', periodic' : ''}${rate === undefined ? '' : ` at ${rate} Hz`}`,
          ] as const,
      ),
    ]),
  };
}
