/** Make an alert a replay case: why, then how far the job is and where the case lies. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, Button, Checkbox } from 'antd';
import { useState } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import { AskReason } from './AskReason';

const ASK_EVERY_MS = 1_000;

export function MakeTest({ alert }: { alert: string }) {
  const { t } = useLanguage();
  const [isAsking, setAsking] = useState(false);
  const [boxes_only, setBoxesOnly] = useState(false);
  const making = useMutation({
    mutationFn: (reason: string) =>
      body(
        api.POST('/api/v1/alerts/{alert}/replay-case', {
          params: { path: { alert } },
          body: { reason, boxes_only },
        }),
      ),
    onSuccess: () => {
      setAsking(false);
    },
  });
  return (
    <div className="make-test">
      <Button
        size="small"
        loading={making.isPending}
        onClick={() => {
          making.reset();
          setAsking(true);
        }}
      >
        {t('case.make')}
      </Button>
      {making.data && <Progress queued={making.data} />}
      <AskReason
        isOpen={isAsking}
        title={t('case.make')}
        isPending={making.isPending}
        error={making.error}
        onReason={making.mutate}
        onCancel={() => {
          setAsking(false);
        }}
      >
        <Checkbox
          checked={boxes_only}
          onChange={(event) => {
            setBoxesOnly(event.target.checked);
          }}
        >
          {t('case.boxes')}
        </Checkbox>
      </AskReason>
    </div>
  );
}

const KINDS = { queued: 'info', running: 'info', done: 'success', failed: 'error' } as const;

function Progress({ queued }: { queued: Schemas['ShownJob'] }) {
  const { t } = useLanguage();
  const { data: job = queued } = useQuery({
    queryKey: ['job', queued.job],
    refetchInterval: ({ state }) => (isOver(state.data) ? false : ASK_EVERY_MS),
    queryFn: () => body(api.GET('/api/v1/jobs/{job}', { params: { path: { job: queued.job } } })),
  });
  return (
    <Alert
      role="status"
      type={KINDS[job.state]}
      showIcon
      title={t(`job.${job.state}`)}
      description={job.detail === '' ? undefined : <code className="job-detail">{job.detail}</code>}
    />
  );
}

function isOver(job: Schemas['ShownJob'] | undefined): boolean {
  return job?.state === 'done' || job?.state === 'failed';
}
