/** One's own pace, seen by nobody else; after 50 minutes the desk asks for a break. */
import { useQuery } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { api, body } from '../api/client';
import { useLanguage } from '../i18n/language';
import { span } from '../shown/time';
import { useNow } from './lease';

export function Spell() {
  const { t, language } = useLanguage();
  const now = useNow();
  const { data: work, refetch } = useQuery({
    queryKey: ['my-work'],
    queryFn: () => body(api.GET('/api/v1/reports/me')),
    refetchInterval: 60_000,
  });
  const [rested, setRested] = useState('');
  if (work === undefined) return null;
  const until = work.break_until === null ? now : new Date(work.break_until).getTime();
  const left = Math.max(0, (until - now) / 1000);
  const isBreak = work.break_due && rested !== work.spell_started_at;
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
            type="primary"
            disabled={left > 0}
            onClick={() => {
              setRested(work.spell_started_at ?? '');
              void refetch();
            }}
          >
            {t('spell.back')}
          </Button>
        }
      >
        <p>{t('spell.why', { span: span(work.spell_s, language) })}</p>
        {left > 0 && <p className="spell-left">{span(left, language)}</p>}
      </Modal>
    </>
  );
}
