/** @file Every named network. */
import { autoencoderNetwork } from './autoencoder.ts';
import { classifierNetwork } from './classifier.ts';
import { ddpmNetwork } from './ddpm.ts';
import { ddpmppNetwork } from './ddpmpp.ts';
import { diffwaveNetwork } from './diffwave.ts';
import { dilatedNetwork } from './dilated.ts';
import { mlpNetwork } from './mlp.ts';
import { ncsnNetwork } from './ncsn.ts';
import { ncsnppNetwork } from './ncsnpp.ts';
import { ncsnv2Network } from './ncsnv2.ts';
import { residualMlpNetwork } from './residual-mlp.ts';
import { scoreNetNetwork } from './score-net.ts';
import { shapeNetNetwork } from './shape-net.ts';
import { transformerNetwork } from './transformer.ts';

export const networks = [
  mlpNetwork,
  residualMlpNetwork,
  diffwaveNetwork,
  scoreNetNetwork,
  ddpmppNetwork,
  ncsnppNetwork,
  ddpmNetwork,
  ncsnNetwork,
  ncsnv2Network,
  classifierNetwork,
  transformerNetwork,
  dilatedNetwork,
  shapeNetNetwork,
  autoencoderNetwork,
] as const;
