/** What went wrong, in the reader's language, naming the place and what to do. */
import { useCallback } from 'react';
import { useLanguage } from '../i18n/language';
import { toldBy } from '../shown/told';
import { problemLine } from '../zones/problem_words';
import { ApiError } from './client';
import { DETAILS } from './detail_zh';

/** A function from whatever was thrown to one line a person can act on. */
export function useProblemText(): (error: unknown) => string {
  const { t, language } = useLanguage();
  return useCallback(
    (error: unknown) => {
      if (!(error instanceof ApiError)) return t('problem.network');
      const { problem } = error;
      if (problem === null) return t('problem.status', { status: error.status });
      const title = language === 'zh' ? problem.title_zh : problem.title;
      const fields = (problem.errors ?? []).map((one) =>
        problemLine({ path: one.field, message: one.message }, language, t),
      );
      const detail = language === 'zh' ? toldBy(DETAILS, problem.detail) : problem.detail;
      return [title, fields.length > 0 ? fields.join(language === 'zh' ? '；' : '; ') : detail]
        .filter((part) => part !== '')
        .join(language === 'zh' ? '：' : ': ');
    },
    [t, language],
  );
}
