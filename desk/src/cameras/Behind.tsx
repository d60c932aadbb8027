/** What the newest look saw and how every clause stands at every place, candidates too. */
import { useQuery } from '@tanstack/react-query';
import { Card, Table } from 'antd';
import { useState } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import { span } from '../shown/time';
import { wordOf } from '../shown/words';
import { LastLook } from './LastLook';
import { rateOf } from './look_rate';
import type { Counted } from './look_rate';

export function Behind({ name, camera }: { name: string; camera: Schemas['ShownCamera'] }) {
  const { t, language } = useLanguage();
  const { data } = useQuery({
    queryKey: ['camera-debug', name],
    refetchInterval: 1_000,
    queryFn: () =>
      body(
        api.GET('/api/v1/cameras/{camera}/debug', { params: { path: { camera: name } } }),
      ) as Promise<Schemas['DebugView']>,
  });
  const rate = useLookRate(data?.looks);
  if (data === undefined) return <p className="muted">{t('item.loading')}</p>;
  return (
    <>
      <div className="behind">
        <LastLook camera={{ ...camera, last_look_at: data.look_at }} />
        <Seen debug={data} />
      </div>
      <p className="muted">
        {t('camera.behind.figures', {
          looks: data.looks,
          rate: rate === null ? '–' : rate.toFixed(1),
          since: span(data.seconds_since_last_look ?? 0, language),
          seen: data.tracks.length,
          revision: data.revision.slice(0, 8),
        })}
      </p>
      {data.unseen.length > 0 && (
        <p className="muted">
          <span className="unseen-key" aria-hidden="true" /> {t('camera.behind.unseen')}
        </p>
      )}
      <Places places={data.places} />
    </>
  );
}

/** Zones, what was seen with its class and score, and what nothing can be said about. */
function Seen({ debug }: { debug: Schemas['DebugView'] }) {
  const { t } = useLanguage();
  const percent = (share: number) => `${String(share * 100)}%`;
  const place = (box: Schemas['ShownBox']) => ({
    left: percent(box.x1),
    top: percent(box.y1),
    width: percent(box.x2 - box.x1),
    height: percent(box.y2 - box.y1),
  });
  return (
    <>
      {debug.unseen.map(({ box, why }, n) => (
        <div key={`${why} ${String(n)}`} className="unseen-area" style={place(box)} />
      ))}
      <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true" className="drawing">
        {debug.zones
          .filter((zone) => debug.view === null || zone.view === debug.view)
          .map((zone) => (
            <polygon
              key={zone.name}
              className="drawn-zone"
              points={zone.points.map(([x, y]) => `${String(x)},${String(y)}`).join(' ')}
            />
          ))}
      </svg>
      {debug.tracks.map(({ box, label, score, id }, n) => (
        <div key={id ?? String(n)} className="seen-box" style={place(box)}>
          {hasRoom(debug.tracks, n) && (
            <span className={box.y1 < 0.05 ? 'inside' : ''}>
              {wordOf('thing', label, t)} {score.toFixed(2)}
            </span>
          )}
        </div>
      ))}
    </>
  );
}

/** Whether a label here lies over none before it, as shares of the picture. */
function hasRoom(tracks: readonly Schemas['DebugTrack'][], n: number): boolean {
  const own = tracks[n]?.box;
  if (own === undefined) return false;
  return tracks
    .slice(0, n)
    .every(({ box }) => Math.abs(box.x1 - own.x1) > 0.16 || Math.abs(box.y1 - own.y1) > 0.05);
}

function Places({ places }: { places: readonly Schemas['DebugPlace'][] }) {
  const { t, language } = useLanguage();
  return (
    <Card size="small" title={t('camera.behind.places')}>
      <Table<Schemas['DebugPlace']>
        size="small"
        pagination={false}
        rowKey={(place) => `${place.code} ${place.zone} ${place.slot}`}
        dataSource={[...places]}
        locale={{ emptyText: t('camera.behind.none') }}
        columns={[
          {
            title: t('alert.what'),
            render: (_, one) => (language === 'zh' ? one.text_zh : one.text_en),
          },
          { title: t('zone.name'), render: (_, one) => `${one.zone} ${one.slot}` },
          { title: t('alert.life'), render: (_, one) => t(`life.${one.life}`) },
          { title: t('alert.observed'), render: (_, one) => span(one.observed_s, language) },
          {
            title: t('item.trace'),
            render: (_, one) => (
              <ul className="places">
                {one.clauses.map((clause) => (
                  <li key={clause.clause} className={`truth-${clause.truth}`}>
                    {language === 'zh' ? clause.text_zh : clause.text_en}
                  </li>
                ))}
              </ul>
            ),
          },
        ]}
      />
    </Card>
  );
}

/** Looks a second over the last ones counted; null until two counts are known. */
function useLookRate(looks: number | undefined): number | null {
  const [counted, setCounted] = useState<readonly Counted[]>([]);
  const last = counted.at(-1);
  if (looks !== undefined && looks !== last?.looks) {
    setCounted([...counted.slice(-9), { looks, at_ms: performance.now() }]);
  }
  return rateOf(counted);
}
