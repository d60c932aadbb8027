/** All alerts, newest opening first, growing live; what is wanted stands in the address. */
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Empty, Table } from 'antd';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useEvents } from '../api/events';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { useSession } from '../session/session';
import { GroupTag } from '../shown/GroupTag';
import { Severity } from '../shown/Severity';
import { full, span } from '../shown/time';
import './alerts.css';
import { Bulk } from './Bulk';
import { ExportEvidence, ExportList } from './Export';
import { changed, filterOf, queryOf, understood, unknownOf } from './filter';
import { Filters } from './Filters';
import { PlateSearch } from './PlateSearch';
import { Views } from './Views';

type Row = Schemas['ListedAlert'];

const PAGE = 50;

export function AlertsPage() {
  const { t, language } = useLanguage();
  const { may } = useSession();
  const queries = useQueryClient();
  const [params, setParams] = useSearchParams();
  const problemText = useProblemText();
  const [choice, setChoice] = useState({ of: '', ids: new Set<string>() });
  const [plate, setPlate] = useState<string | null>(null);
  const unknown = unknownOf(params);
  const isUnderstood = unknown.length === 0;
  const query = queryOf(filterOf(params));
  const { data, error, isLoading, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useInfiniteQuery({
      queryKey: ['alerts', query],
      initialPageParam: '',
      enabled: isUnderstood,
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
  const rows = isUnderstood ? (data?.pages.flatMap((page) => page.alerts) ?? []) : [];
  // only what is in the list now, as it stands now: the rest nobody sees any more
  const chosen =
    choice.of === params.toString() ? rows.filter((row) => choice.ids.has(row.id)) : [];
  const choose = (ids: readonly string[]) => {
    setChoice({ of: params.toString(), ids: new Set(ids) });
  };
  return (
    <>
      <header className="page-head">
        <h1>{t('page.alerts')}</h1>
        <Views params={params} onChoose={setParams} />
        <span className="bar-space" />
        <ExportList query={query} isDisabled={!isUnderstood} />
      </header>
      <Filters params={params} onChange={setParams} onPlate={setPlate} />
      <PlateSearch
        plate={plate}
        onType={setPlate}
        onFound={(alerts) => {
          setParams(changed(new URLSearchParams(), 'id', alerts));
        }}
      />
      {!isUnderstood && (
        <Alert
          type="error"
          showIcon
          title={t('alerts.unknown', { what: unknown.map((one) => one.join('=')).join(' · ') })}
          action={
            <Button
              size="small"
              onClick={() => {
                setParams(understood(params));
              }}
            >
              {t('alerts.without')}
            </Button>
          }
        />
      )}
      {error && <Alert type="error" showIcon title={problemText(error)} />}
      <Bulk
        rows={chosen}
        onDone={() => {
          choose([]);
          void queries.invalidateQueries({ queryKey: ['alerts'] });
        }}
      >
        {may('evidence.export') && <ExportEvidence rows={chosen} />}
      </Bulk>
      <Table<Row>
        rowKey="id"
        size="small"
        loading={isLoading}
        dataSource={rows}
        locale={{
          emptyText: <Nothing isFiltered={params.size > 0} onPlate={setPlate} />,
        }}
        pagination={false}
        {...(may('reviews.triage') || may('evidence.export')
          ? {
              rowSelection: {
                columnTitle: <span className="unseen">{t('alerts.choose')}</span>,
                selectedRowKeys: chosen.map((row) => row.id),
                onChange: (_: unknown, picked: Row[]) => {
                  choose(picked.map((row) => row.id));
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

/** An empty list, and another way to look. */
function Nothing(props: { isFiltered: boolean; onPlate: (plate: string) => void }) {
  const { t } = useLanguage();
  const { may } = useSession();
  return (
    <Empty description={t(props.isFiltered ? 'alerts.nomatch' : 'alerts.none')}>
      {may('reviews.confirm') && (
        <Button
          type="link"
          onClick={() => {
            props.onPlate('');
          }}
        >
          {t('plate.search')}
        </Button>
      )}
    </Empty>
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
