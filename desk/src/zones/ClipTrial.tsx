/** The draft judged on one alert's clip, beside what is in force: what differs. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, Button, InputNumber } from 'antd';
import { useState } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import type { Site } from './content';

const ASK_EVERY_MS = 1_000;
/** A clip begins ten seconds before the alert opened: longer dwells never end in it. */
const FITS_S = 8;

export function ClipTrial({ alert, site }: { alert: string; site: Site }) {
  const { t } = useLanguage();
  const problemText = useProblemText();
  const [dwell, setDwell] = useState<number | null>(FITS_S);
  const trying = useMutation({
    mutationFn: async () => {
      const content = site as unknown as Schemas['TakenDraft']['content'];
      const note = t('trial.note');
      const { revision } = await body(api.POST('/api/v1/site/drafts', { body: { content, note } }));
      return body(
        api.POST('/api/v1/site/revisions/{revision}/try-clip', {
          params: { path: { revision } },
          body: { alert, dwell_s: dwell },
        }),
      );
    },
  });
  return (
    <div className="clip-trial">
      <span>
        <Button
          size="small"
          loading={trying.isPending}
          onClick={() => {
            trying.mutate();
          }}
        >
          {t('trial.clip')}
        </Button>{' '}
        <InputNumber
          size="small"
          className="trial-dwell"
          min={1}
          max={3600}
          aria-label={t('trial.dwell')}
          placeholder={t('trial.drawn')}
          value={dwell}
          onChange={setDwell}
        />{' '}
        <span className="muted">{t('trial.dwell')}</span>
      </span>
      {trying.error && <Alert type="error" title={problemText(trying.error)} />}
      {trying.data && <Outcome begun={trying.data} dwell={dwell} />}
    </div>
  );
}

function Outcome({ begun, dwell }: { begun: Schemas['ShownTrial']; dwell: number | null }) {
  const { t, language } = useLanguage();
  const { data: trial = begun } = useQuery({
    queryKey: ['clip-trial', begun.job],
    refetchInterval: ({ state }) =>
      state.data?.state === 'done' || state.data?.state === 'failed' ? false : ASK_EVERY_MS,
    queryFn: () =>
      body(api.GET('/api/v1/site/clip-trials/{job}', { params: { path: { job: begun.job } } })),
  });
  if (trial.state === 'failed') {
    return <Alert type="error" showIcon title={t('job.failed')} description={trial.detail} />;
  }
  if (trial.state !== 'done') return <p role="status">{t('trial.running')}</p>;
  const isTooShort =
    dwell === null &&
    trial.length_s !== null &&
    trial.longest_dwell_s !== null &&
    trial.longest_dwell_s >= trial.length_s;
  const groups = [
    ['gained', trial.gained],
    ['lost', trial.lost],
    ['kept', trial.kept],
  ] as const;
  return (
    <div role="status">
      <p>
        {t('trial.done', {
          gained: trial.gained.length,
          lost: trial.lost.length,
          kept: trial.kept.length,
          looks: trial.looks ?? 0,
          length: Math.round(trial.length_s ?? 0),
        })}
      </p>
      {isTooShort && <p className="warn">{t('trial.short')}</p>}
      <ul className="zone-tried">
        {groups.flatMap(([fate, raised]) =>
          raised.map((one) => (
            <li key={`${fate} ${one.code} ${String(one.opened_s)} ${String(one.box.x1)}`}>
              <b className={`trial-${fate}`}>{t(`trial.${fate}`)}</b> {one.code}{' '}
              {language === 'zh' ? one.text_zh : one.text_en} · {one.place} ·{' '}
              {t('trial.at', { s: one.opened_s.toFixed(1) })}
            </li>
          )),
        )}
      </ul>
    </div>
  );
}
