/**
 * Makes the cpu backend compute in float64, for finite differences: TensorFlow.js allocates every float tensor by the global
 * name `Float32Array`, so that name is pointed at `Float64Array` before the backend is loaded. Import this file first, in a
 * test file of its own (each test file has its own globals).
 */
globalThis.Float32Array = Float64Array as unknown as typeof Float32Array;
