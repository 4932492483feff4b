import { describe, expect, it } from 'vitest';
import { findings } from './compat';
import { defaultPipeline } from './defaults';
import { findPreset, PRESETS } from './presets';
import { pipelineSchema } from './schema';

describe('the default pipeline', () => {
  it('is the same after a trip through the schema and draws no warning', () => {
    expect(pipelineSchema.parse(defaultPipeline())).toEqual(defaultPipeline());
    expect(findings(defaultPipeline())).toEqual([]);
  });

  it('is a fresh object each time', () => {
    defaultPipeline().tasks[0]!.label = 'changed';
    expect(defaultPipeline().tasks[0]!.label).toBe('click');
  });
});

describe('presets', () => {
  it.each(PRESETS.map((p) => [p.id, p] as const))('%s is valid and can be trained', (id, preset) => {
    expect(pipelineSchema.parse(preset.pipeline)).toEqual(preset.pipeline);
    expect(findings(preset.pipeline).filter((f) => f.level === 'error')).toEqual([]);
    expect(findPreset(id)).toBe(preset);
  });

  it('have names of their own', () => {
    expect(new Set(PRESETS.map((p) => p.id)).size).toBe(PRESETS.length);
    expect(new Set(PRESETS.map((p) => p.title)).size).toBe(PRESETS.length);
    expect(findPreset('none-such')).toBeUndefined();
  });

  it('of the lesson differ in the Bottom alone, as do the full-size ones in Bottom and Towers', () => {
    const at = (id: string) => findPreset(id)!.pipeline;
    expect({ ...at('shared-bottom-lesson'), bottom: null }).toEqual({
      ...at('separate-lesson'),
      bottom: null,
    });
    expect(at('shared-bottom-lesson').tasks.map((t) => t.lossWeight)).toEqual([1, 1]);
    expect(at('shared-bottom-lesson').training.steps).toBe(300);
    for (const id of ['shared-bottom', 'separate', 'shared-bottom-task-attention']) {
      expect({ ...at(id), bottom: null, towers: null }).toEqual({
        ...defaultPipeline(),
        bottom: null,
        towers: null,
      });
    }
  });
});
