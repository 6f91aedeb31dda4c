/** @file What makes programs faster and changes no result, by the names by which it can be switched off. */

/** Every pass with what it does. */
export const passes = {
  sharing: 'equal calls are made once',
  blocks: 'convolutions in blocks of channels',
  chains: 'images stay in blocks of channels from one convolution to the next',
  sums: 'a convolution adds the image that is added to its result',
  columns: 'weight gradients from masked columns, without padded images',
  activations: 'SiLU in one call',
  runtime: "ONNX Runtime's own passes, such as fused activations and folded constants",
} as const;

/** The name of a pass. */
export type Pass = keyof typeof passes;

/** All names. */
export const passNames = Object.keys(passes) as readonly Pass[];
