/** The address the centre sent: opened once there is a network, kept until it has been. */
import { Button, Result, Spin } from 'antd';
import { useCallback, useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { ApiError, api } from '../api/client';
import { useLanguage } from '../i18n/language';
import { KeptSteps } from './LinkOver';
import { cameByLink, forget } from './remembered';

const RETRY_MS = 5_000;
const TIMEOUT_MS = 20_000;

type Stand = 'none' | 'opening' | 'waiting' | 'broken';

const token = () => window.location.hash.slice(1);
const timely = (request: Request) => fetch(request, { signal: AbortSignal.timeout(TIMEOUT_MS) });

/** Shows `children` once no link waits to be opened. */
export function Link({ children }: { children: ReactNode }) {
  const { t } = useLanguage();
  const [stand, setStand] = useState<Stand>(() => (token() === '' ? 'none' : 'opening'));
  const open = useCallback(async (isOther: boolean) => {
    const opening = token();
    if (opening === '') return;
    try {
      await api.POST('/api/v1/task-links/session', { body: { token: opening }, fetch: timely });
    } catch (error) {
      const isKnown = error instanceof ApiError && error.problem !== null;
      setStand(isKnown && error.status === 404 ? 'broken' : 'waiting');
      return;
    }
    // another officer may be meant: nothing of who was here before is shown
    forget();
    cameByLink();
    window.history.replaceState(null, '', '/officer');
    if (isOther) window.location.reload();
    else setStand('none');
  }, []);
  useEffect(() => {
    const first = window.setTimeout(() => void open(false), 0);
    const changed = () => void open(true);
    window.addEventListener('hashchange', changed);
    return () => {
      window.clearTimeout(first);
      window.removeEventListener('hashchange', changed);
    };
  }, [open]);
  useEffect(() => {
    if (stand !== 'waiting') return undefined;
    const retrying = window.setInterval(() => void open(true), RETRY_MS);
    return () => {
      window.clearInterval(retrying);
    };
  }, [stand, open]);
  if (stand === 'none') return children;
  if (stand === 'opening') return <Spin fullscreen />;
  if (stand === 'broken') {
    return <Result status="warning" title={t('task.link')} subTitle={<KeptSteps />} />;
  }
  return (
    <Result
      status="info"
      title={t('task.link.waiting')}
      subTitle={t('task.link.kept')}
      extra={
        <Button type="primary" size="large" onClick={() => void open(true)}>
          {t('task.retry')}
        </Button>
      }
    />
  );
}
