/** For who may see it: the newest picture, asked for again with each new look; the last one stays until it is there. */
import { useEffect, useState } from 'react';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import { useSession } from '../session/session';

export function LastLook({ camera }: { camera: Schemas['ShownCamera'] }) {
  const { t } = useLanguage();
  const { may } = useSession();
  const mayLook = may('pictures.read');
  const [shown, setShown] = useState('');
  const { picture_url: url, last_look_at: at } = camera;
  useEffect(() => {
    if (url === null || !mayLook) return undefined;
    let isOver = false;
    const picture = new Image();
    picture.onload = () => {
      if (!isOver) setShown(picture.src);
    };
    picture.src = `${url}?at=${encodeURIComponent(at ?? '')}`;
    return () => {
      isOver = true;
    };
  }, [url, at, mayLook]);
  if (shown === '') {
    return (
      <div className="look-none">
        {t(mayLook ? 'camera.nolook' : 'camera.nosight')}
        <span className="unseen"> {camera.title || camera.id}</span>
      </div>
    );
  }
  return <img className="look" src={shown} alt={camera.title || camera.id} />;
}
