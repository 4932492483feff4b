/** Words that change while the page runs, in the room of their longest form: nothing beside or below them moves, at whatever width they wrap. */
import { count } from './format';

interface Props {
  /** The longest that may stand here. It is laid out unseen and unheard. */
  readonly room: string;
  /** One text: of several, each would be moved by what grows before it. */
  readonly children: string;
  /** Lines of their own, rather than words within a line. */
  readonly lines?: boolean;
}

export const Steady = ({ room, children, lines = false }: Props) => (
  <span className={lines ? 'steady lines' : 'steady'} data-room={room}>
    <span>{children}</span>
  </span>
);

/** `Step 990`, in the room of `Step 20,000`. It stands last in a sentence, where the room is not seen. */
export const StepNow = ({ step, of, word = 'Step' }: { step: number; of: number; word?: string }) => (
  <Steady room={`${word} ${count(Math.max(step, of))}`}>{`${word} ${count(step)}`}</Steady>
);
