/** Whole models of the fixtures as sessions, batches and states, for tests of parity. */
import type { Case, Numbers } from '../../blocks/testing/cases';
import { tf } from '../../nn';
import { defaultPipeline } from '../../pipeline/defaults';
import { type Pipeline, pipelineSchema } from '../../pipeline/schema';
import type { Batch } from '../batches';
import { Session } from '../session';
import type { TrainingState } from '../state';
import { tinyData } from './data';

export type ModelConfig = Pick<Pipeline, 'input' | 'bottom' | 'towers' | 'top' | 'balancer'> & {
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

/** An untrained session on data of the case's shape. */
export function sessionOf(c: Case): Session {
  const { sizes, numericals, tasks } = c.config as unknown as ModelConfig;
  const data = tinyData({
    vocabularies: sizes,
    numericals,
    tasks: Array.from({ length: tasks }, (_, k) => ({ name: `task${k}`, parent: k === 0 ? null : k - 1 })),
  });
  return new Session(pipelineOf(c), data);
}

const tensor = ({ shape, data }: Numbers) => tf.tensor(data as number[], shape as number[]);

export function batchOf(c: Case): Batch {
  const rows = c.inputs.labels!.shape[0]!;
  const { ids, numericals, labels, weights } = c.inputs;
  return {
    features: {
      categorical: tf.tensor(ids!.data as number[], ids!.shape as number[], 'int32'),
      numerical: tensor(numericals!),
    },
    codes: Int32Array.from(ids!.data as number[]),
    labels: tensor(labels!),
    weights: tf.reshape(tensor(weights!), [rows, 1]),
    rows,
  };
}

/** The case's parameters, before the first step. */
export function stateOf(c: Case, session: Session): TrainingState {
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
