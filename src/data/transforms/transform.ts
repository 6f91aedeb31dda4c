/** @file A transformation of the numbers of a column or a channel, which a model sees in place of them. */
import type { Json } from '../../base/json.ts';

/** From a number in the units of the data to one of about mean 0 and variance 1, and back. */
export interface Transform {
  /**
   * Where the model sees a number.
   * @param u - in [0, 1): where a number that many samples share lies within their part of the range
   */
  toModel(value: number, u: number): number;
  /** The inverse of `toModel`. */
  toData(z: number): number;
  /**
   * What log p(z) lacks to be the log density of the number in the units of the data, in nats: log dz/dvalue; of numbers that are spread
   * over a part of the range, so that theirs is a probability, minus the log density of the spreading.
   */
  logSlope(z: number): number;
}

/** What a transformation keeps of the numbers that it was fitted to. */
export type TransformParts = Readonly<Record<string, Json>>;

/** The numbers that a transformation is fitted to. */
export interface Fitted {
  /** In rising order, at least one, all finite. */
  readonly sorted: Float64Array;
  /** All numbers are whole multiples of it; 0 where there is no such unit that matters. */
  readonly step: number;
}

/** A named transformation. */
export interface TransformRecord {
  readonly name: string;
  readonly description: string;
  /** What the numbers must be, as a sentence of what was expected; undefined where they are. */
  refuses?(of: Fitted): string | undefined;
  fit(of: Fitted): TransformParts;
  /** The transformation of what `fit` has kept; undefined where that is damaged. */
  build(parts: TransformParts): Transform | undefined;
}

/** A smooth rising curve. */
interface Curve {
  /** Its values. */
  at(value: number): number;
  inverse(y: number): number;
  /** log of the derivative of `at`, at the inverse of y. */
  logSlope(y: number): number;
}

/**
 * A transformation along a curve, standardized behind it. Numbers that are multiples of a step are spread evenly over it, so that they have a
 * density, and rounded on the way back.
 * @param scaleOf - the scale of the curve for some numbers; it has none by default
 */
export function alongCurve(
  { name, description, refuses }: Pick<TransformRecord, 'name' | 'description' | 'refuses'>,
  curveOf: (scale: number) => Curve,
  scaleOf: (sorted: Float64Array) => number = () => 1,
): TransformRecord {
  return {
    name,
    description,
    ...(refuses && { refuses }),
    fit: ({ sorted, step }) => {
      const scale = scaleOf(sorted);
      const curve = curveOf(scale);
      const y = sorted.map((value) => curve.at(value));
      const mean = y.reduce((sum, value) => sum + value / y.length, 0);
      const variance = y.reduce((sum, value) => sum + (value - mean) ** 2 / y.length, 0);
      return { scale, mean, std: Math.sqrt(variance) || 1, step };
    },
    build: ({ scale, mean, std, step }) => {
      const numbers = [scale, mean, std, step].map((part) => (typeof part === 'number' ? part : NaN));
      const [size = NaN, center = NaN, width = NaN, whole = NaN] = numbers;
      if (!numbers.every(Number.isFinite) || size <= 0 || width <= 0 || whole < 0) return undefined;
      const curve = curveOf(size);
      const spread = whole > 0 ? Math.log(whole) : 0;
      return {
        toModel: (value, u) => (curve.at(value + whole * (u - 0.5)) - center) / width,
        toData: (z) => {
          const value = curve.inverse(center + width * z);
          // Without a minus zero.
          return whole > 0 ? whole * Math.round(value / whole) + 0 : value;
        },
        logSlope: (z) => curve.logSlope(center + width * z) - Math.log(width) + spread,
      };
    },
  };
}
