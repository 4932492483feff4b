/** Sentences for the user that are not bound to a place: what went wrong, what changed under a run. */
import { useRun } from './stores';

let last = 0;
const MOST = 3;

function add(level: 'info' | 'error', message: string): void {
  const { notices } = useRun.getState();
  const others = notices.filter((n) => n.message !== message);
  useRun.setState({ notices: [...others, { id: ++last, level, message }].slice(-MOST) });
}

/** Says something worth knowing. */
export const say = (message: string): void => add('info', message);

/** Says what went wrong; read out at once by a screen reader. */
export const tellError = (message: string): void => add('error', message);

export function dismiss(id: number): void {
  useRun.setState({ notices: useRun.getState().notices.filter((n) => n.id !== id) });
}
