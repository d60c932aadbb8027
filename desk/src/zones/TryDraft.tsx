/** The alerts of the last day at this camera, held against the draft: kept, lost, unknown. */
import { useMutation } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { Link } from 'react-router';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { moment } from '../shown/time';
import type { Site } from './content';

const HOURS = 24;

export function TryDraft({ site, camera }: { site: Site; camera: string }) {
  const { t, language } = useLanguage();
  const problemText = useProblemText();
  const trying = useMutation({
    mutationFn: () =>
      body(
        api.POST('/api/v1/site/try', {
          body: {
            content: site as unknown as Schemas['TakenTry']['content'],
            camera,
            hours: HOURS,
          },
        }),
      ),
  });
  const tried = trying.data;
  return (
    <section className="zone-apply" aria-label={t('zone.try')}>
      <Button
        loading={trying.isPending}
        onClick={() => {
          trying.mutate();
        }}
      >
        {t('zone.try')}
      </Button>
      {trying.error && <Alert type="error" title={problemText(trying.error)} />}
      {tried && (
        <>
          <p role="status">
            {t('zone.tried', { kept: tried.kept, lost: tried.lost, unknown: tried.unknown })}
          </p>
          <ul className="zone-tried">
            {tried.alerts
              .filter((one) => one.fate !== 'kept')
              .slice(0, 10)
              .map((one) => (
                <li key={one.alert.id}>
                  <Link to={`/review/${one.alert.id}`}>
                    {one.alert.code} {moment(one.alert.opened_at)}
                  </Link>{' '}
                  <b>{t(`fate.${one.fate}`)}</b>{' '}
                  {language === 'zh' ? one.because_zh : one.because.replaceAll('_', ' ')}
                </li>
              ))}
          </ul>
        </>
      )}
    </section>
  );
}
