/** Paste an address, see what it gives, put it in force: the camera is live, its zone comes next. */
import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Form, Input, Spin } from 'antd';
import { useState } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';

interface Typed {
  id: string;
  title?: string;
  url: string;
  login?: string;
}

export function AddCamera({ onAdded }: { onAdded: () => void }) {
  const { t } = useLanguage();
  const problemText = useProblemText();
  const [form] = Form.useForm<Typed>();
  const [job, setJob] = useState<string | null>(null);
  const [problem, setProblem] = useState('');
  const { data: probed } = useQuery({
    queryKey: ['job', job],
    enabled: job !== null,
    queryFn: () => body(api.GET('/api/v1/jobs/{job}', { params: { path: { job: job ?? '' } } })),
    refetchInterval: (query) =>
      query.state.data?.state === 'done' || query.state.data?.state === 'failed' ? false : 700,
  });
  const run = async (act: (typed: Typed) => Promise<void>) => {
    setProblem('');
    try {
      await act(await form.validateFields());
    } catch (error) {
      if (error instanceof Error) setProblem(problemText(error));
    }
  };
  const probe = async (typed: Typed) => {
    setJob((await body(api.POST('/api/v1/cameras/probe', { body: { feed: feedOf(typed) } }))).job);
  };
  const apply = async (typed: Typed) => {
    const site = await body(api.GET('/api/v1/site'));
    const camera = { title: typed.title ?? '', feed: feedOf(typed) };
    await api.POST('/api/v1/site/drafts/apply', {
      body: { base: site.revision, cameras: { [typed.id]: camera }, note: t('camera.add') },
    });
    onAdded();
  };
  return (
    <Form form={form} layout="vertical">
      {problem !== '' && <Alert type="error" showIcon title={problem} className="gap-below" />}
      <Form.Item
        name="id"
        label={t('camera.name')}
        rules={[{ required: true, pattern: /^[a-z][a-z0-9_]*$/, message: t('camera.name') }]}
      >
        <Input maxLength={40} />
      </Form.Item>
      <Form.Item name="title" label={t('camera.title')}>
        <Input maxLength={80} />
      </Form.Item>
      <Form.Item
        name="url"
        label={t('camera.url')}
        rules={[{ required: true, message: t('form.required') }]}
      >
        <Input placeholder="rtsp://10.0.0.2:554/sub" />
      </Form.Item>
      <Form.Item name="login" label={t('camera.login')}>
        <Input maxLength={40} />
      </Form.Item>
      <div className="buttons">
        <Button onClick={() => void run(probe)}>{t('camera.probe')}</Button>
        <Button type="primary" onClick={() => void run(apply)}>
          {t('zone.apply')}
        </Button>
      </div>
      {job !== null && <Probed job={probed} />}
    </Form>
  );
}

function Probed({ job }: { job: Schemas['ShownJob'] | undefined }) {
  const { t } = useLanguage();
  if (job === undefined || job.state === 'queued' || job.state === 'running') {
    return (
      <p>
        <Spin size="small" /> {t('camera.probing')}
      </p>
    );
  }
  if (job.state === 'failed') return <Alert type="error" showIcon title={job.detail} />;
  return (
    <dl className="probed">
      {Object.entries(job.result ?? {}).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function feedOf(typed: Typed): Record<string, string> {
  const feed: Record<string, string> = { kind: 'url', looks: typed.url };
  if (typed.login) feed.login = typed.login;
  return feed;
}
