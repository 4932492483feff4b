import { describe, expect, it } from 'vitest';
import { defaultPipeline } from '../pipeline/defaults';
import { remember, restore } from './storage';

const store = (entries: Record<string, string> = {}) => {
  const map = new Map(Object.entries(entries));
  return {
    getItem: (k: string) => map.get(k) ?? null,
    setItem: (k: string, v: string) => void map.set(k, v),
    map,
  };
};

describe('restore', () => {
  it('gives back what was remembered', () => {
    const kept = store();
    const pipeline = { ...defaultPipeline(), training: { ...defaultPipeline().training, steps: 123 } };
    remember('pipeline', pipeline, kept);
    remember('theme', 'dark', kept);
    remember('keys', false, kept);
    remember('toured', true, kept);
    expect(restore(kept)).toEqual({ pipeline, theme: 'dark', keys: false, toured: true, repairs: [] });
  });

  it('starts from the default, without a word, where nothing was kept', () => {
    expect(restore(store())).toEqual({
      pipeline: defaultPipeline(),
      theme: 'system',
      keys: true,
      toured: false,
      repairs: [],
    });
    expect(restore(null).repairs).toEqual([]);
  });

  it.each([
    ['no JSON', '{'],
    ['nothing', 'null'],
    ['a list', '[]'],
    ['limits lifted', JSON.stringify({ ...defaultPipeline(), training: { steps: 1e12 } })],
    [
      'an unknown block',
      JSON.stringify({ ...defaultPipeline(), bottom: { block: '__proto__', params: {} } }),
    ],
    ['a newer version', JSON.stringify({ ...defaultPipeline(), version: 99 })],
    ['a polluted prototype', '{"__proto__":{"polluted":true},"version":1}'],
  ])('repairs a pipeline that is %s, and says so', (_, text) => {
    const restored = restore(store({ 'seesaw.pipeline': text, 'seesaw.theme': '"dark"' }));
    expect(restored.pipeline).toEqual(defaultPipeline());
    expect(restored.theme).toBe('dark');
    expect(restored.repairs).toHaveLength(1);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('repairs what is no yes or no, and loses nothing else', () => {
    const damaged = { 'seesaw.keys': '"maybe"', 'seesaw.toured': '{', 'seesaw.theme': '"dark"' };
    const { keys, toured, theme, repairs } = restore(store(damaged));
    expect({ keys, toured, theme }).toEqual({ keys: true, toured: false, theme: 'dark' });
    expect(repairs).toHaveLength(2);
  });

  it('repairs a theme that does not exist', () => {
    const restored = restore(store({ 'seesaw.theme': '"javascript:alert(1)"' }));
    expect(restored.theme).toBe('system');
    expect(restored.repairs).toHaveLength(1);
  });

  it('lives with a storage that refuses everything', () => {
    const refusing = {
      getItem: () => {
        throw new Error('forbidden');
      },
      setItem: () => {
        throw new Error('full');
      },
    };
    expect(() => remember('theme', 'dark', refusing)).not.toThrow();
    expect(restore(refusing).theme).toBe('system');
  });
});
