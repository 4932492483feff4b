/** Keys, the few things one should know to read the page, the tour once more, and where the sources are told. */
import { useId } from 'react';
import { Switch } from '../../components/fields';
import { ACTIONS, type Action, setKeys, startTour } from '../../state/actions';
import { openPage } from '../../state/route';
import { useUi } from '../../state/stores';

const GROUPS: readonly Action['group'][] = ['Run', 'Look', 'Edit', 'Help'];

export default function HelpSheet() {
  const keys = useUi((s) => s.keys);
  const id = useId();
  return (
    <div className="help">
      <p className="help-actions">
        <button type="button" className="btn" onClick={startTour}>
          Take the tour
        </button>
        <button
          type="button"
          className="btn"
          onClick={() => {
            useUi.setState({ dialog: null });
            openPage('about');
          }}
        >
          About, sources, licences
        </button>
      </p>
      <div className="switch-line">
        <span id={id}>Single keys act on the page</span>
        <Switch on={keys} onChange={setKeys} labelledBy={id} />
      </div>
      <table className="keys">
        <caption>Keys</caption>
        {GROUPS.map((group) => (
          <tbody key={group}>
            {ACTIONS.filter((a) => a.group === group).map(({ key, what }) => (
              <tr key={key}>
                <th scope="row">
                  <kbd>{key}</kbd>
                </th>
                <td>{what}</td>
              </tr>
            ))}
          </tbody>
        ))}
      </table>
      <p className="dim">They rest while you type, and while a dialog is open.</p>
      <h3>Blocks</h3>
      <p>
        Drag a block onto its place, or press its swap button. With the keyboard: Enter on the grip takes a
        block up, Tab moves between places, Enter drops it, Escape lets it go.
      </p>
      <h3>Columns</h3>
      <p>
        CTR and CTCVR count all impressions; CVR counts the rows with a click alone. They are never mixed. In
        a simulated world the AUC shown is the expected one, against true probabilities, free of the noise of
        drawn labels; the switch shows the one on labels.
      </p>
    </div>
  );
}
