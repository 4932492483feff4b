/** The data room's door: what workers and the command line take from it. */
export { columnBuffers, DataError, type Dataset } from './dataset';
export type { LongWork, Progress } from './pace';
export { type NamedBlob, previewFiles, readFiles } from './readers';
export {
  DEFAULT_REQUEST,
  parseSimulationRequest,
  type SimulationRequest,
  simulationRequestSchema,
} from './simulator/request';
export { simulateTable, simulateWorld } from './simulator/simulate';
export { type DatasetSummary, oracleAucs, summarise } from './summary';
export { prepare, type Table } from './table';
