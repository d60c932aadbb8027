/** S1 on every page, with sound, until somebody has acknowledged it; and whether it would be heard. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { Link } from 'react-router';
import { api, body } from '../api/client';
import { useEvents } from '../api/events';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { useKeys } from '../review/keys';
import { useSession } from '../session/session';
import { Severity } from '../shown/Severity';
import { span } from '../shown/time';
import { Deaf } from './Deaf';
import { soundTest } from './siren_test';
import { timely, useAlarms } from './useAlarms';

const CHANGES = new Set(['alarm.changed', 'alert.opened', 'alert.changed']);

export function AlarmBar() {
  const { t, language } = useLanguage();
  const { me, may } = useSession();
  const problemText = useProblemText();
  const queries = useQueryClient();
  const hearing = useAlarms({
    key: 'alarms',
    ask: () => body(api.GET('/api/v1/alarms', { fetch: timely })),
    sounds: (now) => now.alarms.length > 0,
    enabled: may('alerts.read'),
  });
  useEvents((event) => {
    if (CHANGES.has(event.name)) {
      // an answer under way is not thrown away: events may come faster than answers
      void queries.invalidateQueries({ queryKey: ['alarms'] }, { cancelRefetch: false });
    }
    if (event.name === 'siren.test') {
      const { test } = event.about.detail as { test: string };
      soundTest(test);
    }
  });
  const acknowledging = useMutation({
    networkMode: 'always',
    mutationFn: (alert: string) =>
      api.POST('/api/v1/alerts/{alert}/acknowledge', {
        params: { path: { alert } },
      }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['alarms'] }),
  });
  const alarms = hearing.data?.alarms ?? [];
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
  if (first === undefined && hearing.isAudible && !hearing.isDeaf) return null;
  return (
    <section className="alarms" role="alert">
      <Deaf hearing={hearing} />
      {me.is_local && first !== undefined && <div>{t('alarm.unnamed')}</div>}
      {alarms.map(({ alert, seconds, is_escalated }) => (
        <div key={alert.id}>
          <Severity of="S1" />
          <Link to={`/review/${alert.id}`}>
            {language === 'zh' ? alert.text_zh : alert.text_en} ·{' '}
            {alert.camera_title || alert.camera}
          </Link>
          <span>{span(seconds, language)}</span>
          {alert.life === 'cleared' && <span>{t('life.cleared')}</span>}
          {is_escalated && <b>{t('alarm.escalated')}</b>}
          {mayAcknowledge && (
            <Button
              size="small"
              onClick={() => {
                acknowledging.mutate(alert.id);
              }}
            >
              {alert.id === first?.alert.id && <kbd>A</kbd>}{' '}
              {t(me.is_local ? 'alarm.silence' : 'alarm.acknowledge')}
            </Button>
          )}
          {acknowledging.error && acknowledging.variables === alert.id && (
            <b>{problemText(acknowledging.error)}</b>
          )}
        </div>
      ))}
    </section>
  );
}
