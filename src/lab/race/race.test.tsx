// @vitest-environment jsdom
/** The race in words, and the page from line-up to curves by what a user sees. */
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { blockWith, defaultPipeline } from '../../pipeline/defaults';
import { simulate } from '../../state/data';
import { addEntrant, addSingleTask } from '../../state/race/lineUp';
import { useRace } from '../../state/race/store';
import { useRuns } from '../../state/runs/store';
import { connect } from '../../state/session';
import { useData, usePipeline, useRun } from '../../state/stores';
import { FakeClient } from '../../state/testing/fakes';
import { type ComparedRun, compareRuns } from '../../study/compare';
import RacePage from './RacePage';
import { verdictsOf } from './words';

const base = defaultPipeline();
const shared = { ...base, bottom: blockWith('bottom', 'shared-bottom'), towers: blockWith('tower', 'mlp') };

/** Runs of one race with the given AUCs of CTR and CTCVR, ± .001 against one another. */
function raced(...aucs: readonly (readonly [number, number])[]): ComparedRun[] {
  const difference = { value: 0, se: 0.001 };
  const spaces = ['click', 'conversion'].map((space) => ({
    space,
    label: difference,
    expected: null,
    logLoss: null,
  }));
  return aucs.map((values, entrant) => ({
    id: `r${entrant}`,
    name: `Entrant ${entrant + 1}`,
    mark: entrant,
    pipeline: { ...base, training: { ...base.training, batch: 8 * (entrant + 1) } },
    fingerprint: 'f',
    race: {
      id: 'race',
      entrant,
      of: aucs.length,
      against: aucs.flatMap((_, other) => (other === entrant ? [] : [{ entrant: other, spaces }])),
    },
    evaluation: {
      step: 500,
      metrics: ['click', 'conversion'].map((space, k) => ({
        space,
        auc: { ok: true, value: values[k]!, se: 0.01, positives: 9, rows: 99 },
        logLoss: null,
        expectedAuc: null,
      })),
    },
  }));
}

describe('the verdict', () => {
  const verdicts = (...aucs: readonly (readonly [number, number])[]) =>
    verdictsOf(compareRuns(raced(...aucs), 'r0', 'label')!);

  it('says for each task what was gained or lost, and what is noise', () => {
    const [b, c] = verdicts([0.7, 0.7], [0.71, 0.69], [0.7015, 0.7]);
    expect(b!.summary).toBe('a seesaw: CTCVR pays');
    expect(b!.columns).toEqual([
      'CTR +.0100 ± .0010, better',
      'CTCVR −.0100 ± .0010, worse',
      'CVR has no value',
    ]);
    expect(c!.summary).toBe('no difference beyond noise');
    expect(c!.columns[0]).toBe('CTR +.0015 ± .0010, within noise');
  });

  it('names the first alone as what the others stand against', () => {
    expect(verdicts([0.7, 0.7])).toEqual([]);
    expect(verdicts([0.7, 0.7], [0.72, 0.72])[0]!.summary).toBe('both gain');
  });
});

describe('the verdict over seeds', () => {
  it('of three races is that of their mean, seed against seed', () => {
    const races = [
      [0.7, 0.71],
      [0.702, 0.713],
      [0.699, 0.708],
    ].map(([a, b], seed) =>
      raced([a!, 0.7], [b!, 0.7]).map((run) => ({
        ...run,
        id: `${run.id}-${seed}`,
        race: { ...run.race!, id: `race ${seed}` },
        pipeline: { ...run.pipeline, training: { ...run.pipeline.training, seed } },
      })),
    );
    const [verdict] = verdictsOf(compareRuns(races.flat(), 'r0-0', 'label')!);
    // Differences .010, .011, .009: mean .010, standard error .001 / √3.
    expect(verdict!.columns[0]).toBe('CTR +.0100 ± .0006, better');
    expect(verdict!.columns[1]).toBe('CTCVR +0 ± 0, within noise');
  });
});

