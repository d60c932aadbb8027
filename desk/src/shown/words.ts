/** Codes of the service in the reader's words; what has none yet keeps its code. */
import type { Translate } from '../i18n/language';
import { zhWords } from '../i18n/zh_words';

function isWord(key: string): key is keyof typeof zhWords {
  return Object.hasOwn(zhWords, key);
}

/** The word of a code of one kind: `fault`, `act`, `key`, `thing`. */
export function wordOf(kind: string, code: string, t: Translate): string {
  const key = `${kind}.${code}`;
  return isWord(key) ? t(key) : code;
}

/** Whether there is a word for it. */
export function hasWord(kind: string, code: string): boolean {
  return isWord(`${kind}.${code}`);
}

/** Every code of one kind that has a word. */
export function codesOf(kind: string): readonly string[] {
  return Object.keys(zhWords)
    .filter((key) => key.startsWith(`${kind}.`))
    .map((key) => key.slice(kind.length + 1));
}
