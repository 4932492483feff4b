/** Reads weights and optimiser state: named tensors put together into a snapshot's flat vectors. */
import { readTensors, type TensorFile, TensorFileError } from '../src/pipeline/safetensors';
import { BALANCER, type Place, type Places } from '../src/pipeline/weightFile';
import { badInput } from './io';

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
