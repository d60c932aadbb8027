/** The frame of every page of the desk: one slim bar, then the page. */
import { useQueryClient } from '@tanstack/react-query';
import { Result } from 'antd';
import { Outlet, useLocation } from 'react-router';
import { AlarmBar } from '../alarms/AlarmBar';
import { useEvents } from '../api/events';
import { useLanguage } from '../i18n/language';
import { SessionProvider, useSession } from '../session/session';
import { HIDDEN, PLACES } from './places';
import { TopBar } from './TopBar';

export function Desk() {
  return (
    <SessionProvider>
      <Anew />
      <TopBar />
      <AlarmBar />
      <main className="page" id="page">
        <Permitted />
      </main>
    </SessionProvider>
  );
}

/** Everything shown is asked for anew when events may have been missed. */
function Anew() {
  const queries = useQueryClient();
  useEvents((event) => {
    if (event.name !== 'feed.reset') return;
    // the site is loaded into a draft, and drafts are not overwritten
    const predicate = ({ queryKey: [what] }: { queryKey: readonly unknown[] }) =>
      what !== 'site' && what !== 'me';
    void queries.invalidateQueries({ predicate });
  });
  return null;
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
