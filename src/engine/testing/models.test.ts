/** Whole models against PyTorch: forward, every loss, every gradient, and five Adam steps, on cpu and wasm. */
import { beforeAll, describe, expect, it } from 'vitest';
import modelsFixture from '../../../reference/fixtures/models.json';
import bottomsFixture from '../../../reference/fixtures/models-bottoms.json';
import { type Case, type Fixture, type Numbers, relativeError } from '../../blocks/testing/cases';
import { openCpu, openWasm, type Tensor, tf, update } from '../../nn';
import { wasmPaths } from '../../nn/wasmPaths';
import { defaultPipeline } from '../../pipeline/defaults';
import { type Pipeline, pipelineSchema } from '../../pipeline/schema';
import type { Batch } from '../batches';
import { Session } from '../session';
import { disposeGradient, type TrainingState } from '../state';
import { tinyData } from './data';

type ModelConfig = Pick<Pipeline, 'input' | 'bottom' | 'towers' | 'top' | 'balancer'> & {
  tasks: number;
  sizes: number[];
  numericals: number;
  optimizer: { learningRate: number };
};

function pipelineOf(c: Case): Pipeline {
  const { input, bottom, towers, top, balancer, tasks } = c.config as unknown as ModelConfig;
  const base = defaultPipeline();
  return pipelineSchema.parse({
    ...base,
    input,
    bottom,
    towers,
    top,
    balancer,
    tasks: Array.from({ length: tasks }, (_, k) => ({
      ...base.tasks[0]!,
      id: `task${k}`,
      label: `task${k}`,
      metric: `T${k}`,
      parent: k === 0 ? null : `task${k - 1}`,
      lossWeight: c.inputs.lambda!.data[k],
      positiveWeight: c.inputs.positiveWeight!.data[k],
    })),
  });
}

function sessionOf(c: Case): Session {
  const { sizes, numericals, tasks } = c.config as unknown as ModelConfig;
  const data = tinyData({
    vocabularies: sizes,
    numericals,
    tasks: Array.from({ length: tasks }, (_, k) => ({ name: `task${k}`, parent: k === 0 ? null : k - 1 })),
  });
  return new Session(pipelineOf(c), data);
}

const tensor = ({ shape, data }: Numbers) => tf.tensor(data as number[], shape as number[]);

function batchOf(c: Case): Batch {
  const rows = c.inputs.labels!.shape[0]!;
  const { ids, numericals, labels, weights } = c.inputs;
  return {
    features: {
      categorical: tf.tensor(ids!.data as number[], ids!.shape as number[], 'int32'),
      numerical: tensor(numericals!),
    },
    labels: tensor(labels!),
    weights: tf.reshape(tensor(weights!), [rows, 1]),
    rows,
  };
}

function stateOf(c: Case, session: Session): TrainingState {
  const { layout } = session.model;
  const flat = new Float32Array(layout.size);
  for (const p of layout.parameters) flat.set(c.parameters[p.name]!.data as number[], p.offset);
  return {
    parameters: tf.tensor1d(flat),
    moment1: tf.zeros([layout.size]),
    moment2: tf.zeros([layout.size]),
    buffers: tf.tensor1d(layout.initialBuffers()),
    balancer: Float32Array.from(session.model.balancer.initial),
    step: 0,
  };
}

const read = async (t: Tensor) => Float32Array.from(await t.data());

for (const backend of ['cpu', 'wasm'] as const) {
  describe(`on ${backend}`, () => {
    beforeAll(async () => void (backend === 'cpu' ? await openCpu() : await openWasm(wasmPaths())));

    const cases = [modelsFixture, bottomsFixture].flatMap((f) => (f as unknown as Fixture).cases);
    it.each(cases.map((c) => [c.name, c] as [string, Case]))('%s', async (_name, c) => {
      const session = sessionOf(c);
      const batch = batchOf(c);
      let state = stateOf(c, session);
      expect(session.model.layout.parameters.map((p) => p.name).sort()).toEqual(
        Object.keys(c.parameters).sort(),
      );

      const gradient = await session.gradient(state, batch, 0);
      const [total, ...losses] = await read(gradient.losses);
      expect(relativeError([total!], c.outputs.total!.data)).toBeLessThan(1e-5);
      expect(relativeError(losses, c.outputs.losses!.data)).toBeLessThan(1e-5);
      const flat = await read(gradient.flat);
      for (const p of session.model.layout.parameters) {
        const mine = flat.subarray(p.offset, p.offset + p.size);
        expect(relativeError(mine, c.gradients[p.name]!.data), p.name).toBeLessThan(1e-5);
      }
      disposeGradient(gradient);

      const { learningRate } = (c.config as unknown as ModelConfig).optimizer;
      const K = losses.length;
      for (let s = 0; s <= 5; s++) {
        const g = await session.gradient(state, batch, s);
        const now = (await read(g.losses)).subarray(1);
        expect(
          relativeError(now, c.outputs.stepLosses!.data.slice(s * K, (s + 1) * K)),
          `step ${s}`,
        ).toBeLessThan(1e-5);
        if (s < 5) {
          const next = update(
            { kind: 'adam', weightDecay: 0, clipNorm: null },
            state,
            g.flat,
            learningRate,
            s + 1,
          );
          state = { ...state, ...next, balancer: g.balancer, step: s + 1 };
        }
        disposeGradient(g);
      }
      const final = (c as unknown as { final: Record<string, Numbers> }).final;
      const ended = await read(state.parameters);
      for (const p of session.model.layout.parameters) {
        // Left out by the reference: a bias before batch norm has no gradient, and Adam turns rounding noise into steps.
        const want = final[p.name];
        if (want) {
          const mine = ended.subarray(p.offset, p.offset + p.size);
          expect(relativeError(mine, want.data), `${p.name} after 5 steps`).toBeLessThan(1e-5);
        }
      }
      session.dispose();
    });
  });
}
