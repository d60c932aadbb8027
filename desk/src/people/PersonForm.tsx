/** A person added or changed: name, roles, certificate, and which cameras they see. */
import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Form, Input, Modal, Select } from 'antd';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { changed } from './changed';
import type { Typed } from './changed';
import { ROLES } from './roles';

type User = Schemas['ShownUser'];

interface Props {
  /** Who is changed; undefined: somebody is added. */
  user: User | undefined;
  onClose: () => void;
  /** Done; with the first password of somebody added. */
  onDone: (password: string) => void;
}

export function PersonForm({ user, onClose, onDone }: Props) {
  const { t } = useLanguage();
  const problemText = useProblemText();
  const saving = useMutation({
    networkMode: 'always',
    mutationFn: async ({ cameras, areas, ...typed }: Typed) => {
      if (user === undefined) {
        const made = { ...typed, scope: { cameras, areas } };
        return (await body(api.POST('/api/v1/users', { body: made }))).password ?? '';
      }
      const params = { path: { name: user.name } };
      const change = changed(user, { ...typed, cameras, areas });
      await body(api.PATCH('/api/v1/users/{name}', { params, body: change }));
      return '';
    },
    onSuccess: onDone,
  });
  const title = user === undefined ? t('people.add') : t('people.change.who', { who: user.name });
  return (
    <Modal open title={title} footer={null} destroyOnHidden onCancel={onClose}>
      {saving.error && <Alert type="error" showIcon title={problemText(saving.error)} />}
      <Form<Typed>
        layout="vertical"
        initialValues={{
          name: '',
          full_name: '',
          roles: [],
          certificate: '',
          ...user,
          cameras: user?.scope.cameras ?? [],
          areas: user?.scope.areas ?? [],
        }}
        onFinish={(typed) => {
          saving.mutate(typed);
        }}
      >
        <Form.Item
          name="name"
          label={t('login.name')}
          rules={[{ required: true }]}
          hidden={user !== undefined}
        >
          <Input maxLength={64} />
        </Form.Item>
        <Form.Item name="full_name" label={t('people.fullname')} rules={[{ required: true }]}>
          <Input maxLength={64} />
        </Form.Item>
        <Form.Item name="roles" label={t('people.roles')} rules={[{ required: true }]}>
          <Select
            mode="multiple"
            showSearch={{ optionFilterProp: 'label' }}
            options={ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }))}
          />
        </Form.Item>
        <Form.Item name="certificate" label={t('people.certificate')}>
          <Input maxLength={40} />
        </Form.Item>
        <Form.Item name="areas" label={t('people.areas')} extra={t('people.scope.hint')}>
          <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[',', '，', ' ']} />
        </Form.Item>
        <Form.Item name="cameras" label={t('people.cameras')}>
          <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[',', '，', ' ']} />
        </Form.Item>
        {user !== undefined && <p className="muted">{t('people.change.hint')}</p>}
        <Button type="primary" htmlType="submit" loading={saving.isPending}>
          {t('form.save')}
        </Button>
      </Form>
    </Modal>
  );
}
