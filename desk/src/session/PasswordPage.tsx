/** A password somebody else made is changed before anything else. */
import { Alert, Button, Card, Form, Input, Typography } from 'antd';
import { useState } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';

export function PasswordPage({ onEnter }: { onEnter: (me: Schemas['Me']) => void }) {
  const { t } = useLanguage();
  return (
    <main className="login">
      <Card className="login-card">
        <Typography.Title level={1}>{t('password.change')}</Typography.Title>
        <Typography.Paragraph type="secondary">{t('password.why')}</Typography.Paragraph>
        <PasswordForm onEnter={onEnter} />
      </Card>
    </main>
  );
}

/** Old and new password; used by the page above and by the user's menu. */
export function PasswordForm({ onEnter }: { onEnter: (me: Schemas['Me']) => void }) {
  const { t } = useLanguage();
  const problemText = useProblemText();
  const [problem, setProblem] = useState('');
  const [isSending, setSending] = useState(false);
  const send = async ({ old, fresh }: { old: string; fresh: string }) => {
    setSending(true);
    try {
      await api.POST('/api/v1/me/password', { body: { old, new: fresh } });
      onEnter(await body(api.GET('/api/v1/me')));
    } catch (error) {
      setProblem(problemText(error));
    } finally {
      setSending(false);
    }
  };
  return (
    <Form layout="vertical" onFinish={(typed: { old: string; fresh: string }) => void send(typed)}>
      {problem !== '' && <Alert type="error" showIcon title={problem} className="gap-below" />}
      <Form.Item name="old" label={t('password.old')} rules={[{ required: true }]}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      <Form.Item name="fresh" label={t('password.new')} rules={[{ required: true }]}>
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={isSending}>
        {t('password.change')}
      </Button>
    </Form>
  );
}
