/** S1 on every page, with sound, until somebody has acknowledged it. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useEffect } from 'react';
import { Link } from 'react-router';
import { api, body } from '../api/client';
import { useEvents } from '../api/events';
import { useLanguage } from '../i18n/language';
import { useKeys } from '../review/keys';
import { useSession } from '../session/session';
import { Severity } from '../shown/Severity';
import { span } from '../shown/time';
import { startSiren } from './siren';

export function AlarmBar() {
  const { t, language } = useLanguage();
  const { may } = useSession();
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: ['alarms'],
    queryFn: () => body(api.GET('/api/v1/alarms')),
    refetchInterval: 10_000,
    enabled: may('alerts.read'),
  });
  useEvents((event) => {
    if (event.name === 'alarm.changed' || event.name === 'alert.opened') {
      void queries.invalidateQueries({ queryKey: ['alarms'] });
    }
  });
  const acknowledging = useMutation({
    mutationFn: (alert: string) =>
      api.POST('/api/v1/alerts/{alert}/acknowledge', {
        params: { path: { alert } },
      }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['alarms'] }),
  });
  const alarms = data?.alarms ?? [];
  const sounds = alarms.length > 0;
  useEffect(() => (sounds ? startSiren() : undefined), [sounds]);
  const first = alarms[0];
  const mayAcknowledge = may('alarms.acknowledge');
  useKeys({
    a:
      first && mayAcknowledge
        ? () => {
            acknowledging.mutate(first.alert.id);
          }
        : undefined,
  });
  if (!sounds) return null;
  return (
    <section className="alarms" role="alert">
      {alarms.map(({ alert, seconds, is_escalated }) => (
        <div key={alert.id}>
          <Severity of="S1" />
          <Link to={`/review/${alert.id}`}>
            {language === 'zh' ? alert.text_zh : alert.text_en} ·{' '}
            {alert.camera_title || alert.camera}
          </Link>
          <span>{span(seconds, language)}</span>
          {is_escalated && <b>{t('alarm.escalated')}</b>}
          {mayAcknowledge && (
            <Button
              size="small"
              onClick={() => {
                acknowledging.mutate(alert.id);
              }}
            >
              {alert.id === first?.alert.id && <kbd>A</kbd>} {t('alarm.acknowledge')}
            </Button>
          )}
        </div>
      ))}
    </section>
  );
}
