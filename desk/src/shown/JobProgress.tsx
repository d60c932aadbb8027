/** How far a job is, asked until it is over; what came of it or why not. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert } from 'antd';
import { useEffect } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';

const ASK_EVERY_MS = 1_000;
const KINDS = { queued: 'info', running: 'info', done: 'success', failed: 'error' } as const;

interface Props {
  queued: Schemas['ShownJob'];
  /** Asked anew once the job is done. */
  changes?: readonly string[];
}

export function JobProgress({ queued, changes }: Props) {
  const { t } = useLanguage();
  const queries = useQueryClient();
  const { data: job = queued } = useQuery({
    queryKey: ['job', queued.job],
    refetchInterval: ({ state }) => (isOver(state.data) ? false : ASK_EVERY_MS),
    queryFn: () => body(api.GET('/api/v1/jobs/{job}', { params: { path: { job: queued.job } } })),
  });
  const isDone = job.state === 'done';
  const changed = changes?.join(' ') ?? '';
  useEffect(() => {
    if (!isDone || changed === '') return;
    void queries.invalidateQueries({ queryKey: changed.split(' ') });
  }, [queries, isDone, changed]);
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
