/** The wall of last looks: how each camera is, what is wrong with it, what helps. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Card, Tag } from 'antd';
import { useEffect, useState } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useEvents } from '../api/events';
import { useLanguage } from '../i18n/language';
import { span } from '../shown/time';
import './cameras.css';

const LOOK_MS = 5_000;

export function CamerasPage() {
  const { t } = useLanguage();
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: ['cameras'],
    queryFn: () => body(api.GET('/api/v1/cameras')),
    refetchInterval: LOOK_MS,
  });
  useEvents((event) => {
    if (event.name === 'site.changed') void queries.invalidateQueries({ queryKey: ['cameras'] });
  });
  return (
    <>
      <header className="page-head">
        <h1>{t('page.cameras')}</h1>
      </header>
      <div className="wall">
        {(data?.cameras ?? []).map((camera) => (
          <CameraCard key={camera.id} camera={camera} />
        ))}
      </div>
    </>
  );
}

function CameraCard({ camera }: { camera: Schemas['ShownCamera'] }) {
  const { t, language } = useLanguage();
  const looked = camera.seconds_since_last_look;
  return (
    <Card size="small" className="camera">
      <LastLook camera={camera} />
      <div className="camera-words">
        <h2>{camera.title || camera.id}</h2>
        <Tag color={camera.state === 'live' ? 'success' : 'warning'}>
          {t(`feed.${camera.state}`)}
        </Tag>
        <span>
          {looked === null
            ? t('camera.nolook')
            : t('camera.lastlook', { span: span(looked, language) })}
        </span>
        <span>
          {camera.codec} ·{' '}
          {camera.key_interval_s !== null &&
            t('camera.key', { s: camera.key_interval_s.toFixed(1) })}
        </span>
        {camera.looks_missed > 0 && (
          <span className="warn">{t('camera.missed', { count: camera.looks_missed })}</span>
        )}
        {camera.faults.map((fault) => (
          <p key={fault.code} className="fault">
            <b>{language === 'zh' ? fault.text_zh : fault.code}</b> {t('camera.remedy')}:{' '}
            {fault.remedy}
          </p>
        ))}
      </div>
    </Card>
  );
}

/** The newest picture, asked for again with each new look; the last one stays until it is there. */
function LastLook({ camera }: { camera: Schemas['ShownCamera'] }) {
  const { t } = useLanguage();
  const [shown, setShown] = useState('');
  const { picture_url: url, last_look_at: at } = camera;
  useEffect(() => {
    if (url === null) return undefined;
    let isOver = false;
    const picture = new Image();
    picture.onload = () => {
      if (!isOver) setShown(picture.src);
    };
    picture.src = `${url}?at=${encodeURIComponent(at ?? '')}`;
    return () => {
      isOver = true;
    };
  }, [url, at]);
  if (shown === '') return <div className="look-none">{t('camera.nolook')}</div>;
  return <img className="look" src={shown} alt={camera.title || camera.id} />;
}
