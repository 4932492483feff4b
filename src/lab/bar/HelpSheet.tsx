/** Keyboard shortcuts and the few things one should know to read the page. */
const KEYS = [
  ['Space', 'train or pause, when no control has the focus'],
  ['S', 'one step'],
  ['R', 'reset'],
  ['Ctrl + Z', 'undo a change of the pipeline'],
  ['Ctrl + Shift + Z', 'redo'],
  ['?', 'this sheet'],
] as const;

export default function HelpSheet() {
  return (
    <div className="help">
      <table className="keys">
        <caption>Keys</caption>
        <tbody>
          {KEYS.map(([key, what]) => (
            <tr key={key}>
              <th scope="row">
                <kbd>{key}</kbd>
              </th>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
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
