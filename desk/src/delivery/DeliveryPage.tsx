/** Channels of life danger, whether they work, and tellings that reached nobody. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Table, Tag } from 'antd';
import { useState } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import { AskReason } from '../shown/AskReason';
import { NoneOr } from '../shown/NoneOr';
import { full } from '../shown/time';
import { Fault } from './Fault';
import './delivery.css';

const EVERY_MS = 10_000;
const PAGE = 30;

type Channel = Schemas['ShownChannel'];
type Letter = Schemas['ShownDeadLetter'];

export function DeliveryPage() {
  const { t } = useLanguage();
  return (
    <>
      <header className="page-head">
        <h1>{t('page.delivery')}</h1>
      </header>
      <Channels />
      <DeadLetters />
      <Attempts />
    </>
  );
}

function Channels() {
  const { t } = useLanguage();
  const queries = useQueryClient();
  const [tested, setTested] = useState<string | null>(null);
  const { data, error, isLoading } = useQuery({
    queryKey: ['channels'],
    refetchInterval: EVERY_MS,
    queryFn: () => body(api.GET('/api/v1/channels')),
  });
  const testing = useMutation({
    mutationFn: ({ name, reason }: { name: string; reason: string }) =>
      body(
        api.POST('/api/v1/channels/{name}/test', { params: { path: { name } }, body: { reason } }),
      ),
    onSuccess: () => {
      setTested(null);
      void queries.invalidateQueries({ queryKey: ['channels'] });
    },
  });
  return (
    <section className="gap-below" aria-label={t('channel.title')}>
      <h2>{t('channel.title')}</h2>
      <p className="muted">{t('channel.why', { s: data?.escalate_after_s ?? 60 })}</p>
      <Table<Channel>
        rowKey="name"
        size="small"
        loading={isLoading}
        pagination={false}
        dataSource={[...(data?.channels ?? [])]}
        locale={{ emptyText: <NoneOr error={error} none={t('channel.none')} /> }}
        columns={[
          { title: t('channel.name'), render: (_, one) => <b>{one.name}</b> },
          { title: t('channel.kind'), render: (_, one) => t(`channel.${one.kind}`) },
          {
            title: t('channel.when'),
            render: (_, one) => (
              <>
                {one.is_first && <Tag color="error">{t('channel.first')}</Tag>}
                {one.steps.map((step) => (
                  <Tag key={step}>{t('channel.step', { step })}</Tag>
                ))}
                {!one.is_first && one.steps.length === 0 && (
                  <Tag color="warning">{t('channel.unused')}</Tag>
                )}
              </>
            ),
          },
          { title: t('channel.people'), render: (_, one) => one.people.join('、') },
          { title: t('channel.last'), render: (_, one) => <LastAttempt of={one.last} /> },
          {
            title: t('people.acts'),
            render: (_, one) =>
              one.kind === 'webhook' && (
                <Button
                  size="small"
                  onClick={() => {
                    testing.reset();
                    setTested(one.name);
                  }}
                >
                  {t('channel.test')}
                </Button>
              ),
          },
        ]}
      />
      <AskReason
        isOpen={tested !== null}
        title={t('channel.test')}
        isPending={testing.isPending}
        error={testing.error}
        onReason={(reason) => {
          if (tested !== null) testing.mutate({ name: tested, reason });
        }}
        onCancel={() => {
          setTested(null);
        }}
      />
    </section>
  );
}

function LastAttempt({ of }: { of: Schemas['ShownAttempt'] | null }) {
  const { t } = useLanguage();
  if (of === null) return <span className="muted">{t('channel.never')}</span>;
  return (
    <>
      <b className={`outcome-${of.outcome}`}>{t(`outcome.${of.outcome}`)}</b> {full(of.ended_at)}{' '}
      {of.telling === 'test' && t('channel.tested')}
      {of.fault !== '' && (
        <div className="delivery-fault">
          <Fault told={of.fault} />
        </div>
      )}
      {of.receipt !== '' && (
        <div className="delivery-fault muted">
          {t('channel.receipt')} {of.receipt}
        </div>
      )}
    </>
  );
}

/** Every attempt over every channel: whether messages arrive, and why not. */
function Attempts() {
  const { t } = useLanguage();
  const { data, error, isLoading, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useInfiniteQuery({
      queryKey: ['deliveries'],
      refetchInterval: EVERY_MS,
      initialPageParam: null as number | null,
      queryFn: ({ pageParam: before }) =>
        body(
          api.GET('/api/v1/deliveries', {
            params: { query: { limit: PAGE, ...(before === null ? {} : { before }) } },
          }),
        ),
      getNextPageParam: (last) => last.next,
    });
  const attempts = data?.pages.flatMap((page) => page.attempts) ?? [];
  return (
    <section aria-label={t('attempt.title')} className="delivery-attempts">
      <h2>{t('attempt.title')}</h2>
      <Table<Schemas['ShownAttempt']>
        rowKey={(one) => `${one.recipient} ${one.began_at} ${one.outcome} ${String(one.alert)}`}
        size="small"
        loading={isLoading}
        pagination={false}
        dataSource={attempts}
        locale={{ emptyText: <NoneOr error={error} none={t('channel.never')} /> }}
        columns={[
          { title: t('lead.at'), render: (_, one) => full(one.ended_at) },
          { title: t('letter.to'), render: (_, one) => <b>{one.recipient}</b> },
          {
            title: t('letter.about'),
            render: (_, one) =>
              one.alert === null ? t('channel.tested') : <code>{one.alert.slice(0, 8)}</code>,
          },
          { title: t('letter.attempts'), dataIndex: 'attempt' },
          {
            title: t('attempt.outcome'),
            render: (_, one) => (
              <b className={`outcome-${one.outcome}`}>{t(`outcome.${one.outcome}`)}</b>
            ),
          },
          {
            title: t('letter.fault'),
            render: (_, one) => <Fault told={one.fault || one.receipt} />,
          },
        ]}
      />
      {hasNextPage && (
        <Button block loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('alerts.more')}
        </Button>
      )}
    </section>
  );
}

