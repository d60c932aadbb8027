/** One verdict for several: defer or reject only, never confirm, never S1; each is claimed. */
import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Select } from 'antd';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { ApiError, api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { COMMENT_NEEDED, REASONS } from '../review/reasons';
import { useSession } from '../session/session';

const LATER_MIN = 60;
const WORDLESS = REASONS.filter((one) => !COMMENT_NEEDED.has(one));

interface Props {
  rows: readonly Schemas['AlertSummary'][];
  onDone: () => void;
  /** What else may be done with several. */
  children: ReactNode;
}

type BulkVerdict = Schemas['Reject'] | Schemas['Defer'];

export function Bulk({ rows, onDone, children }: Props) {
  const { t, language } = useLanguage();
  const { may } = useSession();
  const problemText = useProblemText();
  const deciding = useMutation({
    mutationFn: (verdict: BulkVerdict) => decideAll(rows, verdict),
    onSuccess: ({ refused, broken }) => {
      if (refused.length === 0 && broken === null) close();
    },
  });
  const close = () => {
    deciding.reset();
    onDone();
  };
  const { data } = deciding;
  const isTold = data !== undefined && (data.refused.length > 0 || data.broken !== null);
  if (rows.length === 0 && !deciding.isPending && !isTold) return null;
  const told = (one: unknown) => (one === 'S1' ? t('alerts.nodanger') : problemText(one));
  return (
    <section className="bulk" aria-label={t('alerts.bulk')}>
      <b>{t('alerts.chosen', { count: rows.length })}</b>
      {may('reviews.triage') && (
        <Acts
          // danger to life is judged one by one; its evidence may be taken out with others'
          hasDanger={rows.some((row) => row.severity === 'S1')}
          isEmpty={rows.length === 0}
          isPending={deciding.isPending}
          onVerdict={deciding.mutate}
        />
      )}
      {children}
      {isTold && (
        <Alert
          type="warning"
          showIcon
          title={t(data.broken === null ? 'alerts.bulkdone' : 'alerts.bulkbroken', {
            done: data.done,
            refused: data.refused.length,
            left: data.left,
          })}
          description={[
            ...new Set([...data.refused, ...(data.broken === null ? [] : [data.broken])]),
          ]
            .map(told)
            .filter((line, place, all) => all.indexOf(line) === place)
            .join(language === 'zh' ? '；' : '; ')}
          closable={{ onClose: close }}
        />
      )}
    </section>
  );
}

interface ActsProps {
  hasDanger: boolean;
  isEmpty: boolean;
  isPending: boolean;
  onVerdict: (verdict: BulkVerdict) => void;
}

function Acts({ hasDanger, isEmpty, isPending, onVerdict }: ActsProps) {
  const { t } = useLanguage();
  const [reason, setReason] = useState<Schemas['Reason'] | null>(null);
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
        disabled={reason === null || hasDanger || isEmpty}
        loading={isPending}
        onClick={() => {
          if (reason !== null) onVerdict({ kind: 'reject', reason, comment: '' });
        }}
      >
        {t('verdict.reject')}
      </Button>
      <Button
        disabled={hasDanger || isEmpty}
        loading={isPending}
        onClick={() => {
          const until = new Date(Date.now() + LATER_MIN * 60_000).toISOString();
          onVerdict({ kind: 'defer', until, comment: '' });
        }}
      >
        {t('verdict.defer')} · {t('verdict.minutes', { minutes: LATER_MIN })}
      </Button>
    </>
  );
}

interface Outcome {
  done: number;
  /** Why each of the refused was; `S1`: it is danger to life by now. */
  refused: unknown[];
  /** What ended it before its end; null: nothing did. */
  broken: unknown;
  left: number;
}

/** Each claimed, looked at for danger to life as it stands then, and decided. */
async function decideAll(rows: Props['rows'], verdict: BulkVerdict): Promise<Outcome> {
  let done = 0;
  const refused: unknown[] = [];
  for (const [place, { id }] of rows.entries()) {
    const path = { params: { path: { alert: id } } };
    const layBack = () => api.DELETE('/api/v1/alerts/{alert}/claim', path).catch(() => undefined);
    try {
      const review = await body(api.POST('/api/v1/alerts/{alert}/claim', path));
      if (review.severity === 'S1') {
        refused.push('S1');
        await layBack();
        continue;
      }
      await body(api.POST('/api/v1/alerts/{alert}/verdict', { ...path, body: verdict }));
      done += 1;
    } catch (error) {
      await layBack();
      if (!(error instanceof ApiError)) {
        return { done, refused, broken: error, left: rows.length - place };
      }
      refused.push(error);
    }
  }
  return { done, refused, broken: null, left: 0 };
}
