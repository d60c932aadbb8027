/** The first thing a person sees: what this is, and the way in. */
import { useQuery } from '@tanstack/react-query';
import { Card, Typography } from 'antd';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import { Preferences } from '../shell/Preferences';
import { LoginForm } from './LoginForm';

export function LoginPage({ onEnter }: { onEnter: (me: Schemas['Me']) => void }) {
  const { t } = useLanguage();
  const { data: options } = useQuery({
    queryKey: ['login'],
    queryFn: () => body(api.GET('/api/v1/login')),
  });
  return (
    <main className="login">
      <Card className="login-card">
        <img src="/favicon.svg" alt="" width={44} height={44} />
        <Typography.Title level={1}>{t('app.name')}</Typography.Title>
        <Typography.Paragraph type="secondary">{t('app.claim')}</Typography.Paragraph>
        <LoginForm options={options} onEnter={onEnter} />
      </Card>
      <Preferences />
    </main>
  );
}
