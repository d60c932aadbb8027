/** The picture a view's openings are compared with: shown, taken from the feed, taken anew. */
import { useMutation } from '@tanstack/react-query';
import { Button, Image } from 'antd';
import { useState } from 'react';
import { api, body } from '../api/client';
import { useLanguage } from '../i18n/language';
import { AskReason } from '../shown/AskReason';
import { JobProgress } from '../shown/JobProgress';
import type { View } from './content';

interface Props {
  camera: string;
  view: string;
  /** As it is in force: a view that is only drawn yet has no picture. */
  held: View | undefined;
}

export function Reference({ camera, view, held }: Props) {
  const { t } = useLanguage();
  const [isAsking, setAsking] = useState(false);
  const taking = useMutation({
    mutationFn: (reason: string) =>
      body(
        api.POST('/api/v1/cameras/{camera}/views/{view}/reference', {
          params: { path: { camera, view } },
          body: { reason },
        }),
      ),
    onSuccess: () => {
      setAsking(false);
    },
  });
  if (held === undefined) return null;
  const picture = held.reference ?? null;
  const url = `/api/v1/cameras/${camera}/views/${view}/reference`;
  return (
    <section className="zone-apply" aria-label={t('reference.title')}>
      <b>{t('reference.title')}</b>
      {picture === null ? (
        <p className="muted">{t('reference.none')}</p>
      ) : (
        <Image
          src={`${url}?of=${encodeURIComponent(picture)}`}
          alt={t('reference.title')}
          preview={{ mask: false }}
          width="100%"
        />
      )}
      <Button
        loading={taking.isPending}
        onClick={() => {
          taking.reset();
          setAsking(true);
        }}
      >
        {t(picture === null ? 'reference.take' : 'reference.again')}
      </Button>
      {taking.data && <JobProgress queued={taking.data} changes={['site']} />}
      <AskReason
        isOpen={isAsking}
        title={t('reference.take')}
        isPending={taking.isPending}
        error={taking.error}
        onReason={taking.mutate}
        onCancel={() => {
          setAsking(false);
        }}
      >
        <p className="muted">{t('reference.why')}</p>
      </AskReason>
    </section>
  );
}
