import { beforeAll, expect, it } from 'vitest';
import { Layout, openCpu, Pass, Scope, tf } from '../../../nn';
import { tasks } from '../../testing/run';
import { build } from './build';

beforeAll(async () => void (await openCpu()));

function make(K: number, D: number) {
  const layout = new Layout();
  const top = build(
    { path: 'top', params: {}, tasks: tasks(K), scope: new Scope(layout, 'top') },
    { groups: K, width: D },
  );
  return { layout, top };
}

async function logPs(K: number, D: number, t: number[], scale = 1) {
  const { layout, top } = make(K, D);
  const flat = layout.initialParameters(3);
  const weights = layout.parameters.map((p) =>
    tf.tensor(
      Array.from(flat.subarray(p.offset, p.offset + p.size), (v) => v * scale),
      p.shape as number[],
    ),
  );
  const { entire } = top.forward(
    { t: tf.tensor(t, [t.length / (K * D), K * D]), groups: K, width: D },
    new Pass(weights, [], { training: false, seed: 1, step: 0 }),
  );
  return { logP: await entire.logP().data(), log1mP: await entire.log1mP().data() };
}

it('starts at the base rates: at t = 0 every p_k is its task’s base rate', async () => {
  const { logP } = await logPs(3, 4, new Array(12).fill(0));
  tasks(3).forEach(({ baseRate }, k) => {
    expect(Math.exp(logP[k]!)).toBeCloseTo(baseRate, 6);
  });
});

it('stays finite at logits of ±80, and log p + log(1−p) tell the logit', async () => {
  const t = [80, -80, 80, -80].flatMap((v) => [v, v]);
  const { logP, log1mP } = await logPs(2, 2, t, 3);
  for (let i = 0; i < logP.length; i++) {
    expect(Number.isFinite(logP[i]!) && Number.isFinite(log1mP[i]!)).toBe(true);
    expect(Math.exp(logP[i]!) + Math.exp(log1mP[i]!)).toBeCloseTo(1, 5);
  }
});
