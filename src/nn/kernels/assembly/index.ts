/** What the module exports. Pointers are byte offsets on TensorFlow.js' heap; matrices are row-major float32. */
export { adam, descend, sumOfSquares } from './adam';
export { attention, attentionGradient } from './attention';
export { addRow, columnSum, copyRows, dropout, relu, reluMask } from './columns';
export { crossEntropy, crossEntropyGradient } from './crossEntropy';
export { embed, embedGradient } from './embed';
export { gateMix, gateMixGradient } from './gates';
export { gemm, gemmScratch } from './gemm';
export { gru, gruGradient, gruScratch } from './gru';
export { layerNorm, layerNormGradient } from './norm';
export { putRows, takeRows } from './rows';
