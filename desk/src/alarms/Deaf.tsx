/** Lines of the alarm bar that say that an alarm would not be heard here, and what to do about it. */
import { Button } from 'antd';
import { useLanguage } from '../i18n/language';
import { clock } from '../shown/time';
import { unlock } from './siren';
import type { Hearing } from './useAlarms';

export function Deaf({ hearing }: { hearing: Hearing<unknown> }) {
  const { t } = useLanguage();
  const { isDeaf, isOver, heardAt, isAudible, hush } = hearing;
  if (!isDeaf && isAudible) return null;
  return (
    <>
      {isDeaf && (
        <div>
          <b>
            {isOver
              ? t('alarm.over')
              : t('alarm.deaf', {
                  at: heardAt === 0 ? '–' : clock(new Date(heardAt).toISOString()),
                })}
          </b>
          <Button size="small" onClick={hush}>
            {t('alarm.hush')}
          </Button>
        </div>
      )}
      {!isAudible && (
        <div>
          <b>{t('alarm.muted')}</b>
          <Button size="small" onClick={unlock}>
            {t('alarm.unmute')}
          </Button>
        </div>
      )}
    </>
  );
}
