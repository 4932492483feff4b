// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Preview } from '../../../../workers/protocol';
import { defaultPipeline } from '../../../pipeline/defaults';
import { openFiles } from '../../../state/data';
import { connect } from '../../../state/session';
import { useData, usePipeline, useRun } from '../../../state/stores';
import { FakeClient, PREVIEW } from '../../../state/testing/fakes';
import MappingSheet from './MappingSheet';

// jsdom lacks it; dialogs ask for it.
vi.stubGlobal('CSS', { escape: (text: string) => text });

let fake: FakeClient;
const mapping = () => useData.getState().asked!.mapping;
const roleOf = (name: string) => mapping().columns.find((c) => c.name === name)!.role;
const choose = (label: string, value: string) =>
  fireEvent.change(screen.getByRole('combobox', { name: label }), { target: { value } });
const open = () => screen.getByRole('button', { name: 'Open' });

async function show(preview: Preview = PREVIEW) {
  fake.preview = preview;
  await openFiles([new File(['x'], 'mine.csv')]);
  render(<MappingSheet />);
}

beforeEach(() => {
  usePipeline.setState({ pipeline: defaultPipeline() });
  useRun.setState(useRun.getInitialState(), true);
  useData.setState(useData.getInitialState(), true);
  fake = new FakeClient();
  connect(fake.client);
});
afterEach(cleanup);

describe('the mapping step', () => {
  it('shows what was seen and why a column is left out', async () => {
    await show();
    const row = within(screen.getByRole('dialog')).getByRole('row', { name: /play_time/ });
    expect(row.textContent).toMatch(/known only after the click.*300 different.*12\.5/);
    expect(screen.getByRole('row', { name: /^age/ }).textContent).toContain('1 % missing');
  });

  it('gives a role, says in place what cannot be, and lets it be mended', async () => {
    await show();
    choose('Role of age', 'group');
    expect(roleOf('age')).toBe('group');
    expect(screen.getAllByText(/Only one column can have the role group/).length).toBeGreaterThan(0);
    expect(open()).toHaveProperty('disabled', true);
    expect(screen.getByRole('combobox', { name: 'Role of age' }).getAttribute('aria-invalid')).toBe('true');
    choose('Role of user', 'ignore');
    expect(open()).toHaveProperty('disabled', false);
  });

  it('finds among 300 columns, in pages, and sets all found at once', async () => {
    const more = Array.from({ length: 300 }, (_, i) => `n_${i}`);
    await show({
      ...PREVIEW,
      columns: [
        ...PREVIEW.columns,
        ...more.map((name) => ({ name, kind: 'real' as const, distinct: 9, missing: 0, examples: ['1'] })),
      ],
      guess: {
        ...PREVIEW.guess,
        columns: [...PREVIEW.guess.columns, ...more.map((name) => ({ name, role: 'numerical' as const }))],
      },
    });
    expect(screen.getByText('1–50 of 306 columns')).toBeTruthy();
    expect(screen.getAllByRole('row')).toHaveLength(51);
    fireEvent.change(screen.getByRole('searchbox', { name: 'Search columns' }), { target: { value: 'n_1' } });
    expect(screen.getByText('1–50 of 111 columns')).toBeTruthy();
    choose('Role for all columns found', 'ignore');
    fireEvent.click(screen.getByRole('button', { name: 'Set role' }));
    expect(mapping().columns.filter((c) => c.role === 'ignore')).toHaveLength(112);
    expect(roleOf('n_2')).toBe('numerical');
  });

  it('changes the tree of the tasks', async () => {
    await show();
    choose('like comes after', '');
    expect(mapping().columns.find((c) => c.name === 'like')!.parent).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Move like up' }));
    expect(
      mapping()
        .columns.filter((c) => c.role === 'label')
        .map((c) => c.name),
    ).toEqual(['like', 'click']);
  });

  it('refuses a number out of range in a sentence, and takes the next', async () => {
    await show();
    const rows = screen.getByRole('textbox', { name: 'Rows to keep' });
    fireEvent.change(rows, { target: { value: '7' } });
    fireEvent.blur(rows);
    expect(screen.getByRole('alert').textContent).toMatch(/"7" is refused/);
    expect(mapping().sampling.rows).toBe(120_000);
    fireEvent.change(rows, { target: { value: '50,000' } });
    fireEvent.blur(rows);
    expect(mapping().sampling.rows).toBe(50_000);
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('stays, with its edits, when the file is refused, and goes when it is read', async () => {
    await show();
    choose('Role of colour', 'ignore');
    fake.refuseData = 'mine.csv, line 9 has 5 fields instead of 6: mend the line.';
    fireEvent.click(open());
    expect((await screen.findByRole('alert')).textContent).toBe(fake.refuseData);
    expect(roleOf('colour')).toBe('ignore');
    fake.refuseData = null;
    fireEvent.click(open());
    await vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(useData.getState().opened).not.toBeNull();
  });

  it('goes back to the guess', async () => {
    await show();
    choose('Role of colour', 'ignore');
    fireEvent.click(screen.getByRole('button', { name: 'Back to the guess' }));
    expect(mapping()).toEqual(PREVIEW.guess);
  });
});
