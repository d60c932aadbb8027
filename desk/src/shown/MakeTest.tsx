/** Make an alert a replay case: why, then how far the job is and where the case lies. */
import { useMutation } from '@tanstack/react-query';
import { Button, Checkbox } from 'antd';
import { useState } from 'react';
import { api, body } from '../api/client';
import { useLanguage } from '../i18n/language';
import { AskReason } from './AskReason';
import { JobProgress } from './JobProgress';

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
      {making.data && <JobProgress queued={making.data} />}
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
