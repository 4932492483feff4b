/** Engine checks that need a real browser: the fixtures of reference/ on WebGPU, and WebGPU against wasm on whole runs. */
import {
  blockFixtures,
  blockProblem,
  type Case,
  opCases,
  opProblem,
  worstError,
} from '../../src/blocks/testing/cases';
import { GOLDEN } from '../../src/data/simulator/golden';
import { simulateWorld } from '../../src/data/simulator/simulate';
import { race } from '../../src/engine/backends';
import { Session } from '../../src/engine/session';
import { tinyData } from '../../src/engine/testing/data';
import { close, memory, openWasm, openWebGpu, setFastKernels, use } from '../../src/nn';
import {
  fewKernelCases,
  type KernelCase,
  kernelCases,
  kernelError,
  solveKernelCase,
} from '../../src/nn/kernels/testing/cases';
import { wasmUrls } from '../../src/nn/wasmUrls';
import { defaultPipeline } from '../../src/pipeline/defaults';
import { type Pipeline, pipelineSchema } from '../../src/pipeline/schema';

const files = wasmUrls(import.meta.url);

async function gpu() {
  const opened = await openWebGpu(true);
  if (!opened.ok) throw new Error(opened.reason);
  return opened.backend;
}

/** The worst relative error of every case of every fixture on WebGPU. */
async function parity(): Promise<{ name: string; error: number; at: string }[]> {
  const backend = await gpu();
  const out: { name: string; error: number; at: string }[] = [];
  const look = async (name: string, make: () => ReturnType<typeof opProblem>, c: Case) => {
    out.push({ name, ...(await worstError(make(), c)) });
  };
  for (const [name, c] of opCases()) await look(name, () => opProblem(c), c);
  for (const [id, fixture] of blockFixtures()) {
    for (const c of fixture.cases) await look(`${id}: ${c.name}`, () => blockProblem(id, c), c);
  }
  close(backend);
  return out;
}

interface Agreement {
  readonly name: string;
  readonly tolerance: number;
  /** Largest error against the other side, over 1 + the largest value of the tensor. */
  readonly error: number;
}

/** The WebGPU programs against plain operations on wasm, and some of them against plain operations on the same adapter. */
async function programs(): Promise<{
  label: string;
  againstWasm: Agreement[];
  againstPlain: Agreement[];
  deviceError: string | null;
}> {
  const backend = await gpu();
  const compare = ({ name, tolerance }: KernelCase, got: Float32Array[], want: Float32Array[]) => ({
    name,
    tolerance,
    error: kernelError(got, want),
  });
  const cases = kernelCases();
  const fast: Float32Array[][] = [];
  for (const c of cases) fast.push(await solveKernelCase(c));
  const again: [KernelCase, Float32Array[]][] = [];
  for (const c of fewKernelCases()) again.push([c, await solveKernelCase(c)]);
  setFastKernels(false);
  const againstPlain: Agreement[] = [];
  for (const [c, got] of again) againstPlain.push(compare(c, got, await solveKernelCase(c)));
  await openWasm(files);
  const againstWasm: Agreement[] = [];
  for (const [i, c] of cases.entries()) againstWasm.push(compare(c, fast[i]!, await solveKernelCase(c)));
  setFastKernels(true);
  const { label, device } = backend;
  const deviceError = device!.error();
  await use(backend);
  close(backend);
  return { label, againstWasm, againstPlain, deviceError };
}

/** Digests of the golden worlds as this browser draws them, in the list's order. */
async function golden(): Promise<{ rows: number; fingerprint: string; pages: string }[]> {
  const made: { rows: number; fingerprint: string; pages: string }[] = [];
  for (const { request } of GOLDEN) {
    const { rows, fingerprint, pages } = await simulateWorld(request);
    made.push({ rows, fingerprint, pages: pages!.fingerprint });
  }
  return made;
}

function smallPipeline(): Pipeline {
  const base = defaultPipeline();
  return pipelineSchema.parse({
    ...base,
    bottom: { block: 'nse', params: { layers: [12, 8], dropout: 0.1, batchNorm: true } },
    towers: { block: 'task-attention', params: { width: 8, heads: 2, layers: 2, dropout: 0.1 } },
    training: { ...base.training, batch: 32 },
  });
}

/** Readings of ten steps on the current backend. */
async function tenSteps(): Promise<number[]> {
  const session = new Session(smallPipeline(), tinyData());
  for (let i = 0; i < 10; i++) await session.trainStep();
  const { steps } = await session.readFrame();
  session.dispose();
  return [...steps];
}

async function wasmAgainstGpu(): Promise<{ wasm: number[]; gpu: number[] }> {
  const backend = await gpu();
  const onGpu = await tenSteps();
  close(backend);
  await openWasm(files);
  return { wasm: await tenSteps(), gpu: onGpu };
}

/** The race that `auto` runs, with the software adapter standing in for a GPU. */
async function raced(): Promise<{ name: string; reason: string; tensors: number }> {
  await openWasm(files);
  const before = memory().tensors;
  const { backend, reason } = await race(await gpu(), files, smallPipeline(), tinyData());
  return { name: backend.name, reason, tensors: memory().tensors - before };
}

/** A session that lives through the loss of its device, as far as the device itself tells. */
async function lost(): Promise<string> {
  const backend = await gpu();
  backend.device!.destroy();
  return backend.device!.lost;
}

const checks = { parity, programs, golden, wasmAgainstGpu, raced, lost };
export type EngineChecks = typeof checks;
Object.assign(globalThis, { checks });
