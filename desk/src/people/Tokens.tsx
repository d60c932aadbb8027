/** Tokens for programs: made with few rights and an end, shown once, revoked at once. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Empty, Form, Input, Modal, Select, Table, Typography } from 'antd';
import { useState } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { full } from '../shown/time';

type Token = Schemas['ShownToken'];
type Right = Token['rights'][number];

const RIGHTS: readonly Right[] = [
  'alerts.read',
  'evidence.read',
  'cameras.read',
  'pictures.read',
  'events.read',
  'reviews.read',
  'reports.read',
  'site.read',
];
const DAYS = [30, 90, 365];
const DAY_MS = 86_400_000;

interface Typed {
  title: string;
  owner: string;
  rights: Right[];
  days: number;
}

export function Tokens({ owners }: { owners: readonly string[] }) {
  const { t } = useLanguage();
  const problemText = useProblemText();
  const queries = useQueryClient();
  const [isAdding, setAdding] = useState(false);
  const { data } = useQuery({
    queryKey: ['tokens'],
    queryFn: () => body(api.GET('/api/v1/tokens')),
  });
  const again = () => queries.invalidateQueries({ queryKey: ['tokens'] });
  const make = useMutation({
    mutationFn: ({ title, owner, rights, days }: Typed) => {
      const expires_at = new Date(Date.now() + days * DAY_MS).toISOString();
      return body(api.POST('/api/v1/tokens', { body: { title, owner, rights, expires_at } }));
    },
    onSuccess: () => {
      setAdding(false);
      void again();
    },
  });
  const revoke = useMutation({
    mutationFn: (token: string) =>
      api.DELETE('/api/v1/tokens/{token}', { params: { path: { token } } }),
    onSuccess: again,
  });
  const made = make.data;
  return (
    <section className="tokens" aria-label={t('people.tokens')}>
      <header className="page-head">
        <h2>{t('people.tokens')}</h2>
        <span className="bar-space" />
        <Button
          onClick={() => {
            make.reset();
            setAdding(true);
          }}
        >
          {t('people.addtoken')}
        </Button>
      </header>
      {revoke.error && <Alert type="error" showIcon title={problemText(revoke.error)} />}
      {made !== undefined && (
        <Alert
          type="info"
          showIcon
          className="gap-below"
          title={t('people.secret')}
          description={
            <Typography.Text copyable code>
              {made.secret}
            </Typography.Text>
          }
          closable={{ onClose: make.reset }}
        />
      )}
      <Table<Token>
        locale={{ emptyText: <Empty description={t('people.notokens')} /> }}
        rowKey="id"
        size="small"
        pagination={false}
        dataSource={data?.tokens ?? []}
        columns={[
          { title: t('people.token'), dataIndex: 'title' },
          { title: t('people.owner'), dataIndex: 'owner' },
          { title: t('people.rights'), render: (_, one) => one.rights.join(', ') },
          { title: t('people.expires'), render: (_, one) => full(one.expires_at) },
          {
            title: t('people.used'),
            render: (_, one) => (one.last_used_at === null ? '–' : full(one.last_used_at)),
          },
          {
            title: t('people.acts'),
            render: (_, one) =>
              one.revoked_at === null ? (
                <Button
                  size="small"
                  type="link"
                  danger
                  onClick={() => {
                    revoke.mutate(one.id);
                  }}
                >
                  {t('people.revoke')}
                </Button>
              ) : (
                t('people.revoked', { at: full(one.revoked_at) })
              ),
          },
        ]}
      />
      <Modal
        open={isAdding}
        title={t('people.addtoken')}
        footer={null}
        destroyOnHidden
        onCancel={() => {
          setAdding(false);
        }}
      >
        {make.error && <Alert type="error" showIcon title={problemText(make.error)} />}
        <Form<Typed>
          layout="vertical"
          initialValues={{ days: 90, rights: ['alerts.read'] }}
          onFinish={(typed) => {
            make.mutate(typed);
          }}
        >
          <Form.Item name="title" label={t('people.token')} rules={[{ required: true }]}>
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item name="owner" label={t('people.owner')} rules={[{ required: true }]}>
            <Select options={owners.map((one) => ({ value: one, label: one }))} />
          </Form.Item>
          <Form.Item name="rights" label={t('people.rights')} rules={[{ required: true }]}>
            <Select mode="multiple" options={RIGHTS.map((one) => ({ value: one, label: one }))} />
          </Form.Item>
          <Form.Item name="days" label={t('people.expires')}>
            <Select
              options={DAYS.map((days) => ({ value: days, label: t('people.days', { days }) }))}
            />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={make.isPending}>
            {t('form.save')}
          </Button>
        </Form>
      </Modal>
    </section>
  );
}
