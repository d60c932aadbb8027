/** The line of a clause without its first word, where a mark beside it says the same. */
import type { Schemas } from '../api/client';
import type { Language } from '../i18n/language';

const TRUTH_ZH = /^(成立|不成立|未观测)[ ：:]*/;
const TRUTH_EN = /^(true|false|not observed): /;

export function clauseText(
  clause: Pick<Schemas['ShownClause'], 'text_zh' | 'text_en'>,
  language: Language,
): string {
  return language === 'zh'
    ? clause.text_zh.replace(TRUTH_ZH, '')
    : clause.text_en.replace(TRUTH_EN, '');
}
