import { describe, expect, it } from 'vitest';
import { changesOf } from './changes';
import { blockWith, defaultPipeline } from './defaults';
import { PRESET_GROUPS, PRESETS } from './presets';

describe('what differs between two pipelines', () => {
  it('is nothing between equal ones', () => {
    expect(changesOf(defaultPipeline(), defaultPipeline())).toEqual([]);
  });

  it('names blocks, settings, tasks and training with both values', () => {
    const a = defaultPipeline();
    const b = {
      ...a,
      input: [...a.input, blockWith('input', 'md')],
      bottom: blockWith('bottom', 'nse', { layers: [16, 8] }),
      top: blockWith('top', 'esmm'),
      tasks: [a.tasks[0]!, { ...a.tasks[1]!, lossWeight: 1, parent: null }],
      training: { ...a.training, steps: 300, clipNorm: 5 },
    };
    expect(changesOf(a, b)).toEqual([
      { what: 'Input', from: 'Embedding', to: expect.stringMatching(/^Embedding \+ /) },
      { what: 'Bottom: Layer widths', from: '64, 32', to: '16, 8' },
      { what: 'Top', from: 'Identity', to: 'ESMM' },
      { what: 'purchase: λ', from: '10', to: '1' },
      { what: 'purchase: parent', from: 'click', to: 'none' },
      { what: 'Steps', from: '500', to: '300' },
      { what: 'Clip norm', from: 'none', to: '5' },
    ]);
  });

  it('sees a task come and go', () => {
    const a = defaultPipeline();
    const b = { ...a, tasks: a.tasks.slice(0, 1) };
    expect(changesOf(a, b)).toEqual([{ what: 'Tasks', from: 'click, purchase', to: 'click' }]);
  });
});

it('the gallery shows every preset once', () => {
  const shown = PRESET_GROUPS.flatMap(({ presets }) => presets);
  expect(shown.map((p) => p.id).sort()).toEqual(PRESETS.map((p) => p.id).sort());
});
