/** @file Color maps whose lightness grows evenly: paths through OKLCH (lightness, chroma, hue) inside what screens show. */

/** Red, green and blue, 0 to 1. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** A color for each value in [0, 1]. */
export type ColorMap = (value: number) => Rgb;

/** From deep violet over teal to light yellow: for values on a dark ground. */
export const dusk: ColorMap = (value) => {
  const t = clip(value);
  return oklch(0.2 + 0.74 * t, 0.086 + 0.15 * (t - 0.37) ** 2, 296 - 190 * t);
};

/** From white over sky blue to indigo: for densities under dark arrows or points, on a white page. */
export const mist: ColorMap = (value) => {
  const t = clip(value);
  return oklch(1 - 0.5 * t, 0.17 * t, 225 + 50 * t);
};

/**
 * The color of lightness 0 to 1, chroma 0 to about 0.3 and hue in degrees; clipped where screens cannot show it.
 * @see Ottosson 2020, "A perceptual color space for image processing"
 */
export function oklch(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    encodeSrgb(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encodeSrgb(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encodeSrgb(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** The curve of sRGB (IEC 61966-2-1) from light to signal. */
function encodeSrgb(light: number): number {
  return clip(light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);
}

function clip(value: number): number {
  return Math.min(1, Math.max(0, value));
}
