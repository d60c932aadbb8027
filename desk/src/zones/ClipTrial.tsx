/** The draft judged on one alert's clip, beside what was in force: what differs. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { wordOf } from '../shown/words';
import type { Site } from './content';

const ASK_EVERY_MS = 1_000;
type Told = Promise<Schemas['ShownClipTry']>;

const FATES = ['new', 'lost', 'kept'] as const;

export function ClipTrial({ alert, site }: { alert: string; site: Site }) {
  const { t } = useLanguage();
  const problemText = useProblemText();
  const trying = useMutation({
    mutationFn: () => {
      const content = site as unknown as Schemas['TakenClipTry']['content'];
      return body(api.POST('/api/v1/site/try-clip', { body: { content, alert } })) as Told;
    },
  });
  return (
    <div className="clip-trial">
      <Button
        size="small"
        loading={trying.isPending}
        onClick={() => {
          trying.mutate();
        }}
      >
        {t('trial.clip')}
      </Button>
      {trying.error && <Alert type="error" title={problemText(trying.error)} />}
      {trying.data && <Outcome key={trying.data.job} begun={trying.data} />}
    </div>
  );
}

function Outcome({ begun }: { begun: Schemas['ShownClipTry'] }) {
  const { t } = useLanguage();
  const { data: trial = begun } = useQuery({
    queryKey: ['clip-trial', begun.job],
    refetchInterval: ({ state }) =>
      state.data?.state === 'done' || state.data?.state === 'failed' ? false : ASK_EVERY_MS,
    queryFn: () =>
      body(
        api.GET('/api/v1/site/try-clip/{job}', { params: { path: { job: begun.job } } }),
      ) as Told,
  });
  if (trial.state === 'failed') {
    return <Alert type="error" showIcon title={t('job.failed')} description={trial.detail} />;
  }
  if (trial.state !== 'done') return <p role="status">{t('trial.running')}</p>;
  const count = (fate: Schemas['ClipFate']) =>
    trial.things.filter((one) => one.fate === fate).length;
  return (
    <div role="status">
      <p>
        {t('trial.done', {
          new: count('new'),
          lost: count('lost'),
          kept: count('kept'),
          looks: trial.looks,
          length: Math.round(trial.media_s),
        })}{' '}
        {trial.dwell_s !== null && t('trial.fitted', { s: trial.dwell_s })}
      </p>
      <ul className="zone-tried">
        {FATES.flatMap((fate) => trial.things.filter((one) => one.fate === fate)).map((one) => (
          <li key={`${one.fate} ${one.code} ${String(one.opened_s)} ${String(one.box[0])}`}>
            <b className={`trial-${one.fate}`}>{t(`trial.${one.fate}`)}</b> {one.code}{' '}
            {wordOf('thing', one.label, t)} · {one.place} ·{' '}
            {t('trial.at', { s: one.opened_s.toFixed(1) })}
          </li>
        ))}
      </ul>
    </div>
  );
}
