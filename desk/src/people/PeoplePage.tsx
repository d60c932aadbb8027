/** People and what they may do: added, changed, locked out, let in again. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Switch, Table } from 'antd';
import { useState } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { moment } from '../shown/time';
import '../cameras/cameras.css';
import { PersonForm } from './PersonForm';
import { Tokens } from './Tokens';

type User = Schemas['ShownUser'];
export function PeoplePage() {
  const { t } = useLanguage();
  const problemText = useProblemText();
  const queries = useQueryClient();
  const [edited, setEdited] = useState<User | 'new' | null>(null);
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
            setEdited('new');
          }}
        >
          {t('people.add')}
        </Button>
      </header>
      {error && <Alert type="error" showIcon title={problemText(error)} className="gap-below" />}
      <FirstPassword
        password={made}
        onClose={() => {
          setMade('');
        }}
      />
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
            title: t('people.scope'),
            render: (_, { scope }) =>
              [...(scope.areas ?? []), ...(scope.cameras ?? [])].join('、') ||
              t('people.scope.all'),
          },
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
                  aria-label={`${t('people.change')} ${user.name}`}
                  onClick={() => {
                    setEdited(user);
                  }}
                >
                  {t('people.change')}
                </Button>
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
      {edited !== null && (
        <PersonForm
          user={edited === 'new' ? undefined : edited}
          onClose={() => {
            setEdited(null);
          }}
          onDone={(password) => {
            setEdited(null);
            setMade(password);
            void again();
          }}
        />
      )}
    </>
  );
}

/** A password made by the service, shown once. */
function FirstPassword({ password, onClose }: { password: string; onClose: () => void }) {
  const { t } = useLanguage();
  if (password === '') return null;
  return (
    <Alert
      type="info"
      showIcon
      className="gap-below"
      closable={{ onClose }}
      title={t('people.made')}
      description={<code>{password}</code>}
    />
  );
}
