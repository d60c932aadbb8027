/** `/`: the first page this person may open. */
import { Result } from 'antd';
import { Navigate } from 'react-router';
import { useLanguage } from '../i18n/language';
import { useSession } from '../session/session';
import { PLACES } from './places';

export function Home() {
  const { t } = useLanguage();
  const { may } = useSession();
  const first = PLACES.find((place) => place.rights.some(may));
  if (first === undefined) return <Result status="info" title={t('page.none')} />;
  return <Navigate to={first.path} replace />;
}
