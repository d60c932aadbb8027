/** Who was told of life danger, over which channel, and what came back. */
import { useQuery } from '@tanstack/react-query';
import { api, body } from '../api/client';
import { useLanguage } from '../i18n/language';
import { clock } from '../shown/time';

const EVERY_MS = 10_000;

export function Told({ alert }: { alert: string }) {
  const { t } = useLanguage();
  const { data } = useQuery({
    queryKey: ['deliveries', alert],
    refetchInterval: EVERY_MS,
    queryFn: () =>
      body(api.GET('/api/v1/alerts/{alert}/deliveries', { params: { path: { alert } } })),
  });
  if (data === undefined) return null;
  return (
    <>
      <h3>{t('told.title')}</h3>
      {data.attempts.length === 0 && <p className="muted">{t('told.none')}</p>}
      <ul className="history">
        {data.attempts.map((one) => (
          <li key={`${one.recipient} ${one.telling} ${String(one.attempt)} ${one.outcome}`}>
            <time>{clock(one.began_at)}</time>
            <span>{one.recipient}</span>
            <b className={`outcome-${one.outcome}`}>{t(`outcome.${one.outcome}`)}</b>
            <span>{one.fault}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
