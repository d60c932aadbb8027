/** People and what they may do: added, locked out, let in again. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Form, Input, Modal, Select, Switch, Table } from 'antd';
import { useState } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { moment } from '../shown/time';
import '../cameras/cameras.css';
import { Tokens } from './Tokens';

type User = Schemas['ShownUser'];
type Role = User['roles'][number];

const ROLES: readonly Role[] = [
  'viewer',
  'reviewer',
  'senior',
  'legal',
  'officer',
  'auxiliary',
  'contact',
  'engineer',
  'system_admin',
  'security_admin',
  'audit_admin',
];

export function PeoplePage() {
  const { t } = useLanguage();
  const problemText = useProblemText();
  const queries = useQueryClient();
  const [isAdding, setAdding] = useState(false);
  const [made, setMade] = useState('');
  const { data, isLoading } = useQuery({
    queryKey: ['users'],
    queryFn: () => body(api.GET('/api/v1/users')),
  });
  const again = () => queries.invalidateQueries({ queryKey: ['users'] });
  const change = useMutation({
    mutationFn: ({ name, is_active }: { name: string; is_active: boolean }) =>
      api.PATCH('/api/v1/users/{name}', { params: { path: { name } }, body: { is_active } }),
    onSuccess: again,
  });
  const reset = useMutation({
    mutationFn: (name: string) =>
      body(api.POST('/api/v1/users/{name}/password', { params: { path: { name } } })),
    onSuccess: (fresh) => {
      setMade(fresh.password);
    },
  });
  const unlock = useMutation({
    mutationFn: (name: string) =>
      api.POST('/api/v1/users/{name}/unlock', { params: { path: { name } } }),
    onSuccess: again,
  });
  const error = change.error ?? reset.error ?? unlock.error;
  return (
    <>
      <header className="page-head">
        <h1>{t('page.people')}</h1>
        <span className="bar-space" />
        <Button
          type="primary"
          onClick={() => {
            setAdding(true);
          }}
        >
          {t('people.add')}
        </Button>
      </header>
      {error && <Alert type="error" showIcon title={problemText(error)} className="gap-below" />}
      {made !== '' && (
        <Alert
          type="info"
          showIcon
          className="gap-below"
          closable={{
            onClose: () => {
              setMade('');
            },
          }}
          title={t('people.made')}
          description={<code>{made}</code>}
        />
      )}
      <Table<User>
        rowKey="name"
        size="small"
        loading={isLoading}
        pagination={false}
        dataSource={data?.users ?? []}
        columns={[
          { title: t('login.name'), dataIndex: 'name' },
          { title: t('people.fullname'), dataIndex: 'full_name' },
          {
            title: t('people.roles'),
            render: (_, user) => user.roles.map((role) => t(`role.${role}`)).join('、'),
          },
          { title: t('people.certificate'), dataIndex: 'certificate' },
          {
            title: t('people.last'),
            render: (_, user) => (user.last_login_at === null ? '–' : moment(user.last_login_at)),
          },
          {
            title: t('people.active'),
            render: (_, user) => (
              <Switch
                size="small"
                aria-label={`${t('people.active')} ${user.name}`}
                checked={user.is_active}
                onChange={(is_active) => {
                  change.mutate({ name: user.name, is_active });
                }}
              />
            ),
          },
          {
            title: t('people.acts'),
            render: (_, user) => (
              <>
                <Button
                  size="small"
                  type="link"
                  onClick={() => {
                    reset.mutate(user.name);
                  }}
                >
                  {t('people.reset')}
                </Button>
                {user.locked_until !== null && (
                  <Button
                    size="small"
                    type="link"
                    onClick={() => {
                      unlock.mutate(user.name);
                    }}
                  >
                    {t('people.unlock')}
                  </Button>
                )}
              </>
            ),
          },
        ]}
      />
      <Tokens owners={(data?.users ?? []).map((user) => user.name)} />
      <AddPerson
        isOpen={isAdding}
        onClose={() => {
          setAdding(false);
        }}
        onMade={(password) => {
          setAdding(false);
          setMade(password);
          void again();
        }}
      />
    </>
  );
}

interface AddProps {
  isOpen: boolean;
  onClose: () => void;
  onMade: (password: string) => void;
}

function AddPerson({ isOpen, onClose, onMade }: AddProps) {
  const { t } = useLanguage();
  const problemText = useProblemText();
  const add = useMutation({
    mutationFn: (typed: Schemas['TakenUser']) => body(api.POST('/api/v1/users', { body: typed })),
    onSuccess: (user) => {
      onMade(user.password ?? '');
    },
  });
  return (
    <Modal open={isOpen} title={t('people.add')} footer={null} destroyOnHidden onCancel={onClose}>
      {add.error && <Alert type="error" showIcon title={problemText(add.error)} />}
      <Form<Schemas['TakenUser']>
        layout="vertical"
        initialValues={{ certificate: '' }}
        onFinish={(typed) => {
          add.mutate(typed);
        }}
      >
        <Form.Item name="name" label={t('login.name')} rules={[{ required: true }]}>
          <Input maxLength={64} />
        </Form.Item>
        <Form.Item name="full_name" label={t('people.fullname')} rules={[{ required: true }]}>
          <Input maxLength={64} />
        </Form.Item>
        <Form.Item name="roles" label={t('people.roles')} rules={[{ required: true }]}>
          <Select
            mode="multiple"
            options={ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }))}
          />
        </Form.Item>
        <Form.Item name="certificate" label={t('people.certificate')}>
          <Input maxLength={64} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={add.isPending}>
          {t('form.save')}
        </Button>
      </Form>
    </Modal>
  );
}
