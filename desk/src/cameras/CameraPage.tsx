/** One camera: its picture with what is drawn and seen, live, and the dossier it stands on. */
import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Card, Segmented, Table } from 'antd';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { useSession } from '../session/session';
import { span } from '../shown/time';
import { siteOf } from '../zones/content';
import './cameras.css';
import { Faults, Health } from './CamerasPage';
import { DossierCard } from './DossierCard';
import { LastLook } from './LastLook';
import { LivePlayer } from './LivePlayer';

type Way = 'looks' | 'live' | 'debug';

export function CameraPage() {
  const { t } = useLanguage();
  const { may } = useSession();
  const { camera: name = '' } = useParams();
  const problemText = useProblemText();
  const [way, setWay] = useState<Way>('looks');
  const { data: camera, error } = useQuery({
    queryKey: ['camera', name],
    refetchInterval: 3_000,
    queryFn: () =>
      body(api.GET('/api/v1/cameras/{camera}', { params: { path: { camera: name } } })),
  });
  const { data: site } = useQuery({
    queryKey: ['site'],
    enabled: may('site.read'),
    queryFn: () => body(api.GET('/api/v1/site')),
  });
  if (error) return <Alert type="warning" showIcon title={problemText(error)} />;
  if (camera === undefined) return <p className="muted">{t('item.loading')}</p>;
  const section = site === undefined ? undefined : siteOf(site).cameras[name];
  return (
    <>
      <header className="page-head">
        <Link to="/cameras">{t('page.cameras')}</Link>
        <h1>{camera.title || camera.id}</h1>
        <Health camera={camera} />
        <span className="bar-space" />
        {may('alerts.read') && <Link to={`/alerts?camera=${camera.id}`}>{t('camera.alerts')}</Link>}
        {may('site.edit') && (
          <Link to={`/zones/${camera.id}`}>
            <Button type="primary" tabIndex={-1}>
              {t('camera.zone')}
            </Button>
          </Link>
        )}
      </header>
      <Faults camera={camera} />
      <div className="camera-page">
        <div>
          {may('pictures.read') && (
            <Segmented<Way>
              value={way}
              onChange={setWay}
              className="gap-below"
              options={[
                { value: 'looks', label: t('camera.looks.way') },
                { value: 'live', label: t('camera.live') },
                { value: 'debug', label: t('camera.behind') },
              ]}
            />
          )}
          {way === 'looks' && <LastLook camera={camera} />}
          {way === 'live' && <LivePlayer camera={camera} />}
          {way === 'debug' && <Behind name={name} camera={camera} />}
        </div>
        <div>{section !== undefined && <DossierCard camera={section} shown={camera} />}</div>
      </div>
    </>
  );
}

/** What the newest look saw and how every clause stands at every place, candidates too. */
function Behind({ name, camera }: { name: string; camera: Schemas['ShownCamera'] }) {
  const { t, language } = useLanguage();
  const { data } = useQuery({
    queryKey: ['camera-debug', name],
    refetchInterval: 1_000,
    queryFn: () =>
      body(api.GET('/api/v1/cameras/{camera}/debug', { params: { path: { camera: name } } })),
  });
  if (data === undefined) return <p className="muted">{t('item.loading')}</p>;
  return (
    <>
      <div className="behind">
        <LastLook camera={{ ...camera, last_look_at: data.look_at }} />
        <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true" className="drawing">
          {data.zones
            .filter((zone) => data.view === null || zone.view === data.view)
            .map((zone) => (
              <polygon
                key={zone.name}
                className="drawn-zone"
                points={zone.points.map(([x, y]) => `${String(x)},${String(y)}`).join(' ')}
              />
            ))}
          {data.tracks.map(({ box }) => (
            <rect
              key={`${String(box.x1)} ${String(box.y1)} ${String(box.x2)}`}
              className="drawn-box"
              x={box.x1}
              y={box.y1}
              width={box.x2 - box.x1}
              height={box.y2 - box.y1}
            />
          ))}
        </svg>
      </div>
      <p className="muted">
        {t('camera.behind.figures', {
          looks: data.looks,
          since: span(data.seconds_since_last_look ?? 0, language),
          seen: data.tracks.length,
          revision: data.revision.slice(0, 8),
        })}
      </p>
      <Card size="small" title={t('camera.behind.places')}>
        <Table<Schemas['DebugPlace']>
          size="small"
          pagination={false}
          rowKey={(place) => `${place.code} ${place.zone} ${place.slot}`}
          dataSource={[...data.places]}
          locale={{ emptyText: t('camera.behind.none') }}
          columns={[
            { title: t('alerts.code'), dataIndex: 'code' },
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
    </>
  );
}
