/** The phone of whoever is on duty: what endangers life now, with sound, until it is answered. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Result } from 'antd';
import { Deaf } from '../alarms/Deaf';
import { timely, useAlarms } from '../alarms/useAlarms';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import '../officer/officer.css';
import { SessionProvider } from '../session/session';
import { Preferences } from '../shell/Preferences';
import { Navigate } from '../shown/Navigate';
import { Severity } from '../shown/Severity';
import { clock, span } from '../shown/time';
import './duty.css';
import { useAwake } from './useAwake';

export function DutyPage() {
  return (
    <SessionProvider>
      <OnDuty />
    </SessionProvider>
  );
}

function OnDuty() {
  const { t } = useLanguage();
  const problemText = useProblemText();
  const queries = useQueryClient();
  const isAwake = useAwake();
  // asking is the receipt: who is on duty is told to have seen what was answered
  const hearing = useAlarms({
    key: 'duty',
    ask: () => body(api.GET('/api/v1/duty/alarms', { fetch: timely })),
    sounds: (now) => now.alarms.length > 0,
  });
  const { data } = hearing;
  const answering = useMutation({
    networkMode: 'always',
    mutationFn: (alert: string) =>
      body(
        api.POST('/api/v1/duty/alarms/{alert}/acknowledge', {
          params: { path: { alert } },
          body: {},
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ['duty'] }),
  });
  const alarms = data?.alarms ?? [];
  const sounds = alarms.length > 0;
  return (
    <main className="officer">
      <header className="officer-head">
        <h1>{t('page.duty')}</h1>
        <span className="bar-space" />
        <Preferences />
      </header>
      <section className="alarms" role="alert">
        <Deaf hearing={hearing} />
      </section>
      {!isAwake && <Alert type="warning" showIcon title={t('duty.sleeps')} />}
      {answering.error && <Alert type="error" showIcon title={problemText(answering.error)} />}
      {data?.is_on_duty === false && (
        <Result status="info" title={t('duty.off')} subTitle={t('duty.why')} />
      )}
      {data?.is_on_duty === true && !sounds && (
        <Result status="success" title={t('duty.quiet')} subTitle={t('duty.keep')} />
      )}
      {alarms.map((alarm) => (
        <Alarm
          key={alarm.alert.id}
          alarm={alarm}
          isPending={answering.isPending}
          onAnswer={() => {
            answering.mutate(alarm.alert.id);
          }}
        />
      ))}
    </main>
  );
}

interface AlarmProps {
  alarm: Schemas['DutyAlarm'];
  isPending: boolean;
  onAnswer: () => void;
}

function Alarm({ alarm, isPending, onAnswer }: AlarmProps) {
  const { t, language } = useLanguage();
  const { alert, lat, lon } = alarm;
  return (
    <Card size="small" className="task duty" role="alert">
      <header>
        <Severity of={alert.severity} />
        <h2>{language === 'zh' ? alert.text_zh : alert.text_en}</h2>
      </header>
      <p className="duty-where">{alert.camera_title || alert.camera}</p>
      <p>
        {t('item.since', { at: clock(alert.opened_at) })} ·{' '}
        {alert.life === 'cleared' && `${t('life.cleared')} · `}
        <b>{t('duty.unanswered', { span: span(alarm.seconds, language) })}</b>
      </p>
      {lat !== null && lon !== null && (
        <Navigate lat={lat} lon={lon} name={alert.camera_title || alert.camera} />
      )}
      <div className="duty-row">
        <Button type="primary" danger size="large" loading={isPending} onClick={onAnswer}>
          {t('duty.answer')}
        </Button>
      </div>
    </Card>
  );
}
