/** All alerts, newest opening first, growing live; what is wanted stands in the address. */
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Empty, Table } from 'antd';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useEvents } from '../api/events';
import { useLanguage } from '../i18n/language';
import { useSession } from '../session/session';
import { GroupTag } from '../shown/GroupTag';
import { Severity } from '../shown/Severity';
import { full, span } from '../shown/time';
import './alerts.css';
import { Bulk } from './Bulk';
import { ExportEvidence, ExportList } from './Export';
import { filterOf, queryOf } from './filter';
import { Filters } from './Filters';
import { Views } from './Views';

type Row = Schemas['ListedAlert'];

const PAGE = 50;

export function AlertsPage() {
  const { t, language } = useLanguage();
  const { may } = useSession();
  const queries = useQueryClient();
  const [params, setParams] = useSearchParams();
  const [chosen, setChosen] = useState<Row[]>([]);
  const query = queryOf(filterOf(params));
  const { data, isLoading, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['alerts', query],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      body(
        api.GET('/api/v1/alerts', {
          params: {
            query: { ...query, limit: PAGE, ...(pageParam === '' ? {} : { cursor: pageParam }) },
          },
        }),
      ),
    getNextPageParam: (last) => last.next,
  });
  useEvents((event) => {
    if (event.name.startsWith('alert.') || event.name === 'review.changed') {
      void queries.invalidateQueries({ queryKey: ['alerts'] });
    }
  });
  const rows = data?.pages.flatMap((page) => page.alerts) ?? [];
  return (
    <>
      <header className="page-head">
        <h1>{t('page.alerts')}</h1>
        <Views params={params} onChoose={setParams} />
        <span className="bar-space" />
        <ExportList query={query} />
      </header>
      <Filters params={params} onChange={setParams} />
      {chosen.length > 0 && (
        <section className="bulk" aria-label={t('alerts.bulk')}>
          <b>{t('alerts.chosen', { count: chosen.length })}</b>
          {may('reviews.triage') && (
            <Bulk
              rows={chosen}
              onDone={() => {
                setChosen([]);
                void queries.invalidateQueries({ queryKey: ['alerts'] });
              }}
            />
          )}
          {may('evidence.export') && <ExportEvidence rows={chosen} />}
        </section>
      )}
      <Table<Row>
        rowKey="id"
        size="small"
        loading={isLoading}
        dataSource={rows}
        locale={{
          emptyText: (
            <Empty description={t(params.size === 0 ? 'alerts.none' : 'alerts.nomatch')} />
          ),
        }}
        pagination={false}
        {...(may('reviews.triage') || may('evidence.export')
          ? {
              rowSelection: {
                columnTitle: <span className="unseen">{t('alerts.choose')}</span>,
                selectedRowKeys: chosen.map((row) => row.id),
                onChange: (_: unknown, picked: Row[]) => {
                  setChosen(picked);
                },
                getCheckboxProps: (row: Row) => ({
                  'aria-label': `${row.code} ${full(row.opened_at)}`,
                }),
              },
            }
          : {})}
        columns={[
          { title: t('alert.severity'), render: (_, row) => <Severity of={row.severity} /> },
          { title: t('alerts.code'), dataIndex: 'code' },
          {
            title: t('alert.what'),
            render: (_, row) => (
              <>
                <Link to={`/review/${row.id}`}>
                  {language === 'zh' ? row.text_zh : row.text_en}
                </Link>{' '}
                {row.is_group && <GroupTag />}
              </>
            ),
          },
          { title: t('alert.where'), render: (_, row) => row.camera_title || row.camera },
          { title: t('alert.since'), render: (_, row) => full(row.occupied_since) },
          { title: t('alert.observed'), render: (_, row) => span(row.observed_s, language) },
          { title: t('alert.life'), render: (_, row) => t(`life.${row.life}`) },
          { title: t('alerts.review'), render: (_, row) => <Reviewed row={row} /> },
          { title: t('alerts.evidence'), render: (_, row) => t(`pack.${row.evidence}`) },
        ]}
      />
      {hasNextPage && (
        <Button
          block
          className="alerts-more"
          loading={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          {t('alerts.more')}
        </Button>
      )}
    </>
  );
}

/** What people made of it so far, with the reason of a rejection. */
function Reviewed({ row }: { row: Row }) {
  const { t } = useLanguage();
  if (row.review === null) return <span className="muted">–</span>;
  return (
    <span className={`state state-${row.review}`}>
      {t(`state.${row.review}`)}
      {row.reason !== null && ` · ${t(`reason.${row.reason}`)}`}
    </span>
  );
}
