/** The wall of last looks: how each camera is, what is wrong with it, what helps. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Input, Segmented, Tag } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useEvents } from '../api/events';
import { useLanguage } from '../i18n/language';
import { useSession } from '../session/session';
import { span } from '../shown/time';
import './cameras.css';
import { LastLook } from './LastLook';

const LOOK_MS = 5_000;

type Shown = 'all' | 'faulty';

export function CamerasPage() {
  const { t } = useLanguage();
  const { may } = useSession();
  const queries = useQueryClient();
  const [typed, setTyped] = useState('');
  const [shown, setShown] = useState<Shown>('all');
  const { data } = useQuery({
    queryKey: ['cameras'],
    queryFn: () => body(api.GET('/api/v1/cameras')),
    refetchInterval: LOOK_MS,
  });
  useEvents((event) => {
    if (event.name === 'site.changed') void queries.invalidateQueries({ queryKey: ['cameras'] });
  });
  const cameras = data?.cameras ?? [];
  const faulty = cameras.filter(isFaulty);
  const found = (shown === 'all' ? cameras : faulty).filter((one) =>
    `${one.id} ${one.title} ${one.area}`.toLowerCase().includes(typed.trim().toLowerCase()),
  );
  return (
    <>
      <header className="page-head">
        <h1>{t('page.cameras')}</h1>
        <Segmented<Shown>
          value={shown}
          onChange={setShown}
          options={[
            { value: 'all', label: t('camera.all', { count: cameras.length }) },
            { value: 'faulty', label: t('camera.faulty', { count: faulty.length }) },
          ]}
        />
        <Input
          allowClear
          className="camera-search"
          aria-label={t('camera.search')}
          placeholder={t('camera.search')}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
          }}
        />
        <span className="bar-space" />
        {may('site.edit') && (
          <Link to="/cameras/add-one">
            <Button type="primary" tabIndex={-1}>
              {t('camera.add')}
            </Button>
          </Link>
        )}
      </header>
      <div className="wall">
        {found.map((camera) => (
          <CameraCard key={camera.id} camera={camera} />
        ))}
      </div>
    </>
  );
}

function isFaulty(camera: Schemas['ShownCamera']): boolean {
  return camera.state !== 'live' || camera.faults.length > 0;
}

function CameraCard({ camera }: { camera: Schemas['ShownCamera'] }) {
  const { t } = useLanguage();
  return (
    <Card size="small" className={isFaulty(camera) ? 'camera camera-faulty' : 'camera'}>
      <Link to={`/cameras/${camera.id}`}>
        <LastLook camera={camera} />
      </Link>
      <div className="camera-words">
        <h2>{camera.title || camera.id}</h2>
        <Health camera={camera} />
        <span className="muted">{camera.area}</span>
        <Faults camera={camera} />
        {camera.looks_missed > 0 && (
          <span className="warn">{t('camera.missed', { count: camera.looks_missed })}</span>
        )}
      </div>
    </Card>
  );
}

/** State, last look, codec, key interval. */
export function Health({ camera }: { camera: Schemas['ShownCamera'] }) {
  const { t, language } = useLanguage();
  const looked = camera.seconds_since_last_look;
  return (
    <>
      <Tag color={camera.state === 'live' ? 'success' : 'warning'}>{t(`feed.${camera.state}`)}</Tag>
      <span>
        {looked === null
          ? t('camera.nolook')
          : t('camera.lastlook', { span: span(looked, language) })}
      </span>
      {camera.codec !== null && (
        <span className="muted">
          {camera.codec}
          {camera.key_interval_s !== null &&
            ` · ${t('camera.key', { s: camera.key_interval_s.toFixed(1) })}`}
        </span>
      )}
    </>
  );
}

/** What is wrong and what to do about it. */
export function Faults({ camera }: { camera: Schemas['ShownCamera'] }) {
  const { t } = useLanguage();
  return camera.faults.map(({ code }) => (
    <p key={code} className="fault">
      <b>{t(`fault.${code}`)}</b> {t('camera.remedy')}: {t(`remedy.${code}`)}
    </p>
  ));
}
