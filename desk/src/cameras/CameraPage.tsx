/** One camera: its picture with what is drawn and seen, live, and the dossier it stands on. */
import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Segmented } from 'antd';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { api, body } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { useSession } from '../session/session';
import { siteOf } from '../zones/content';
import { Behind } from './Behind';
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
