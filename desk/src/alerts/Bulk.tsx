/** One verdict for several: defer or reject only, never confirm, never S1; each is claimed. */
import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Select } from 'antd';
import { useState } from 'react';
import { ApiError, api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { COMMENT_NEEDED, REASONS } from '../review/reasons';

const LATER_MIN = 60;
const WORDLESS = REASONS.filter((one) => !COMMENT_NEEDED.has(one));

interface Props {
  rows: readonly Schemas['AlertSummary'][];
  onDone: () => void;
}

type BulkVerdict = Schemas['Reject'] | Schemas['Defer'];

export function Bulk({ rows, onDone }: Props) {
  const { t } = useLanguage();
  const problemText = useProblemText();
  const [reason, setReason] = useState<Schemas['Reason'] | null>(null);
  const deciding = useMutation({
    mutationFn: (verdict: BulkVerdict) => decideAll(rows, verdict, problemText),
    onSuccess: ({ refused }) => {
      if (refused.length === 0) onDone();
    },
  });
  const { data } = deciding;
  // danger to life is judged one by one; its evidence may be taken out with others'
  const hasDanger = rows.some((row) => row.severity === 'S1');
  return (
    <>
      {hasDanger && <span className="warn">{t('alerts.nodanger')}</span>}
      <Select<Schemas['Reason']>
        className="filter"
        popupMatchSelectWidth={false}
        aria-label={t('report.reasons')}
        placeholder={t('report.reasons')}
        value={reason}
        onChange={setReason}
        options={WORDLESS.map((one) => ({ value: one, label: t(`reason.${one}`) }))}
      />
      <Button
        disabled={reason === null || hasDanger}
        loading={deciding.isPending}
        onClick={() => {
          if (reason !== null) deciding.mutate({ kind: 'reject', reason, comment: '' });
        }}
      >
        {t('verdict.reject')}
      </Button>
      <Button
        disabled={hasDanger}
        loading={deciding.isPending}
        onClick={() => {
          const until = new Date(Date.now() + LATER_MIN * 60_000).toISOString();
          deciding.mutate({ kind: 'defer', until, comment: '' });
        }}
      >
        {t('verdict.defer')} · {t('verdict.minutes', { minutes: LATER_MIN })}
      </Button>
      {data && data.refused.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t('alerts.bulkdone', { done: data.done, refused: data.refused.length })}
          description={[...new Set(data.refused)].join('；')}
          closable={{ onClose: onDone }}
        />
      )}
    </>
  );
}

async function decideAll(
  rows: Props['rows'],
  verdict: BulkVerdict,
  told: (error: unknown) => string,
): Promise<{ done: number; refused: string[] }> {
  let done = 0;
  const refused: string[] = [];
  for (const { id } of rows) {
    const path = { params: { path: { alert: id } } };
    try {
      await body(api.POST('/api/v1/alerts/{alert}/claim', path));
      await body(api.POST('/api/v1/alerts/{alert}/verdict', { ...path, body: verdict }));
      done += 1;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      refused.push(told(error));
      await api.DELETE('/api/v1/alerts/{alert}/claim', path).catch(() => undefined);
    }
  }
  return { done, refused };
}
