/** @file In how many bits a model's file has its parameters; apart from the file because help shows it too. */

/** Bits of a number of a model's parameters: of half precision, or of an integer with a scale for each block, see `quantize`. */
export const parameterBits = [16, 8] as const;
export type ParameterBits = (typeof parameterBits)[number];

/** How people call numbers of so many bits. */
export const bitsName: Readonly<Record<ParameterBits, string>> = { 16: 'half precision', 8: '8 bits' };
