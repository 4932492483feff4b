/** Balancers against PyTorch: three steps on a whole model, weights, losses and where every parameter went, on cpu and wasm. */
import { beforeAll, describe, expect, it } from 'vitest';
import fixture from '../../../reference/fixtures/balancers.json';
import { buildWith as gradVacWith } from '../../blocks/balancers/gradvac/build';
import { type Orders, buildWith as pcGradWith } from '../../blocks/balancers/pcgrad/build';
import type { Balancer } from '../../blocks/contract';
import { type Case, type Fixture, relativeError } from '../../blocks/testing/cases';
import { openCpu, openWasm, type Tensor, update } from '../../nn';
import { wasmPaths } from '../../nn/wasmPaths';
import { disposeBatch } from '../batches';
import type { Session } from '../session';
import { disposeGradient, disposeState } from '../state';
import { batchOf, sessionOf, stateOf } from './models';

const read = async (t: Tensor) => Float32Array.from(await t.data());

const WITH_ORDERS: Record<string, typeof pcGradWith> = { pcgrad: pcGradWith, gradvac: gradVacWith };

/** Has the session's balancer meet the other tasks in the orders of the case, where its own would be drawn. */
function giveOrders(session: Session, c: Case): void {
  const { balancer } = session.model.pipeline;
  const withOrders = WITH_ORDERS[balancer.block];
  if (!withOrders) return;
  const { shape, data } = c.inputs.orders!;
  const [, K, others] = shape as [number, number, number];
  const orders: Orders = (n, _seed, step) => {
    if (n !== K) throw new Error(`The case has orders of ${K} tasks, and ${n} take part.`);
    return Array.from({ length: n }, (_, k) =>
      data.slice((step * K + k) * others, (step * K + k + 1) * others),
    );
  };
  const given: Balancer = withOrders(orders)({
    path: 'balancer',
    params: balancer.params,
    tasks: session.model.tasks,
  });
  Object.assign(session.model, { balancer: given });
}

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => void (backend === 'cpu' ? await openCpu() : await openWasm(wasmPaths())));

  const { cases } = fixture as unknown as Fixture;
  it.each(cases.map((c) => [c.name, c] as [string, Case]))('%s', async (_name, c) => {
    const {
      steps,
      learningRate,
      tasks: K,
    } = c.config as { steps: number; learningRate: number; tasks: number };
    const session = sessionOf(c);
    giveOrders(session, c);
    const batch = batchOf(c);
    let state = stateOf(c, session);
    const start = await read(state.parameters);
    for (let s = 0; s <= steps; s++) {
      const gradient = await session.gradient(state, batch, s);
      const losses = (await read(gradient.losses)).subarray(1);
      const row = (name: string) => c.outputs[name]!.data.slice(s * K, (s + 1) * K);
      expect(relativeError(losses, row('stepLosses')), `losses of step ${s}`).toBeLessThan(1e-5);
      if (s < steps) {
        if (c.outputs.weights) {
          expect(
            relativeError(gradient.reading.weights, row('weights')),
            `weights of step ${s}`,
          ).toBeLessThan(1e-5);
        }
        const sgd = { kind: 'sgd', weightDecay: 0, clipNorm: null } as const;
        const { gradientNorm, ...next } = update(sgd, state, gradient.flat, learningRate, s + 1);
        gradientNorm.dispose();
        const before = state;
        state = { ...state, ...next, balancer: gradient.balancer, step: s + 1 };
        before.parameters.dispose();
      }
      disposeGradient(gradient);
    }
    const ended = await read(state.parameters);
    for (const { name, offset, size } of session.model.layout.parameters) {
      // Parameters of size 1 are known to 6e-8 and moved by an eighth of the updates.
      const moved = Array.from(
        { length: size },
        (_, i) => (start[offset + i]! - ended[offset + i]!) / learningRate,
      );
      expect(relativeError(moved, c.outputs[`moved ${name}`]!.data), name).toBeLessThan(4e-5);
    }
    disposeState(state);
    disposeBatch(batch);
    session.dispose();
  });
});
