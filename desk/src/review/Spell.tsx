/** One's own pace, seen by nobody else; after 50 minutes the desk asks for a break. */
import { useQuery } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { useEffect, useState } from 'react';
import { api, body } from '../api/client';
import { useLanguage } from '../i18n/language';
import { span } from '../shown/time';
import { useNow } from './lease';

const ASK_AGAIN_MS = 600_000;

interface Props {
  /** Told whether the person rests now: their claim is others' then. */
  onRest: (isResting: boolean) => void;
}

export function Spell({ onRest }: Props) {
  const { t, language } = useLanguage();
  const now = useNow();
  const { data: work, refetch } = useQuery({
    queryKey: ['my-work'],
    queryFn: () => body(api.GET('/api/v1/reports/me')),
    refetchInterval: 60_000,
  });
  const [quietUntil, setQuietUntil] = useState(0);
  const hasAlarm = useHasAlarm();
  const isBreak = work?.break_due === true && now >= quietUntil && !hasAlarm;
  useEffect(() => {
    onRest(isBreak);
  }, [isBreak, onRest]);
  if (work === undefined) return null;
  const until = work.break_until === null ? now : new Date(work.break_until).getTime();
  const left = Math.max(0, (until - now) / 1000);
  return (
    <>
      <span className="spell" title={t('spell.private')}>
        {work.per_hour !== null && t('spell.pace', { count: Math.round(work.per_hour) })}
      </span>
      <Modal
        open={isBreak}
        closable={false}
        keyboard={false}
        mask={{ closable: false }}
        title={t('spell.title')}
        footer={
          <Button
            type={left > 0 ? 'default' : 'primary'}
            onClick={() => {
              setQuietUntil(Date.now() + ASK_AGAIN_MS);
              void refetch();
            }}
          >
            {t(left > 0 ? 'spell.goon' : 'spell.back')}
          </Button>
        }
      >
        <p>{t('spell.why', { span: span(work.spell_s, language) })}</p>
        {left > 0 && <p className="spell-left">{span(left, language)}</p>}
      </Modal>
    </>
  );
}

/** Whether danger to life sounds now, as the bar of alarms has it: no break then. */
function useHasAlarm(): boolean {
  const { data } = useQuery({
    queryKey: ['alarms'],
    queryFn: () => body(api.GET('/api/v1/alarms')),
    enabled: false,
  });
  return (data?.alarms.length ?? 0) > 0;
}
