/** What else the evidence shows: the thing close up, the whole scene, looks again, its arrival. */
import { Image } from 'antd';
import { useLanguage } from '../i18n/language';
import { moment } from '../shown/time';
import type { Detail } from './item';
import { moreOf } from './item';

export function MorePictures({ detail }: { detail: Detail }) {
  const { t } = useLanguage();
  const { pictures, arrival } = moreOf(detail);
  if (pictures.length === 0 && arrival === undefined) return null;
  return (
    <>
      <h3>{t('more.title')}</h3>
      <div className="more-pictures">
        <Image.PreviewGroup>
          {pictures.map((file) => (
            <figure key={file.url}>
              <Image src={file.url} alt={t(`role.${file.role}`)} width="100%" />
              <figcaption>
                {t(`role.${file.role}`)} {moment(file.captured_at)}
              </figcaption>
            </figure>
          ))}
        </Image.PreviewGroup>
      </div>
      {arrival !== undefined && (
        <a href={arrival.url} target="_blank" rel="noreferrer">
          {t('role.arrival')} {moment(arrival.captured_at)}
        </a>
      )}
    </>
  );
}
