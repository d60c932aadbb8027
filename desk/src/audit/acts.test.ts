import { describe, expect, it } from 'vitest';
import { translate } from '../i18n/language';
import { actText, subjectText } from './acts';

describe('the audit trail in words', () => {
  it('says what was done, in either language', () => {
    expect(actText('verdict.given', translate('zh'))).toBe('作出结论');
    expect(actText('verdict.given', translate('en'))).toBe('verdict given');
  });
  it('keeps the code of an act it does not know', () => {
    expect(actText('moon.landed', translate('zh'))).toBe('moon.landed');
    expect(actText('toString', translate('zh'))).toBe('toString');
  });
  it('names what it was done to, digests in short', () => {
    const t = translate('zh');
    expect(subjectText('alert/9b1f7c1e-52f4-5d5c-8a51-2a0d4c6a7f10', t)).toBe('线索 9b1f7c1e');
    expect(subjectText('person/chen.jing', t)).toBe('人员 chen.jing');
    expect(subjectText('moon/1', t)).toBe('moon/1');
  });
});
