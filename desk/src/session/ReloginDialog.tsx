/** The session is over: the same person comes in again over the page, and nothing is lost. */
import { Button, Modal, Typography } from 'antd';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import { LoginForm } from './LoginForm';

interface Props {
  name: string;
  onEnter: (me: Schemas['Me']) => void;
}

export function ReloginDialog({ name, onEnter }: Props) {
  const { t } = useLanguage();
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
      <LoginForm options={undefined} fixedName={name} onEnter={onEnter} />
    </Modal>
  );
}
