/** The data room's door: what workers and the command line take from it. */
export { DataError, type Dataset, datasetBuffers } from './dataset';
export type { LongWork } from './pace';
export { type FileData, ROW_BUDGET, readAliExpressCsv } from './readers/aliexpress';
export {
  DEFAULT_REQUEST,
  parseSimulationRequest,
  type SimulationRequest,
  simulationRequestSchema,
} from './simulator/request';
export { simulateWorld } from './simulator/simulate';
export { type DatasetSummary, oracleAucs, summarise } from './summary';