describe('the page', () => {
  let fake: FakeClient;
  beforeEach(async () => {
    vi.stubGlobal('matchMedia', () => ({
      matches: false,
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    }));
    vi.stubGlobal(
      'ResizeObserver',
      class {
        observe() {}
        disconnect() {}
      },
    );
    useRun.setState(useRun.getInitialState(), true);
    useData.setState(useData.getInitialState(), true);
    useRace.setState(useRace.getInitialState(), true);
    useRuns.setState({ ...useRuns.getInitialState(), runs: [] }, true);
    usePipeline.setState({ pipeline: shared });
    fake = new FakeClient();
    connect(fake.client);
    await simulate();
  });
  afterEach(() => {
    cleanup();
    vi.unstubAllGlobals();
  });
  const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));

  it('lines up this pipeline and Single task, takes one out, and says what is missing', () => {
    render(<RacePage />);
    expect(screen.getByRole('button', { name: 'Start the race' })).toHaveProperty('disabled', true);
    expect(screen.getByText(/add two/)).toBeTruthy();
    press('This pipeline');
    press('The same with Single task');
    expect(screen.getAllByTestId('entrant')).toHaveLength(2);
    expect(screen.getByRole('button', { name: 'Start the race' })).toHaveProperty('disabled', false);
    press('The same with Single task');
    expect(screen.getByRole('alert').textContent).toMatch(/in the line-up already/);
    press('Take Single task out');
    expect(screen.getByText(/add one more/)).toBeTruthy();
  });

  it('shows differences, and starts when they are ticked', async () => {
    addEntrant(shared, 'Shared');
    addEntrant({ ...base, training: { ...base.training, steps: 9 } }, 'Nine');
    render(<RacePage />);
    const box = screen.getByRole('region', { name: 'Differences' });
    expect(box.textContent).toContain('Nine is set to those of the race: Steps 9 → 500.');
    expect(screen.getByRole('button', { name: 'Start the race' })).toHaveProperty('disabled', true);
    fireEvent.click(within(box).getByRole('checkbox'));
    press('Start the race');
    await screen.findByText('Racing');
    const rows = screen.getAllByTestId('racer');
    expect(rows.map((r) => r.textContent)).toEqual([
      expect.stringContaining('Shared'),
      expect.stringContaining('Nine'),
    ]);
    fake.emitOf(1, { kind: 'failed', message: 'It diverged in Towers.', step: 2 });
    expect(await screen.findByText('Nine: It diverged in Towers.')).toBeTruthy();
    press('Stop');
    await screen.findByText('It was stopped before the end.');
    expect(screen.getByText(/Nobody got past the first evaluation/)).toBeTruthy();
  });

  it('is read at a step: every racer’s value there, by the scrubber and by the keys of a chart', async () => {
    addEntrant(shared, 'Shared');
    addSingleTask();
    render(<RacePage />);
    press('Start the race');
    await screen.findByText('Racing');
    for (const racer of [0, 1]) {
      for (const step of [0, 50, 100]) {
        const auc = {
          ok: true as const,
          value: 0.6 + racer / 10 + step / 1000,
          se: 0.01,
          positives: 9,
          rows: 99,
        };
        const metrics = [{ space: 'click', auc, logLoss: null, expectedAuc: auc }];
        fake.emitOf(racer, { kind: 'evaluation', evaluation: { step, metrics } });
      }
    }
    const chart = screen.getByRole('region', { name: 'CTR AUC of the race' });
    const items = () =>
      within(chart)
        .getAllByRole('listitem')
        .map((li) => li.textContent);
    await waitFor(() => expect(items()).toHaveLength(2));
    expect(items()[1]).toMatch(/Single task: CTR AUC \.800 at step 100/);
    const scrubber = screen.getByRole('slider', { name: 'Step at which the race is read' });
    expect(scrubber.getAttribute('aria-valuetext')).toBe('live, step 100');
    fireEvent.change(scrubber, { target: { value: '1' } });
    expect(items()).toEqual([
      expect.stringMatching(/Shared: CTR AUC \.650 at step 50/),
      expect.stringMatching(/Single task: CTR AUC \.750 at step 50/),
    ]);
    fireEvent.change(scrubber, { target: { value: '2' } });
    expect(items()[0]).toMatch(/at step 100/);
  });

  it('refuses steps that are no number, in a sentence', () => {
    addEntrant(shared, 'Shared');
    addSingleTask();
    render(<RacePage />);
    const steps = screen.getByRole('textbox', { name: 'Steps' });
    fireEvent.change(steps, { target: { value: 'many' } });
    fireEvent.keyDown(steps, { key: 'Enter' });
    expect(screen.getByRole('alert').textContent).toMatch(/"many" is no number: Steps takes whole numbers/);
    expect(useRace.getState().change).toEqual({});
  });
});
