/** What is wrong or what it changes; why; put in force. */
import { Alert, App, Button, Input } from 'antd';
import { ApiError } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { useWords } from '../review/kept_words';
import { Changes } from './Changes';
import type { Draft } from './draft';
import { problemLine } from './problem_words';

export function ApplyForm({
  draft,
  problems,
}: {
  draft: Draft;
  problems: readonly Schemas['ShownProblem'][];
}) {
  const { t, language } = useLanguage();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const [reason, setReason] = useWords('site', 'apply');
  const changes = draft.checked?.changes ?? [];
  const { error } = draft.applying;
  const isOvertaken = error instanceof ApiError && error.kind === 'overtaken';
  return (
    <section className="zone-apply" aria-label={t('zone.apply')}>
      {problems.length > 0 && (
        <ul className="zone-problems" role="alert">
          {problems.map((one) => (
            <li key={`${one.path} ${one.message}`} title={`${one.path}: ${one.message}`}>
              {problemLine(one, language, t)}
            </li>
          ))}
        </ul>
      )}
      <Changes changes={changes} />
      {error && (
        <Alert
          type="error"
          showIcon
          title={isOvertaken ? t('zone.stale') : problemText(error)}
          action={
            isOvertaken && (
              <Button size="small" onClick={() => void draft.reload()}>
                {t('zone.reload')}
              </Button>
            )
          }
        />
      )}
      <label htmlFor="reason">{t('zone.note')}</label>
      <Input
        id="reason"
        maxLength={500}
        value={reason}
        onChange={(event) => {
          setReason(event.target.value);
        }}
      />
      <Button
        type="primary"
        block
        loading={draft.applying.isPending}
        disabled={problems.length > 0 || changes.length === 0 || reason.trim() === ''}
        onClick={() => {
          draft.applying.mutate(reason.trim(), {
            onSuccess: ({ is_told }) => {
              setReason('');
              void message.success(t(is_told ? 'zone.applied' : 'zone.untold'));
            },
          });
        }}
      >
        {t('zone.apply')}
      </Button>
    </section>
  );
}
