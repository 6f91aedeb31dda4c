/** @file Passes of ONNX Runtime for operators that no rule here writes. */

/**
 * Passes that look for quantized numbers, attention of several groups, dropout, GELU by its error function, means and whole ranges as calls of their own. In a
 * program of ours they find nothing, and an eighth of the time in which sessions of gradients are made is theirs.
 */
export const unwritten: readonly string[] = [
  'BiasDropoutFusion',
  'BiasGeluFusion',
  'DoubleQDQPairsRemover',
  'DynamicQuantizeMatMulFusion',
  'EmbedLayerNormFusion',
  'EnsureUniqueDQForNodeUnit',
  'GatherToSliceFusion',
  'GeluFusionL1',
  'GeluFusionL2',
  'GroupQueryAttentionFusion',
  'GroupQueryAttentionPreNormFusion',
  'LayerNormFusionL1',
  'LayerNormFusionL2',
  'MatMulIntegerToFloatFusion',
  'MatMulNBitsFusion',
  'QDQFinalCleanupTransformer',
  'QDQPropagationTransformer',
  'QDQS8ToU8Transformer',
  'QDQSelectorActionTransformer',
  'SimplifiedLayerNormFusion',
  'WeightBiasQuantization',
  'WhereDummyDq',
];
