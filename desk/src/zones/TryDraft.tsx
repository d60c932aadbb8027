/** The alerts of the last day at this camera, held against the draft: kept, lost, unknown. */
import { useMutation } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { Link } from 'react-router';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { useSession } from '../session/session';
import { MakeTest } from '../shown/MakeTest';
import { moment } from '../shown/time';
import { ClipTrial } from './ClipTrial';
import type { Site } from './content';
import { problemLine } from './problem_words';

const HOURS = 24;
const MOST = 20;
const ORDER = { lost: 0, unknown: 1, kept: 2 } as const;

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
  const rows = tried?.alerts.toSorted((one, other) => ORDER[one.fate] - ORDER[other.fate]) ?? [];
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
      {tried?.problems.map((one) => (
        <Alert key={one.path} type="warning" title={problemLine(one, language, t)} />
      ))}
      {tried?.problems.length === 0 && (
        <>
          <p role="status">
            {t('zone.tried', { kept: tried.kept, lost: tried.lost, unknown: tried.unknown })}
          </p>
          {rows.length > 0 && <p className="muted">{t('trial.why')}</p>}
          <ul className="zone-tried">
            {rows.slice(0, MOST).map((one) => (
              <Tried key={one.alert.id} one={one} site={site} />
            ))}
          </ul>
          {rows.length > MOST && (
            <p className="muted">{t('zone.more', { count: rows.length - MOST })}</p>
          )}
        </>
      )}
    </section>
  );
}

function Tried({ one, site }: { one: Schemas['TriedAlert']; site: Site }) {
  const { t, language } = useLanguage();
  const { may } = useSession();
  const what = language === 'zh' ? one.alert.text_zh : one.alert.text_en;
  const name = `${what} ${moment(one.alert.opened_at)}`;
  return (
    <li className={`tried-${one.fate}`}>
      {may('reviews.read') ? <Link to={`/review/${one.alert.id}`}>{name}</Link> : <b>{name}</b>}{' '}
      <b>{t(`fate.${one.fate}`)}</b>{' '}
      {language === 'zh' ? one.because_zh : one.because.replaceAll('_', ' ')}
      <ClipTrial alert={one.alert.id} site={site} />
      {may('cases.capture') && <MakeTest alert={one.alert.id} />}
    </li>
  );
}
