/** Which validation rows a reading is averaged over. */
import { Segments } from '../../components/fields';
import { useUi } from '../../state/stores';

export function CohortChoice({ cohorts }: { cohorts: readonly { readonly name: string }[] }) {
  const cohort = useUi((s) => s.cohort);
  return (
    <Segments
      label="Cohort"
      options={cohorts.map(({ name }) => ({ value: name, label: name }))}
      value={cohorts.some(({ name }) => name === cohort) ? cohort : (cohorts[0]?.name ?? null)}
      onChange={(name) => useUi.setState({ cohort: name })}
    />
  );
}
