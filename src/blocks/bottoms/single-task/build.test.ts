import { beforeAll, describe, expect, it } from 'vitest';
import { Layout, openCpu, Pass, Scope, type Tensor, tf, valueAndGradients } from '../../../nn';
import { findBuild } from '../../builds';
import type { FeatureSchema } from '../../contract';
import { BlockUnderTest, columnsOf, ramp, tasks } from '../../testing/run';

beforeAll(async () => void (await openCpu()));

const F = 5;

it('passes nothing between tasks: another task’s input changes nothing', () => {
  const block = new BlockUnderTest('bottom', 'single-task', { layers: [6, 4] }, tasks(3), {
    groups: 3,
    width: F,
  });
  const x = ramp(2 * 3 * F);
  const before = block.run(x).output;
  const after = block.run(x.map((v, i) => (i % (3 * F) >= 2 * F ? v + 1 : v))).output;
  expect(columnsOf(after, 12, 0, 8)).toEqual(columnsOf(before, 12, 0, 8));
  expect(columnsOf(after, 12, 8, 12)).not.toEqual(columnsOf(before, 12, 8, 12));
});

it('refuses an input that all tasks share', () => {
  expect(
    () => new BlockUnderTest('bottom', 'single-task', { layers: [4] }, tasks(2), { groups: 1, width: F }),
  ).toThrow('a vector of its own');
});

describe('embeddings of its own', () => {
  const schema: FeatureSchema = {
    categorical: [
      { name: 'a', vocabulary: 3 },
      { name: 'b', vocabulary: 2 },
    ],
    numerical: ['z'],
  };
  const d = 2;

  function input(K: number, ownInputs: boolean, columns = schema) {
    const layout = new Layout();
    const block = findBuild('input', 'embedding')(
      {
        path: 'input.0',
        params: { dim: d },
        tasks: tasks(K),
        scope: new Scope(layout, 'input.0'),
        ownInputs,
      },
      columns,
      null,
    );
    const values = layout.parameters.map((p) => tf.tensor(ramp(p.size, 3), p.shape as number[]));
    const run = (weights: readonly Tensor[]) =>
      block.forward(
        {
          categorical:
            columns.categorical.length > 0
              ? tf.tensor2d([0, 1, 2, 0].slice(0, 2 * columns.categorical.length), [2, 2], 'int32')
              : null,
          numerical: columns.numerical.length > 0 ? tf.tensor2d([0.5, -1], [2, 1]) : null,
        },
        null,
        new Pass(weights, [], { training: true, seed: 1, step: 0 }),
      );
    return { layout, block, values, run };
  }

  it('a table a task, read with the same codes, and the numbers beside each', () => {
    const { layout, block, values, run } = input(2, true);
    expect(layout.parameters[0]!.shape).toEqual([10, d]);
    expect(block.output).toEqual({ groups: 2, width: 5 });
    const table = values[0]!.arraySync() as number[][];
    const x = run(values).t.arraySync() as number[][];
    [
      [0, 1],
      [2, 0],
    ].forEach(([a, b], row) => {
      const z = [0.5, -1][row]!;
      expect(x[row]).toEqual([...table[a!]!, ...table[3 + b!]!, z, ...table[5 + a!]!, ...table[8 + b!]!, z]);
    });
  });

  it('task k’s half of x trains task k’s table alone', () => {
    const { values, run } = input(2, true);
    const { gradients } = valueAndGradients(() => tf.sum(tf.slice(run(values).t, [0, 5], [2, 5])), values);
    const rows = gradients[0]!.arraySync() as number[][];
    expect(
      rows
        .slice(0, 5)
        .flat()
        .every((g) => g === 0),
    ).toBe(true);
    expect(rows.slice(5).map(([g]) => g)).toEqual([1, 0, 1, 1, 1]);
  });

  it('numbers alone are handed to each task; one task has one table', () => {
    const bare = input(3, true, { categorical: [], numerical: ['z'] });
    expect(bare.layout.parameters).toEqual([]);
    expect(bare.run([]).t.arraySync()).toEqual([
      [0.5, 0.5, 0.5],
      [-1, -1, -1],
    ]);
    expect(input(1, true).layout.parameters[0]!.shape).toEqual([5, d]);
    expect(input(3, false).block.output).toEqual({ groups: 1, width: 5 });
  });
});
