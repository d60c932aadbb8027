/** What was in force before, what going back would change, and going back. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Input } from 'antd';
import { useState } from 'react';
import { api, body } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { useSession } from '../session/session';
import { moment } from '../shown/time';
import { Changes } from './Changes';
import { putInForce } from './draft';

const SHOWN = 8;

export function Versions({ base, onRestored }: { base: string; onRestored: () => void }) {
  const { t } = useLanguage();
  const { may } = useSession();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const { data } = useQuery({
    queryKey: ['revisions', base],
    queryFn: () => body(api.GET('/api/v1/site/revisions')),
  });
  const { data: differs } = useQuery({
    queryKey: ['revision-changes', chosen, base],
    enabled: chosen !== null,
    queryFn: () =>
      body(
        api.GET('/api/v1/site/revisions/{revision}/changes', {
          params: { path: { revision: chosen ?? '' } },
        }),
      ),
  });
  const restoring = useMutation({
    mutationFn: (revision: string) => putInForce(revision, base, reason.trim()),
    onSuccess: () => {
      setChosen(null);
      setReason('');
      void message.success(t('zone.applied'));
      void queries.invalidateQueries({ queryKey: ['revisions'] });
      onRestored();
    },
  });
  return (
    <section className="versions">
      <h2>{t('zone.versions')}</h2>
      <ol>
        {(data?.applied ?? []).slice(0, SHOWN).map((one, place) => (
          <li key={one.number}>
            <button
              type="button"
              className="zone-line"
              aria-expanded={chosen === one.revision}
              disabled={place === 0}
              onClick={() => {
                setChosen(chosen === one.revision ? null : one.revision);
              }}
            >
              <b>#{one.number}</b> {moment(one.at)} {one.author} · {one.reason}
              {place === 0 && <i> {t('zone.current')}</i>}
            </button>
          </li>
        ))}
      </ol>
      {chosen !== null && (
        <div className="zone-apply">
          <Changes changes={differs?.changes ?? []} />
          {restoring.error && <Alert type="error" title={problemText(restoring.error)} />}
          {may('site.edit') && (
            <>
              <label htmlFor="restore-reason">{t('zone.note')}</label>
              <Input
                id="restore-reason"
                maxLength={500}
                value={reason}
                onChange={(event) => {
                  setReason(event.target.value);
                }}
              />
              <Button
                block
                disabled={reason.trim() === ''}
                loading={restoring.isPending}
                onClick={() => {
                  restoring.mutate(chosen);
                }}
              >
                {t('zone.rollback')}
              </Button>
            </>
          )}
        </div>
      )}
    </section>
  );
}
