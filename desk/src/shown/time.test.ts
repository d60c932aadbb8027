import { describe, expect, it } from 'vitest';
import { full, moment, seconds, span } from './time';

describe('times are shown in the zone of the bureau', () => {
  it('whatever the zone of the browser', () => {
    expect(full('2026-11-23T16:30:05.000Z')).toBe('2026/11/24 00:30:05');
  });
  it('with the day when it is another day there', () => {
    const now = new Date('2026-11-23T17:00:00Z');
    expect(moment('2026-11-23T16:30:05.000Z', now)).toBe('00:30');
    expect(moment('2026-11-23T15:30:05.000Z', now)).toBe('11/23 23:30');
  });
});

describe('a span', () => {
  it.each([
    [0, '0秒', '0 s'],
    [-3, '0秒', '0 s'],
    [59.6, '1分', '1 min'],
    [95, '1分35秒', '1 min 35 s'],
    [3900, '1小时05分', '1 h 05 min'],
    [300000, '3天', '3 d'],
  ])('of %d s reads well', (length, zh, en) => {
    expect(span(length, 'zh')).toBe(zh);
    expect(span(length, 'en')).toBe(en);
  });
  it('between two times keeps its sign', () => {
    expect(seconds('2026-11-23T16:00:10Z', '2026-11-23T16:00:00Z')).toBe(-10);
  });
});
