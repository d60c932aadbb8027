/** What people who may only report have seen: sent by them, read by the centre. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card, Empty, Form, Input, Table } from 'antd';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { useSession } from '../session/session';
import { full } from '../shown/time';
import '../cameras/cameras.css';

type Lead = Schemas['ShownLead'];

export function LeadsPage() {
  const { t } = useLanguage();
  const { may } = useSession();
  return (
    <>
      <header className="page-head">
        <h1>{t('page.leads')}</h1>
      </header>
      {may('leads.send') && <SendLead />}
      {may('leads.read') && <LeadTable />}
    </>
  );
}

function SendLead() {
  const { t } = useLanguage();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const queries = useQueryClient();
  const [form] = Form.useForm<Schemas['TakenLead']>();
  const sending = useMutation({
    mutationFn: (typed: Schemas['TakenLead']) => body(api.POST('/api/v1/leads', { body: typed })),
    onSuccess: () => {
      form.resetFields();
      void message.success(t('lead.sent'));
      void queries.invalidateQueries({ queryKey: ['leads'] });
    },
  });
  return (
    <Card size="small" title={t('lead.send')} className="lead gap-below">
      {sending.error && <Alert type="error" showIcon title={problemText(sending.error)} />}
      <Form
        form={form}
        layout="vertical"
        onFinish={(typed) => {
          sending.mutate(typed);
        }}
      >
        <Form.Item name="place" label={t('alert.where')} rules={[{ required: true }]}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="text" label={t('lead.text')} rules={[{ required: true }]}>
          <Input.TextArea rows={4} maxLength={2000} />
        </Form.Item>
        <Button type="primary" htmlType="submit" size="large" loading={sending.isPending}>
          {t('lead.send')}
        </Button>
      </Form>
    </Card>
  );
}

function LeadTable() {
  const { t } = useLanguage();
  const { data, isLoading } = useQuery({
    queryKey: ['leads'],
    queryFn: () => body(api.GET('/api/v1/leads')),
    refetchInterval: 30_000,
  });
  return (
    <Table<Lead>
      locale={{ emptyText: <Empty description={t('lead.none')} /> }}
      rowKey="id"
      size="small"
      loading={isLoading}
      pagination={false}
      dataSource={data?.leads ?? []}
      columns={[
        { title: t('lead.at'), render: (_, one) => full(one.at) },
        { title: t('lead.by'), dataIndex: 'by' },
        { title: t('alert.where'), dataIndex: 'place' },
        { title: t('lead.text'), dataIndex: 'text' },
      ]}
    />
  );
}
