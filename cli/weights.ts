/** Weights and optimiser state as files: a snapshot's flat vectors cut into named tensors, and put together again. */
import type { Snapshot } from '../src/pipeline/run';
import { badInput } from './io';
import { type NamedTensor, readTensors, type TensorFile, TensorFileError, writeTensors } from './safetensors';

/** A named slice of a flat vector. */
interface Place {
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
const BALANCER = 'balancer';

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

/** Fills one flat vector from a file. @throws CliError naming the tensor that is missing or has another shape */
function join(
  file: TensorFile,
  title: string,
  places: readonly Place[],
  size: number,
  prefix = '',
): Float32Array {
  const flat = new Float32Array(size);
  for (const place of places) {
    const name = prefix + place.name;
    const tensor = file.tensors.get(name);
    if (!tensor) throw badInput(`${title} has no tensor ${name}, which this pipeline needs.`);
    if (tensor.shape.join('×') !== place.shape.join('×')) {
      throw badInput(
        `${title} holds ${name} as ${shown(tensor.shape)}, but pipeline and data need ${shown(place.shape)}.`,
      );
    }
    flat.set(tensor.data, place.offset);
  }
  return flat;
}

const shown = (shape: readonly number[]) => (shape.length === 0 ? 'a single number' : shape.join('×'));

function parse(bytes: Uint8Array, title: string, expected: readonly string[]): TensorFile {
  let file: TensorFile;
  try {
    file = readTensors(bytes);
  } catch (cause) {
    if (cause instanceof TensorFileError) throw badInput(`${title} cannot be used: ${cause.message}`);
    throw cause;
  }
  const known = new Set(expected);
  for (const name of file.tensors.keys()) {
    if (!known.has(name)) throw badInput(`${title} has a tensor ${name}, which this pipeline does not know.`);
  }
  return file;
}

/** Step at which a file was written. */
function stepOf(file: TensorFile, title: string): number {
  const step = Number(file.metadata.step);
  if (file.metadata.step === undefined || !Number.isInteger(step) || step < 0) {
    throw badInput(`${title} does not say at which step it was written.`);
  }
  return step;
}

/** Reads weights.safetensors for a model of this layout. @throws CliError in one sentence */
export function readWeights(bytes: Uint8Array, places: Places, title: string) {
  const file = parse(
    bytes,
    title,
    [...places.parameters, ...places.buffers].map((p) => p.name),
  );
  return {
    parameters: join(file, title, places.parameters, places.size),
    buffers: join(file, title, places.buffers, places.bufferSize),
    step: stepOf(file, title),
  };
}

/** Reads state.safetensors for a model of this layout. @throws CliError in one sentence */
export function readState(bytes: Uint8Array, places: Places, title: string) {
  const file = parse(bytes, title, [
    ...places.parameters.flatMap((p) => [`moment1.${p.name}`, `moment2.${p.name}`]),
    BALANCER,
  ]);
  return {
    moment1: join(file, title, places.parameters, places.size, 'moment1.'),
    moment2: join(file, title, places.parameters, places.size, 'moment2.'),
    balancer: file.tensors.get(BALANCER)?.data ?? new Float32Array(0),
    step: stepOf(file, title),
  };
}
