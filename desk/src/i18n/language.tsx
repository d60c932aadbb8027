/** Chinese first, English by a switch; every text is a key that both dictionaries must have. */
import { createContext, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { en } from './en';
import { zh } from './zh';

export type Language = 'zh' | 'en';
export type Key = keyof typeof zh;
export type Translate = (key: Key, values?: Readonly<Record<string, string | number>>) => string;

interface Spoken {
  language: Language;
  setLanguage: (language: Language) => void;
  t: Translate;
}

const STORED = 'nonsite.language';
const Context = createContext<Spoken | null>(null);

/** The text of `key`, with `{name}` replaced by its value. */
export function translate(language: Language): Translate {
  const texts: Readonly<Record<Key, string>> = language === 'zh' ? zh : en;
  return (key, values) =>
    texts[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values?.[name] ?? whole));
}

/** Provides the language to everything inside. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, choose] = useState<Language>(() =>
    localStorage.getItem(STORED) === 'en' ? 'en' : 'zh',
  );
  const setLanguage = useCallback((chosen: Language) => {
    localStorage.setItem(STORED, chosen);
    choose(chosen);
  }, []);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }, [language]);
  const spoken = useMemo(
    () => ({ language, setLanguage, t: translate(language) }),
    [language, setLanguage],
  );
  return <Context value={spoken}>{children}</Context>;
}

/** The language in force and its texts. */
export function useLanguage(): Spoken {
  const spoken = useContext(Context);
  if (spoken === null) throw new Error('useLanguage outside LanguageProvider');
  return spoken;
}
