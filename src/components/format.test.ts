import { describe, expect, it } from 'vitest';
import { compact, count, fraction, loss, percent, signed } from './format';
import { taskLooks } from './tasks';

describe('numbers as the page prints them', () => {
  it('leaves out the zero before the point, and uses a true minus', () => {
    expect(fraction(0.7484)).toBe('.748');
    expect(fraction(1)).toBe('1.000');
    expect(fraction(-0.5, 2)).toBe('\u2212.50');
    expect(signed(-0.002)).toBe('\u2212.002');
    expect(signed(0.031)).toBe('+.031');
  });

  it('shows four figures of a loss, however small', () => {
    expect(loss(0.11384)).toBe('.1138');
    expect(loss(0.00049123)).toBe('.0004912');
    expect(loss(Number.NaN)).toBe('not a number');
  });

  it('tells the figures of a run that diverges by their power of ten', () => {
    expect(loss(4.529706788662156e23)).toBe('4.5e23');
    expect(fraction(-123_456, 2)).toBe('\u22121.2e5');
    expect(loss(99_999)).toBe('99999.00');
  });

  it('groups and shortens counts', () => {
    expect(count(23900)).toBe('23,900');
    expect(compact(524)).toBe('524');
    expect(compact(66_600)).toBe('66.6\u202fk');
    expect(percent(0.0266)).toBe('2.66\u202f%');
    expect(percent(0.0006)).toBe('.060\u202f%');
  });
});

describe('looks of tasks', () => {
  it('tell eight tasks apart by letter and by hue with pattern', () => {
    const looks = taskLooks(['click', 'cart', 'conversion', 'chat', 'call', 'c', 'cc', 'purchase']);
    expect(new Set(looks.map((l) => l.letter)).size).toBe(8);
    expect(new Set(looks.map((l) => `${l.hue} ${l.dash}`)).size).toBe(8);
  });
});
