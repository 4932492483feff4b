/** Weights and optimiser state as files: a snapshot's flat vectors cut into named tensors. */
import type { Snapshot } from './run';
import { type NamedTensor, writeTensors } from './safetensors';

/** A named slice of a flat vector. */
export interface Place {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
}

/** What these files ask of a model's layout. */
export interface Places {
  readonly parameters: readonly Place[];
  /** Running statistics (batch norm). */
  readonly buffers: readonly Place[];
  readonly size: number;
  readonly bufferSize: number;
}

const cut = (places: readonly Place[], flat: Float32Array, prefix = ''): NamedTensor[] =>
  places.map(({ name, shape, offset, size }) => ({
    name: prefix + name,
    shape,
    data: flat.subarray(offset, offset + size),
  }));

function metadataOf(snapshot: Snapshot): Record<string, string> {
  return {
    format: 'seesaw',
    pipeline_version: String(snapshot.pipeline.version),
    fingerprint: snapshot.fingerprint,
    step: String(snapshot.step),
  };
}

/** weights.safetensors: parameters and running statistics under their names (docs/WEIGHTS.md). */
export function weightsFile(places: Places, snapshot: Snapshot): Uint8Array {
  const { parameters, buffers } = snapshot;
  return writeTensors(
    [...cut(places.parameters, parameters), ...cut(places.buffers, buffers)],
    metadataOf(snapshot),
  );
}

/** Name of what the balancer carries from step to step; a file without it is of a balancer that carries nothing. */
export const BALANCER = 'balancer';

/**
 * state.safetensors: both moments of the optimiser, by parameter, and what the balancer carries; together with the weights all
 * that training goes on from.
 */
export function stateFile(places: Places, snapshot: Snapshot): Uint8Array {
  return writeTensors(
    [
      ...cut(places.parameters, snapshot.moment1, 'moment1.'),
      ...cut(places.parameters, snapshot.moment2, 'moment2.'),
      ...(snapshot.balancer.length === 0
        ? []
        : [{ name: BALANCER, shape: [snapshot.balancer.length], data: snapshot.balancer }]),
    ],
    metadataOf(snapshot),
  );
}
