import { beforeAll, expect, it } from 'vitest';
import {
  differences,
  lineages,
  openCpu,
  splitGroups,
  sumLineage,
  sumLineageGroups,
  type Tensor,
  tf,
} from '.';

beforeAll(async () => void (await openCpu()));

const TREE = [null, 0, 1, 0] as const;

it('lists a task and those before it, nearest first', () => {
  expect(lineages(TREE)).toEqual([[0], [1, 0], [2, 1, 0], [3, 0]]);
});

it('sums numbers and vectors along the tree, and hands gradients back to all that were summed', async () => {
  const x = tf.tensor2d([1, 10, 100, 1000], [1, 4]);
  expect([...(await sumLineage(x, TREE).data())]).toEqual([1, 11, 111, 1001]);
  const pairs = tf.tensor2d([1, 2, 10, 20, 100, 200, 1000, 2000], [1, 8]);
  const sums = [1, 2, 11, 22, 111, 222, 1001, 2002];
  expect([...(await sumLineageGroups(pairs, TREE).data())]).toEqual(sums);
  const weights = tf.tensor2d([1, 1, 3, 3, 5, 5, 7, 7], [1, 8]);
  const g = tf.grad((x: Tensor) => tf.sum(tf.mul(sumLineageGroups(x, TREE), weights)))(pairs);
  expect([...(await g.data())]).toEqual([16, 16, 8, 8, 5, 5, 7, 7]);
});

it('takes the difference of each child and its parent', async () => {
  const x = tf.tensor2d([1, 10, 100, 1000], [1, 4]);
  const edges = [
    { child: 1, parent: 0 },
    { child: 3, parent: 0 },
  ];
  expect([...(await differences(x, edges).data())]).toEqual([9, 999]);
});

it('splits into parts that may be replaced without harm to the gradient', async () => {
  const square = (x: Tensor) => {
    const parts = splitGroups(x, 2);
    parts[1] = tf.mul(parts[1]!, parts[1]!);
    return tf.sum(tf.add(parts[0]!, parts[1]!));
  };
  const g = tf.grad(square)(tf.tensor2d([1, 2, 3, 4], [1, 4]));
  expect([...(await g.data())]).toEqual([1, 1, 6, 8]);
});
