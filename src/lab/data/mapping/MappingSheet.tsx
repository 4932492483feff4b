/** The mapping step: what was recognised in a user's files, what each column is for, and how much of it to read. */
import { compact } from '../../../components/format';
import { Sheet } from '../../../components/Overlay';
import { closeMapping, openAsked, setMapping } from '../../../state/data';
import { useData } from '../../../state/stores';
import { LoadingLine } from '../LoadingLine';
import { bytes } from '../Shards';
import { ColumnsTable } from './ColumnsTable';
import { problemOf } from './edits';
import { ReadingPlan } from './ReadingPlan';
import { TaskTree } from './TaskTree';
import './mapping.css';

const PRESETS = {
  aliexpress: 'AliExpress',
  tianchi: 'AliExpress, as on Tianchi',
  kuairand: 'KuaiRand',
} as const;

export default function MappingSheet() {
  const asked = useData((s) => s.asked);
  const loading = useData((s) => s.loading !== null);
  if (!asked) return null;
  const { preview, mapping, refusal } = asked;
  const problem = problemOf(mapping, preview);
  const roles = problem?.part === 'roles' ? problem : null;
  return (
    <Sheet title="What is in the file?" open onClose={closeMapping} tall>
      <div className="mapping">
        <div className="mapping-head">
          <ul aria-label="Files">
            {preview.files.map((f) => (
              <li key={`${f.part} ${f.name}`}>
                <b>{f.name}</b> {f.part} · {bytes(f.bytes)}
              </li>
            ))}
          </ul>
          <p>
            {preview.format} · about {compact(preview.estimatedRows)} rows · {preview.columns.length} columns
            {preview.preset && ` · recognised: ${PRESETS[preview.preset]}`}
          </p>
          {mapping !== preview.guess && (
            <button type="button" className="link" onClick={() => setMapping(preview.guess)}>
              Back to the guess
            </button>
          )}
        </div>
        <div className="mapping-body">
          <div className="mapping-main">
            {roles && (
              <p className="refusal" role="status">
                {roles.message}
              </p>
            )}
            <ColumnsTable
              mapping={mapping}
              preview={preview}
              wrong={problem?.column ?? null}
              onChange={setMapping}
            />
          </div>
          <div className="mapping-side">
            <TaskTree mapping={mapping} onChange={setMapping} />
            <ReadingPlan mapping={mapping} preview={preview} problem={problem} onChange={setMapping} />
          </div>
        </div>
        <footer className="mapping-foot">
          {refusal && (
            <p className="refusal" role="alert">
              {refusal}
            </p>
          )}
          <LoadingLine />
          <div className="buttons">
            <p id="mapping-problem" className="dim">
              {problem ? problem.message : 'Nothing leaves this machine.'}
            </p>
            <button type="button" className="btn" onClick={closeMapping}>
              Not now
            </button>
            <button
              type="button"
              className="btn primary"
              aria-describedby="mapping-problem"
              disabled={problem !== null || loading}
              onClick={() => void openAsked()}
            >
              Open
            </button>
          </div>
        </footer>
      </div>
    </Sheet>
  );
}
