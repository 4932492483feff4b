/** Where the data comes from, in a narrow column: the simulated world with its dials, or data of one's own. */
import { openDataView } from '../../state/route';
import { LoadingLine } from './LoadingLine';
import { OwnData } from './OwnData';
import { WorldDials } from './WorldDials';

export function DataPanel({ onLeave }: { onLeave?: () => void }) {
  return (
    <div className="data-panel">
      <LoadingLine />
      <WorldDials />
      <OwnData />
      <button
        type="button"
        className="link"
        onClick={() => {
          onLeave?.();
          openDataView();
        }}
      >
        Look into the data
      </button>
    </div>
  );
}
