/** @file Networks and their parameters: what `scorefield/nn` exports. */
export { classifier, type ClassifierOptions } from './nn/classifier.ts';
export { ddpmpp, ddpmUnet, ncsnpp, type DdpmppOptions } from './nn/unet/ddpmpp.ts';
export { dequantizer, type Dequantizer, type DequantizerOptions } from './nn/dequantizer.ts';
export { energyNetwork, energyOf } from './nn/energy.ts';
export { withEnd } from './nn/with-end.ts';
export { withVariance } from './nn/with-variance.ts';
export { mlp, type MlpOptions } from './nn/mlp.ts';
export { ncsn, ncsnv2, type NcsnOptions, type Ncsnv2Options } from './nn/ncsn/ncsn.ts';
export { scoreNet, type ScoreNetOptions } from './nn/score-net.ts';
export type { UnetOptions, UnetStyle } from './nn/unet/unet-options.ts';
export { initialize, network, type Network, type Param, type ParamVectors, type Scope } from './nn/network.ts';
