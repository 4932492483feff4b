/** What every picture inside a card is given. */
import type { TaskLook } from '../../../components/tasks';
import type { BlockChoice, Task } from '../../../pipeline/schema';
import type { Layout } from '../places';

/** Cards with lanes inside. */
export type LanePlace = 'bottom' | 'towers' | 'top';

export interface InsideProps {
  readonly layout: Layout;
  readonly looks: readonly TaskLook[];
  readonly place: LanePlace;
  readonly choice: BlockChoice;
  readonly tasks: readonly Task[];
}