function DeadLetters() {
  const { t } = useLanguage();
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<number | null>(null);
  const { data, error, isLoading } = useQuery({
    queryKey: ['dead-letters'],
    refetchInterval: EVERY_MS,
    queryFn: () => body(api.GET('/api/v1/dead-letters')),
  });
  const retrying = useMutation({
    mutationFn: ({ number, reason }: { number: number; reason: string }) =>
      body(
        api.POST('/api/v1/dead-letters/{number}/retry', {
          params: { path: { number } },
          body: { reason },
        }),
      ),
    onSuccess: () => {
      setChosen(null);
      void queries.invalidateQueries({ queryKey: ['dead-letters'] });
    },
  });
  return (
    <section aria-label={t('letter.title')}>
      <h2>
        {t('letter.title')} {(data?.count ?? 0) > 0 && <Tag color="error">{data?.count}</Tag>}
      </h2>
      <p className="muted">{t('letter.why')}</p>
      <Table<Letter>
        rowKey="id"
        size="small"
        loading={isLoading}
        pagination={false}
        dataSource={[...(data?.letters ?? [])]}
        locale={{ emptyText: <NoneOr error={error} none={t('letter.none')} /> }}
        columns={[
          { title: t('letter.since'), render: (_, one) => full(one.owed_since) },
          { title: t('letter.to'), render: (_, one) => <b>{one.recipient}</b> },
          { title: t('alert.severity'), dataIndex: 'severity' },
          { title: t('letter.about'), render: (_, one) => <code>{one.alert.slice(0, 8)}</code> },
          { title: t('letter.attempts'), dataIndex: 'attempts' },
          { title: t('letter.fault'), render: (_, one) => <Fault told={one.fault} /> },
          {
            title: t('people.acts'),
            render: (_, one) => (
              <Button
                size="small"
                onClick={() => {
                  retrying.reset();
                  setChosen(one.id);
                }}
              >
                {t('letter.retry')}
              </Button>
            ),
          },
        ]}
      />
      <AskReason
        isOpen={chosen !== null}
        title={t('letter.retry')}
        isPending={retrying.isPending}
        error={retrying.error}
        onReason={(reason) => {
          if (chosen !== null) retrying.mutate({ number: chosen, reason });
        }}
        onCancel={() => {
          setChosen(null);
        }}
      />
    </section>
  );
}
