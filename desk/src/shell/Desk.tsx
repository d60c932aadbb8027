/** The frame of every page of the desk: one slim bar, then the page. */
import { Result } from 'antd';
import { Outlet, useLocation } from 'react-router';
import { AlarmBar } from '../alarms/AlarmBar';
import { useLanguage } from '../i18n/language';
import { SessionProvider, useSession } from '../session/session';
import { HIDDEN, PLACES } from './places';
import { TopBar } from './TopBar';

export function Desk() {
  return (
    <SessionProvider>
      <TopBar />
      <AlarmBar />
      <main className="page" id="page">
        <Permitted />
      </main>
    </SessionProvider>
  );
}

/** The page, for who may open it; who may not is told before anything is asked. */
function Permitted() {
  const { t } = useLanguage();
  const { may } = useSession();
  const { pathname } = useLocation();
  const place = [...PLACES, ...HIDDEN].find(
    ({ path }) => pathname === path || pathname.startsWith(`${path}/`),
  );
  if (place !== undefined && !place.rights.some(may)) {
    return <Result status="403" title={t('page.refused')} />;
  }
  return <Outlet />;
}
