/** A camera in four steps: address → what it sends → who it belongs to → zones on its picture. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, Button, Card, Form, Input, Select, Steps } from 'antd';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { siteOf } from '../zones/content';
import type { Camera, Dossier } from '../zones/content';
import { putInForce } from '../zones/draft';
import './cameras.css';
import { ImportList } from './ImportList';

const ASK_MS = 700;
const REGIMES = ['street', 'construction', 'industry', 'chemical', 'municipal'] as const;
const PURPOSES = ['street_order', 'work_safety'] as const;

interface Address {
  looks: string;
  evidence?: string;
  login?: string;
}

interface Described {
  id: string;
  title: string;
  area?: string;
  regime: string;
  owner: string;
  document: string;
  signed_on: string;
  expires_on: string;
  purposes: string[];
}

export function AddCameraPage() {
  const { t } = useLanguage();
  const navigate = useNavigate();
  const problemText = useProblemText();
  const [address, setAddress] = useState<Address | null>(null);
  const probing = useMutation({
    mutationFn: (typed: Address) =>
      body(
        api.POST('/api/v1/camera-probes', {
          body: {
            looks: typed.looks.trim(),
            evidence: typed.evidence?.trim() || null,
            login: typed.login?.trim() || null,
            transport: 'tcp',
            timeout_s: 10,
          },
        }),
      ),
    onSuccess: (_, typed) => {
      setAddress(typed);
    },
  });
  const probe = useProbe(probing.data);
  const isFound = probe?.state === 'done';
  const adding = useMutation({
    mutationFn: (typed: Described) => addCamera(address, typed),
    onSuccess: (_, typed) => void navigate(`/zones/${typed.id}`),
  });
  return (
    <>
      <header className="page-head">
        <h1>{t('camera.add')}</h1>
      </header>
      <Steps
        size="small"
        className="gap-below"
        current={isFound ? 2 : address === null ? 0 : 1}
        items={[
          { title: t('camera.url') },
          { title: t('camera.probe') },
          { title: t('camera.dossier') },
          { title: t('camera.zone') },
        ]}
      />
      <div className="camera-page">
        <div>
          <Card size="small" title={t('camera.url')} className="gap-below">
            {probing.error && (
              <Alert
                type="error"
                showIcon
                title={problemText(probing.error)}
                className="gap-below"
              />
            )}
            <Form<Address>
              layout="vertical"
              onFinish={(typed) => {
                probing.mutate(typed);
              }}
            >
              <Form.Item name="looks" label={t('camera.url.looks')} rules={[{ required: true }]}>
                <Input placeholder="rtsp://10.0.0.2:554/sub" maxLength={2000} />
              </Form.Item>
              <Form.Item name="evidence" label={t('camera.url.evidence')}>
                <Input placeholder="rtsp://10.0.0.2:554/main" maxLength={2000} />
              </Form.Item>
              <Form.Item name="login" label={t('camera.login')} extra={t('camera.login.why')}>
                <Input placeholder="dock" maxLength={64} />
              </Form.Item>
              <Button type="primary" htmlType="submit" loading={probing.isPending}>
                {t('camera.probe')}
              </Button>
            </Form>
          </Card>
          {probe !== undefined && <Probed probe={probe} />}
          {address === null && <ImportList />}
        </div>
        {isFound && (
          <Card size="small" title={t('camera.dossier')}>
            {adding.error && (
              <Alert
                type="error"
                showIcon
                title={problemText(adding.error)}
                className="gap-below"
              />
            )}
            <Describe
              isSending={adding.isPending}
              onDescribed={(typed) => {
                adding.mutate(typed);
              }}
            />
          </Card>
        )}
      </div>
    </>
  );
}

/** The probe asked for until it has ended. */
function useProbe(begun: Schemas['ShownProbe'] | undefined): Schemas['ShownProbe'] | undefined {
  const { data } = useQuery({
    queryKey: ['probe', begun?.job],
    enabled: begun !== undefined,
    refetchInterval: (query) => {
      const state = query.state.data?.state;
      return state === 'done' || state === 'failed' ? false : ASK_MS;
    },
    queryFn: () =>
      body(api.GET('/api/v1/camera-probes/{job}', { params: { path: { job: begun?.job ?? '' } } })),
  });
  return data ?? begun;
}

