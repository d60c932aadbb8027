/** What went wrong, in the reader's language, naming the place and what to do. */
import { useCallback } from 'react';
import { useLanguage } from '../i18n/language';
import { ApiError } from './client';

/** A function from whatever was thrown to one line a person can act on. */
export function useProblemText(): (error: unknown) => string {
  const { t, language } = useLanguage();
  return useCallback(
    (error: unknown) => {
      if (!(error instanceof ApiError)) return t('problem.network');
      const { problem } = error;
      if (problem === null) return t('problem.status', { status: error.status });
      const title = language === 'zh' ? problem.title_zh : problem.title;
      const fields = (problem.errors ?? []).map((one) => `${one.field}: ${one.message}`);
      return [title, fields.length > 0 ? fields.join('; ') : problem.detail]
        .filter((part) => part !== '')
        .join(language === 'zh' ? '：' : ': ');
    },
    [t, language],
  );
}
