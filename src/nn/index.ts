/** The ground floor of all maths: what blocks and engine are written against. */
export type { AttentionResult } from './attention';
export { selfAttention } from './attention';
export type { Backend, WasmFiles } from './backend';
export { close, memory, onCpu, openCpu, openWasm, openWebGpu, use } from './backend';
export { Bernoulli } from './bernoulli';
export { pickColumns, pickOfGroups, spreadColumns, stopGradient } from './columns';
export {
  dense,
  denseRelu,
  groupedDense,
  groupedDenseRelu,
  groupedDot,
  linear,
  relu,
  repeatGroups,
} from './dense';
export type { Init } from './draws';
export { glorot, he, ones, zeros } from './draws';
export { embed, embedFeatures } from './embed';
export { funnel, logAddExp, logSigmoid, softplusOf } from './funnel';
export { GateLayer } from './gateLayer';
export { gateMix } from './gates';
export { flatten, sliceParameters, slices, valueAndGradients } from './gradients';
export { gruCell, gruOverTasks } from './gru';
export { fastKernels, setFastKernels } from './kernels/module';
export { putPart, rowsInPlace, takePart } from './kernels/rows';
export {
  add,
  asReading,
  gateMixAmong,
  gateMixForTasks,
  joinGroups,
  meanOfGroups,
  mixGroups,
  regroup,
  sumMembers,
} from './mixtures';
export { Mlp, perTask } from './mlp';
export { addLayerNorm, layerNorm } from './norm';
export { oneHot } from './oneHot';
export type { OptimizerOptions, OptimizerState } from './optimizer';
export { scheduledRate, update } from './optimizer';
export type { Parameter, PassOptions, RowReading, RunningBuffer, Wires } from './parameters';
export { Layout, Pass, Scope } from './parameters';
export { type ReachedPart, RowFinder } from './rows';
export { StepTimer, type StepTimes } from './stepTimer';
export {
  addRow,
  asTokens,
  concatColumns,
  fromTokens,
  offsetIds,
  stackProbes,
} from './streams';
export { type Pull, recorded } from './tape';
export type { Stream, StreamShape, Tensor } from './tensor';
export { backendName, readNow, tf } from './tensor';
export { differences, lineages, openParents, splitGroups, sumLineage, sumLineageGroups } from './tree';
export { Cuts, type CutWires, type Open, openPart } from './wires';
