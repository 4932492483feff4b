/** What the bar holds in a lecture: the model's name, the list of what is shown, and the way out. */
import { PopButton } from '../../components/Overlay';
import { pipelineName } from '../../pipeline/name';
import { PARTS, type Part, usePipeline, useUi } from '../../state/stores';
import { toggleLecture, togglePart } from '../../state/view';

const NAMES: Record<Part, string> = {
  auc: 'AUC on all rows',
  conditional: 'AUC on clicked rows (CVR)',
  attention: 'Attention',
  gates: 'Gates',
  losses: 'Losses',
  pipeline: 'Pipeline',
};

export function LectureBar() {
  const pipeline = usePipeline((s) => s.pipeline);
  const hidden = useUi((s) => s.hidden);
  const shown = PARTS.length - hidden.length;
  return (
    <>
      <span className="lecture-name">{pipelineName(pipeline)}</span>
      <PopButton className="btn" title="What is shown" button="Show">
        {() => (
          <fieldset className="choices">
            <legend>In the lecture</legend>
            {PARTS.map((part) => {
              const on = !hidden.includes(part);
              return (
                <label key={part}>
                  <input
                    type="checkbox"
                    checked={on}
                    // Something has to be left to look at.
                    disabled={on && shown === 1}
                    onChange={() => togglePart(part)}
                  />
                  {NAMES[part]}
                </label>
              );
            })}
            <p className="dim">The address and the share link keep this list.</p>
          </fieldset>
        )}
      </PopButton>
      <button type="button" className="btn" title="L" onClick={toggleLecture}>
        Leave lecture
      </button>
    </>
  );
}
