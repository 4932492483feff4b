/** Which AUC is shown: the choice is there only where the truth is known. */
import { Segments } from '../components/fields';
import { useUi } from '../state/stores';
import { useSimulated } from './use';

export function AucChoice() {
  const auc = useUi((s) => s.auc);
  const simulated = useSimulated();
  if (!simulated) return null;
  return (
    <Segments
      label="Which AUC"
      options={[
        { value: 'expected', label: 'expected AUC' },
        { value: 'label', label: 'label AUC' },
      ]}
      value={auc}
      onChange={(value) => useUi.setState({ auc: value })}
    />
  );
}
