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
import { close, memory, openWasm, openWebGpu } from '../../src/nn';
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
  for (let i = 0; i < 10; i++) session.trainStep();
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

const checks = { parity, golden, wasmAgainstGpu, raced, lost };
export type EngineChecks = typeof checks;
Object.assign(globalThis, { checks });
