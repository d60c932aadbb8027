/** Steps the service did not take: which, why, and what to do about each. */
import { Alert, Button, Popconfirm } from 'antd';
import { ApiError } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { moment } from '../shown/time';
import type { Step } from './outbox';
import type { Outbox } from './useOutbox';

export function Refused({ steps, outbox }: { steps: Step[]; outbox: Outbox }) {
  const { t } = useLanguage();
  const problemText = useProblemText();
  return steps.map((step) => (
    <Alert
      key={step.key}
      className="gap-below"
      type="error"
      showIcon
      title={t('task.refused.step', {
        step: t(`task.${step.kind === 'result' ? (step.result ?? 'unable') : step.kind}`),
        about: step.about,
        at: moment(step.at),
      })}
      description={
        <>
          {step.refused && problemText(new ApiError(step.refused.status, step.refused.problem))}
          {step.remark && <p>{step.remark}</p>}
          <div className="task-row">
            <Button type="primary" size="large" onClick={() => void outbox.again(step)}>
              {t('task.retry')}
            </Button>
            <Popconfirm
              title={t('task.giveup.sure')}
              okText={t('task.giveup')}
              cancelText={t('form.cancel')}
              onConfirm={() => outbox.giveUp(step)}
            >
              <Button size="large">{t('task.giveup')}</Button>
            </Popconfirm>
          </div>
        </>
      }
    />
  ));
}
