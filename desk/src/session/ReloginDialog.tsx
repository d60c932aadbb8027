/** The session is over: the same person comes in again over the page, and nothing is lost. */
import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Modal, Typography } from 'antd';
import { useEffect } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import { LoginForm } from './LoginForm';

const LOOK_MS = 2_000;

interface Props {
  name: string;
  onEnter: (me: Schemas['Me']) => void;
}

export function ReloginDialog({ name, onEnter }: Props) {
  const { t } = useLanguage();
  const { data: options } = useQuery({
    queryKey: ['login', 'again'],
    gcTime: 0,
    refetchInterval: LOOK_MS,
    queryFn: () => body(api.GET('/api/v1/login')),
  });
  const other = useEntered(options?.is_known === true, name, onEnter);
  return (
    <Modal
      open
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
      zIndex={3000}
      width={400}
      title={t('login.again')}
      footer={
        <Button
          type="link"
          onClick={() => {
            window.location.reload();
          }}
        >
          {t('login.other')}
        </Button>
      }
    >
      <Typography.Paragraph>{t('login.kept')}</Typography.Paragraph>
      {other !== undefined && (
        <Alert type="warning" showIcon title={t('login.another', { name: other })} />
      )}
      <LoginForm options={options} fixedName={name} onEnter={onEnter} />
    </Modal>
  );
}

/** Whoever came in through another window goes on here; somebody else's name, if it is theirs. */
function useEntered(isKnown: boolean, name: string, onEnter: Props['onEnter']): string | undefined {
  const { data: me } = useQuery({
    queryKey: ['login', 'entered'],
    enabled: isKnown,
    refetchInterval: LOOK_MS,
    gcTime: 0,
    queryFn: () => body(api.GET('/api/v1/me')),
  });
  useEffect(() => {
    if (me?.name === name) onEnter(me);
  }, [me, name, onEnter]);
  return isKnown && me !== undefined && me.name !== name ? me.name : undefined;
}
