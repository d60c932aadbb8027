/** The officer's phone: what to do, where, and one tap for what came of it; works offline. */
import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Result, Tag } from 'antd';
import { useEffect, useState } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useEvents } from '../api/events';
import { useLanguage } from '../i18n/language';
import { SessionProvider, useSession } from '../session/session';
import { Preferences } from '../shell/Preferences';
import { Link } from './link';
import { LinkOver, NextLink } from './LinkOver';
import './officer.css';
import { Refused } from './Refused';
import { forget, hasPassword, isByLink, remember, remembered } from './remembered';
import { keepShell } from './shell_cache';
import { TaskCard } from './TaskCard';
import { useOutbox } from './useOutbox';

export function OfficerPage() {
  return (
    <Link>
      <Known />
    </Link>
  );
}

/** Who was here last is shown until the service says who it is. */
function Known() {
  const queries = useQueryClient();
  useState(() => {
    const before = remembered();
    if (before !== null) queries.setQueryData(['me'], before.me, { updatedAt: 0 });
  });
  const [byLink, setByLink] = useState(isByLink);
  const { data: me } = useQuery<Schemas['Me'] | null>({ queryKey: ['me'], queryFn: skipToken });
  useEffect(() => {
    if (me === null) forget();
  }, [me]);
  const logIn = () => {
    hasPassword();
    setByLink(false);
  };
  return (
    <SessionProvider ended={byLink ? <LinkOver onPassword={logIn} /> : undefined}>
      <Tasks onPassword={byLink ? logIn : undefined} />
    </SessionProvider>
  );
}

/** `onPassword` is there for who came by a link: at its end they may log in instead. */
function Tasks({ onPassword }: { onPassword: (() => void) | undefined }) {
  const { t } = useLanguage();
  const { me, isLost } = useSession();
  const queries = useQueryClient();
  const outbox = useOutbox(me.name);
  const [before] = useState(remembered);
  const { data, isSuccess } = useQuery({
    queryKey: ['my-tasks'],
    queryFn: () => body(api.GET('/api/v1/tasks/mine')),
    initialData: before?.me.name === me.name ? { tasks: before.tasks } : undefined,
    initialDataUpdatedAt: 0,
    refetchInterval: 20_000,
    gcTime: Infinity,
    networkMode: 'always',
  });
  useEvents((event) => {
    if (event.name === 'task.changed') void queries.invalidateQueries({ queryKey: ['my-tasks'] });
  });
  useEffect(() => {
    if (data !== undefined) remember(me, data.tasks);
  }, [me, data]);
  useEffect(() => {
    // the page works without it; the next opening tries again
    if (isSuccess) keepShell().catch(() => undefined);
  }, [isSuccess]);
  const { steps, others, isShut } = outbox;
  const refused = steps.filter((step) => step.refused);
  const queued = steps.length - refused.length;
  return (
    <main className="officer">
      <header className="officer-head">
        <h1>{t('page.officer')}</h1>
        <span role="status">
          {queued > 0 ? (
            <Tag color="warning">{t('task.queued', { count: queued })}</Tag>
          ) : (
            <Tag color={refused.length > 0 ? 'default' : 'success'}>
              {t(refused.length > 0 ? 'task.rest.sent' : 'task.sent')}
            </Tag>
          )}
          {refused.length > 0 && (
            <Tag color="error">{t('task.refused', { count: refused.length })}</Tag>
          )}
        </span>
        <span className="bar-space" />
        <Preferences />
      </header>
      {isLost && onPassword !== undefined && (
        <Alert
          type="warning"
          showIcon
          className="gap-below"
          title={t('link.over')}
          description={<NextLink onPassword={onPassword} />}
        />
      )}
      {isShut && <Alert type="error" showIcon title={t('task.shut')} className="gap-below" />}
      {others > 0 && (
        <Alert type="info" title={t('task.others', { count: others })} className="gap-below" />
      )}
      <Refused steps={refused} outbox={outbox} />
      {data?.tasks.length === 0 && <Result status="success" title={t('task.none')} />}
      {(data?.tasks ?? []).map((task) => (
        <TaskCard key={task.id} task={task} person={me.name} outbox={outbox} />
      ))}
    </main>
  );
}
