/** The frame of every page of the desk: one slim bar, then the page. */
import { Outlet } from 'react-router';
import { AlarmBar } from '../alarms/AlarmBar';
import { SessionProvider } from '../session/session';
import { TopBar } from './TopBar';

export function Desk() {
  return (
    <SessionProvider>
      <TopBar />
      <AlarmBar />
      <main className="page" id="page">
        <Outlet />
      </main>
    </SessionProvider>
  );
}
