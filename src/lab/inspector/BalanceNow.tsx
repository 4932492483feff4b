/** What the balancer does now: the weight of each task, and how long and how opposed the gradients are where it looks at them. */
import { fraction } from '../../components/format';
import { Tag } from '../../components/Tag';
import { useHistory, useLooks, useTasks } from '../use';

/** The cosine of tasks j < k among the pairs (1,2), (1,3), … of K tasks. */
export const pairIndex = (j: number, k: number, K: number): number => j * K - (j * (j + 1)) / 2 + (k - j - 1);

/** A number that may be missing. */
const shown = (x: number | null | undefined, digits: number): string =>
  x === null || x === undefined || Number.isNaN(x) ? '–' : fraction(x, digits);

export function BalanceNow() {
  const { balance } = useHistory('frames');
  const tasks = useTasks();
  const looks = useLooks();
  const K = tasks.length;
  if (!balance || balance.length === 0 || balance.columns < 1 + K) return null;
  const norms = balance.columns >= 1 + 2 * K;
  const cosines = balance.columns > 1 + 2 * K;
  const cosine = (j: number, k: number) =>
    j === k ? 1 : balance.last(1 + 2 * K + pairIndex(Math.min(j, k), Math.max(j, k), K));
  return (
    <table className="balance-now">
      <caption>Step {balance.last(0)}</caption>
      <thead>
        <tr>
          <th scope="col">task</th>
          <th scope="col">weight</th>
          {norms && <th scope="col">‖∇L‖</th>}
          {cosines &&
            tasks.map((task) => (
              <th scope="col" key={task.id}>
                cos {task.label}
              </th>
            ))}
        </tr>
      </thead>
      <tbody>
        {tasks.map((task, j) => (
          <tr key={task.id}>
            <th scope="row">
              <Tag look={looks[j]!} /> {task.label}
            </th>
            <td data-testid={`weight-${task.id}`}>{shown(balance.last(1 + j), 3)}</td>
            {norms && <td>{shown(balance.last(1 + K + j), 4)}</td>}
            {cosines && tasks.map((other, k) => <td key={other.id}>{shown(cosine(j, k), 2)}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
