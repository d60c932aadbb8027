import { describe, expect, it } from 'vitest';
import { translate } from '../i18n/language';
import { valueText } from './change_words';

const zh = translate('zh');

describe('a value that differs', () => {
  it('is told by its keys, what is not set left out', () => {
    const rules = { clauses: {}, dwell_s: 3600, enabled: null, min_overlap: 0.7 };
    expect(valueText(rules, zh)).toBe('停留（秒） 3600 · 占地比例 0.7');
  });
  it('reads in words where there are some', () => {
    expect(valueText('pavement', zh)).toBe('人行道');
    expect(valueText(true, zh)).toBe('是');
    expect(valueText('kerb', zh)).toBe('kerb');
    expect(valueText(90, zh)).toBe('90');
    expect(valueText({ purpose: 'edge', points: [[0, 1]] }, zh)).toBe('用途 临边 · 顶点 0, 1');
  });
  it('stays short', () => {
    expect(valueText('x'.repeat(200), zh)).toHaveLength(91);
  });
});