function Probed({ probe }: { probe: Schemas['ShownProbe'] }) {
  const { t } = useLanguage();
  if (probe.state === 'failed') {
    const { fault } = probe;
    return (
      <Alert
        type="error"
        showIcon
        title={fault === null ? probe.reason : t(`fault.${fault}`)}
        description={`${t('camera.remedy')}: ${t(`remedy.${fault ?? 'failed'}`)}`}
      />
    );
  }
  if (probe.state !== 'done') return <p role="status">{t('camera.probing')}</p>;
  return (
    <Card size="small" title={t('camera.found')}>
      {probe.picture_url !== null && (
        <img className="look" src={probe.picture_url} alt={t('zone.picture')} />
      )}
      {[probe.looks, probe.evidence].map(
        (stream, place) =>
          stream !== null && (
            <p key={place === 0 ? 'looks' : 'evidence'}>
              <b>{t(place === 0 ? 'camera.url.looks' : 'camera.url.evidence')}</b>{' '}
              {stream.codec.toUpperCase()} {stream.width_px}×{stream.height_px}
              {stream.fps !== null && ` · ${stream.fps.toFixed(0)} fps`}
              {stream.key_interval_s !== null &&
                ` · ${t('camera.key', { s: stream.key_interval_s.toFixed(1) })}`}
              {` · ${stream.bitrate_kbps.toFixed(0)} kbit/s`}
              {stream.has_long_gop && <b className="warn"> {t('camera.longgop')}</b>}
            </p>
          ),
      )}
    </Card>
  );
}

function Describe({
  isSending,
  onDescribed,
}: {
  isSending: boolean;
  onDescribed: (typed: Described) => void;
}) {
  const { t } = useLanguage();
  const must = [{ required: true, message: t('form.required') }];
  return (
    <Form<Described>
      layout="vertical"
      initialValues={{ regime: 'street', purposes: ['street_order'] }}
      onFinish={onDescribed}
    >
      <Form.Item
        name="id"
        label={t('camera.name')}
        rules={[...must, { pattern: /^[a-z][a-z0-9_]*$/, message: t('camera.name') }]}
      >
        <Input maxLength={64} />
      </Form.Item>
      <Form.Item name="title" label={t('camera.title')} rules={must}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="area" label={t('dossier.area')}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="regime" label={t('dossier.regime')}>
        <Select options={REGIMES.map((one) => ({ value: one, label: t(`regime.${one}`) }))} />
      </Form.Item>
      <Form.Item name="owner" label={t('dossier.owner')} rules={must}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="document" label={t('dossier.access')} rules={must}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="signed_on" label={t('dossier.signed')} rules={must}>
        <Input type="date" />
      </Form.Item>
      <Form.Item name="expires_on" label={t('dossier.expires')} rules={must}>
        <Input type="date" />
      </Form.Item>
      <Form.Item name="purposes" label={t('dossier.purposes')} rules={must}>
        <Select
          mode="multiple"
          options={PURPOSES.map((one) => ({ value: one, label: t(`dossier.${one}`) }))}
        />
      </Form.Item>
      <p className="muted">{t('dossier.later')}</p>
      <Button type="primary" htmlType="submit" loading={isSending}>
        {t('camera.take')}
      </Button>
    </Form>
  );
}

/** Put the camera into the site in force; its zones are drawn next. */
async function addCamera(address: Address | null, typed: Described): Promise<void> {
  if (address === null) return;
  const held = await body(api.GET('/api/v1/site'));
  const dossier: Partial<Dossier> = {
    owner: typed.owner,
    access: {
      document: typed.document,
      signed_on: typed.signed_on,
      expires_on: typed.expires_on,
    },
    purposes: typed.purposes,
  };
  const feed: Record<string, string> = { kind: 'url', looks: address.looks.trim() };
  if (address.evidence) feed.evidence = address.evidence.trim();
  if (address.login) feed.login = address.login.trim();
  const camera: Partial<Camera> = {
    title: typed.title,
    area: typed.area ?? '',
    regime: typed.regime,
    feed,
    dossier: dossier as Dossier,
    views: { home: { zones: {} } },
  };
  const site = siteOf(held);
  const content = {
    ...held.content,
    cameras: { ...site.cameras, [typed.id]: camera },
  } as unknown as Schemas['TakenDraft']['content'];
  const note = `${typed.id}: ${typed.title}`;
  const kept = await body(api.POST('/api/v1/site/drafts', { body: { content, note } }));
  await putInForce(kept.revision, held.revision, note);
}
