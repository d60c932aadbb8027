/** Name and password, or the other way in that the bureau has set up. */
import { Alert, Button, Divider, Form, Input } from 'antd';
import { useState } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';

interface Props {
  options: Schemas['LoginOptions'] | undefined;
  fixedName?: string;
  onEnter: (me: Schemas['Me']) => void;
}

export function LoginForm({ options, fixedName, onEnter }: Props) {
  const { t } = useLanguage();
  const problemText = useProblemText();
  const [problem, setProblem] = useState('');
  const [isSending, setSending] = useState(false);
  const send = async (typed: Schemas['TakenLogin']) => {
    setSending(true);
    setProblem('');
    try {
      onEnter(await body(api.POST('/api/v1/login', { body: typed })));
    } catch (error) {
      setProblem(problemText(error));
    } finally {
      setSending(false);
    }
  };
  return (
    <Form<Schemas['TakenLogin']>
      layout="vertical"
      requiredMark={false}
      initialValues={{ name: fixedName ?? '', password: '' }}
      onFinish={(typed) => void send(typed)}
    >
      {problem !== '' && <Alert type="error" showIcon title={problem} className="gap-below" />}
      <Form.Item
        name="name"
        label={t('login.name')}
        rules={[{ required: true, message: t('form.required') }]}
      >
        <Input
          autoComplete="username"
          size="large"
          readOnly={fixedName !== undefined}
          // eslint-disable-next-line jsx-a11y/no-autofocus -- the login has one thing to do
          autoFocus={fixedName === undefined}
        />
      </Form.Item>
      <Form.Item
        name="password"
        label={t('login.password')}
        rules={[{ required: true, message: t('form.required') }]}
      >
        <Input.Password
          autoComplete="current-password"
          size="large"
          // eslint-disable-next-line jsx-a11y/no-autofocus -- the name is known already
          autoFocus={fixedName !== undefined}
        />
      </Form.Item>
      <Button type="primary" size="large" block htmlType="submit" loading={isSending}>
        {t('login.enter')}
      </Button>
      {options?.oidc_url && (
        <>
          <Divider plain>{t('login.or')}</Divider>
          <Button
            size="large"
            block
            href={options.oidc_url}
            // over a page with something on it, the other way in has a window of its own
            {...(fixedName === undefined ? {} : { target: '_blank', rel: 'noreferrer' })}
          >
            {options.oidc_title ?? 'OIDC'}
          </Button>
        </>
      )}
    </Form>
  );
}
