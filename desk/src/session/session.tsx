/** Who sits here: the caller as the service knows them, and the login when it does not. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { QueryClient } from '@tanstack/react-query';
import { Spin } from 'antd';
import {
  Fragment,
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { ReactNode } from 'react';
import { ApiError, api, body, onSessionLost, setCsrf } from '../api/client';
import type { Schemas } from '../api/client';
import { closeEvents, openEvents } from '../api/events';
import { LoginPage } from './LoginPage';
import { PasswordPage } from './PasswordPage';
import { ReloginDialog } from './ReloginDialog';

export type Me = Schemas['Me'];
export type Right = Schemas['Right'];

const LOOK_MS = 5_000;

interface Session {
  me: Me;
  /** Whether it is over, and nobody has come in again yet. */
  isLost: boolean;
  may: (right: Right) => boolean;
  logout: () => Promise<void>;
}

const Context = createContext<Session | null>(null);

/** Whether the event stream is open to them. */
function hearsEvents(me: Me | null | undefined): boolean {
  return !!me && !me.must_change_password && me.rights.includes('events.read');
}

/** Asked at `/login` first, which refuses nobody: a browser writes each 401 to its console. */
async function askMe(): Promise<Me | null> {
  try {
    const { is_known } = await body(api.GET('/api/v1/login'));
    if (!is_known) return null;
    const me = await body(api.GET('/api/v1/me'));
    setCsrf(me.csrf);
    return me;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

/** What was asked for somebody else is theirs. */
function forgetOthers(queries: QueryClient): void {
  queries.removeQueries({
    predicate: ({ queryKey }) => queryKey[0] !== 'me' || queryKey.length > 1,
  });
}

interface Props {
  children: ReactNode;
  /** Shown in place of the login to whoever has no password; the page stays, once there. */
  ended?: ReactNode;
}

/** Shows the login until somebody is known, then the desk inside it. */
export function SessionProvider({ children, ended }: Props) {
  const queries = useQueryClient();
  const [isLost, setLost] = useState(false);
  const known = useRef<Me | null>(null);
  const waiting = useRef<(() => void)[]>([]);
  const admit = useCallback(
    (found: Me) => {
      const isAnother = known.current !== null && known.current.name !== found.name;
      known.current = found;
      const held = waiting.current.splice(0);
      // nothing that one person asked for goes out in another's name
      if (isAnother) forgetOthers(queries);
      else for (const go of held) go();
      setLost(false);
    },
    [queries],
  );
  const { data: me } = useQuery({
    queryKey: ['me'],
    staleTime: 60_000,
    retry: 20,
    // no login tells that somebody is in again: another window does
    refetchInterval: ({ state }) =>
      ended !== undefined && (isLost || state.data === null) ? LOOK_MS : false,
    queryFn: async () => {
      const found = await askMe();
      if (found !== null) admit(found);
      // the desk of somebody known stays as it is until they are in again
      else if (known.current !== null) setLost(true);
      return found ?? known.current;
    },
  });
  const name = me?.must_change_password === false ? me.name : undefined;

  const hears = hearsEvents(me);

  useEffect(() => {
    if (name === undefined) return undefined;
    onSessionLost(() => {
      setLost(true);
      return new Promise((resolve) => waiting.current.push(resolve));
    });
    if (hears) openEvents();
    return () => {
      onSessionLost(null);
      closeEvents();
    };
  }, [name, hears]);

  const enter = useCallback(
    (found: Me) => {
      setCsrf(found.csrf);
      admit(found);
      queries.setQueryData(['me'], found);
      closeEvents();
      if (hearsEvents(found)) openEvents();
    },
    [admit, queries],
  );
  const logout = useCallback(async () => {
    await api.POST('/api/v1/logout');
    setCsrf('');
    known.current = null;
    queries.clear();
    queries.setQueryData(['me'], null);
  }, [queries]);
  const session = useMemo(
    () => (me ? { me, isLost, may: (right: Right) => me.rights.includes(right), logout } : null),
    [me, isLost, logout],
  );

  if (me === undefined) return <Spin fullscreen />;
  if (me === null) return ended ?? <LoginPage onEnter={enter} />;
  if (me.must_change_password) return <PasswordPage name={me.name} onEnter={enter} />;
  return (
    <Context value={session}>
      <Fragment key={me.name}>{children}</Fragment>
      {isLost && ended === undefined && <ReloginDialog name={me.name} onEnter={enter} />}
    </Context>
  );
}

/** The caller; only inside the desk. */
export function useSession(): Session {
  const session = useContext(Context);
  if (session === null) throw new Error('useSession outside SessionProvider');
  return session;
}
