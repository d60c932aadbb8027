/** Who was told of life danger, over which channel, and what came back. */
import { useQuery } from '@tanstack/react-query';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { Fault } from '../delivery/Fault';
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
      <ul className="told">
        {lastOfEach(data.attempts).map(({ last, tries }) => (
          <li key={last.recipient}>
            <time>{clock(last.began_at)}</time>
            <span>{last.recipient}</span>
            <b className={`outcome-${last.outcome}`}>{t(`outcome.${last.outcome}`)}</b>
            {tries > 1 && <span>{t('told.tries', { count: tries })}</span>}
            {last.fault !== '' && (
              <span className="muted">
                <Fault told={last.fault} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

type Attempt = Schemas['ShownAttempt'];

/** How it stands with each recipient: the newest attempt, and how many there were. */
function lastOfEach(attempts: readonly Attempt[]): { last: Attempt; tries: number }[] {
  const found = new Map<string, { last: Attempt; tries: number }>();
  for (const one of attempts) {
    const tries = (found.get(one.recipient)?.tries ?? 0) + 1;
    found.set(one.recipient, { last: one, tries });
  }
  return [...found.values()];
}
