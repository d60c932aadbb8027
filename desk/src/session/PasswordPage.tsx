/** A password somebody else made is changed before anything else. */
import { Alert, Button, Card, Form, Input, Typography } from 'antd';
import { useState } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';

interface Props {
  name: string;
  onEnter: (me: Schemas['Me']) => void;
}

export function PasswordPage({ name, onEnter }: Props) {
  const { t } = useLanguage();
  return (
    <main className="login">
      <Card className="login-card">
        <Typography.Title level={1}>{t('password.change')}</Typography.Title>
        <Typography.Paragraph type="secondary">{t('password.why')}</Typography.Paragraph>
        <PasswordForm name={name} onEnter={onEnter} />
      </Card>
    </main>
  );
}

/** Old and new password; a change ends every session, so the new one is entered at once. */
function PasswordForm({ name, onEnter }: Props) {
  const { t } = useLanguage();
  const problemText = useProblemText();
  const [problem, setProblem] = useState('');
  const [isSending, setSending] = useState(false);
  const send = async ({ old, fresh }: { old: string; fresh: string }) => {
    setSending(true);
    try {
      await api.POST('/api/v1/me/password', { body: { old, new: fresh } });
      onEnter(await body(api.POST('/api/v1/login', { body: { name, password: fresh } })));
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
