import { describe, expect, it } from 'vitest';
import { translate } from '../i18n/language';
import type { Threshold } from './thresholds';
import { shownOf, titleOf, valueOf, withValue, wrongWith } from './thresholds';

const DWELL: Threshold = {
  path: ['dwell_s'],
  kind: 'number',
  default: 60,
  least: 0,
  most: 604800,
  is_least_excluded: true,
  clause_zh: '',
  clause_en: '',
  meaning: 'how long before it opens, s',
};
const STAYS: Threshold = {
  ...DWELL,
  path: ['clauses', 'ring_empty', 'stays_s'],
  default: 3,
  most: 60,
  is_least_excluded: false,
  clause_zh: '监护圈无人',
  clause_en: 'ring empty',
};
const zh = translate('zh');

describe('a threshold of a zone', () => {
  it('is set and dropped, of the rule or of one of its clauses', () => {
    const set = withValue(withValue({}, DWELL.path, 90), STAYS.path, 5);
    expect(set).toEqual({ dwell_s: 90, clauses: { ring_empty: { stays_s: 5 } } });
    expect(valueOf(set, STAYS.path)).toBe(5);
    expect(withValue(set, STAYS.path, null)).toEqual({ dwell_s: 90, clauses: {} });
    expect(valueOf(withValue(set, DWELL.path, null), DWELL.path)).toBeNull();
  });
  it('leaves alone what else a clause is set to', () => {
    const lists = { clauses: { ring_empty: { classes: ['person'], stays_s: 5 } } };
    expect(withValue(lists, STAYS.path, null).clauses).toEqual({
      ring_empty: { classes: ['person'] },
    });
  });
  it('is shown when it is usual, set, or asked for', () => {
    const both = [DWELL, STAYS];
    expect(shownOf(both, {}, new Set())).toEqual([DWELL]);
    expect(shownOf(both, {}, new Set(['clauses.ring_empty.stays_s']))).toEqual(both);
    expect(shownOf(both, withValue({}, STAYS.path, 0), new Set())).toEqual(both);
  });
  it('has its words', () => {
    expect(titleOf(DWELL, 'zh', zh)).toBe('停留（秒）');
    expect(titleOf(STAYS, 'zh', zh)).toBe('监护圈无人 · 短于此算路过（秒）');
    const odd = { ...STAYS, path: ['clauses', 'ring_empty', 'toString'] };
    expect(titleOf(odd, 'en', translate('en'))).toBe('ring empty · how long before it opens, s');
  });
  it('says at once what is wrong with it', () => {
    expect(wrongWith(DWELL, 0, zh)).toBe('要在 0 到 604800 之间');
    expect(wrongWith(STAYS, 0, zh)).toBe('');
    expect(wrongWith({ ...DWELL, most: null }, -1, zh)).toBe('要大于 0');
    expect(wrongWith(STAYS, 61, zh)).toBe('要在 0 到 60 之间');
    expect(wrongWith(DWELL, null, zh)).toBe('');
  });
});
