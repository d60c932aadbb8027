/** Plates people have read off the evidence, masked; whoever may confirm notes one. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Input, Tag } from 'antd';
import { useState } from 'react';
import { api, body } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { useSession } from '../session/session';
import { moment } from '../shown/time';

export function Plates({ alert }: { alert: string }) {
  const { t } = useLanguage();
  const { may } = useSession();
  const problemText = useProblemText();
  const queries = useQueryClient();
  const [typed, setTyped] = useState('');
  const path = { params: { path: { alert } } };
  const { data } = useQuery({
    queryKey: ['plates', alert],
    enabled: may('evidence.read'),
    queryFn: () => body(api.GET('/api/v1/alerts/{alert}/plates', path)),
  });
  const noting = useMutation({
    mutationFn: (plate: string) =>
      body(api.POST('/api/v1/alerts/{alert}/plates', { ...path, body: { plate } })),
    onSuccess: () => {
      setTyped('');
      void queries.invalidateQueries({ queryKey: ['plates', alert] });
    },
  });
  if (data === undefined) return null;
  const mayNote = may('reviews.confirm');
  if (data.plates.length === 0 && !mayNote) return null;
  return (
    <>
      <h3>{t('plate.title')}</h3>
      <div className="plates">
        {data.plates.map((one) => (
          <Tag key={`${one.shown} ${one.read_at}`} title={`${one.read_by} ${moment(one.read_at)}`}>
            {one.shown}
          </Tag>
        ))}
        {data.plates.length === 0 && <span className="muted">{t('plate.none')}</span>}
        {mayNote && (
          <>
            <Input
              size="small"
              maxLength={20}
              aria-label={t('plate.add')}
              title={t('plate.kept')}
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
              }}
            />
            <Button
              size="small"
              disabled={typed.trim() === ''}
              loading={noting.isPending}
              onClick={() => {
                noting.mutate(typed.trim());
              }}
            >
              {t('plate.note')}
            </Button>
          </>
        )}
      </div>
      {noting.error && <Alert type="error" title={problemText(noting.error)} />}
    </>
  );
}
