/** Figures per rule or camera; every number opens exactly its rows. */
import { useQuery } from '@tanstack/react-query';
import { Segmented, Table } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import type { Language } from '../i18n/language';
import { span } from '../shown/time';
import './reports.css';

type Row = Schemas['ReportRow'];

export function ReportsPage() {
  const { t, language } = useLanguage();
  const [by, setBy] = useState<Schemas['By']>('rule');
  const [days, setDays] = useState(7);
  const { data } = useQuery({
    queryKey: ['report', by, days],
    queryFn: () => {
      const now = Date.now();
      const since = new Date(now - days * 86_400_000).toISOString();
      const until = new Date(now).toISOString();
      return body(api.GET('/api/v1/reports', { params: { query: { by, since, until } } }));
    },
  });
  const rows = data === undefined ? [] : [...data.rows, data.total];
  const most = Math.max(1, ...(data?.rows ?? []).map((row) => row.raised));
  const length = (seconds: number | null) => (seconds === null ? '–' : span(seconds, language));
  return (
    <>
      <header className="page-head">
        <h1>{t('page.reports')}</h1>
        <Segmented
          value={by}
          onChange={setBy}
          options={[
            { value: 'rule' as const, label: t('report.rule') },
            { value: 'camera' as const, label: t('report.camera') },
          ]}
        />
        <Segmented
          value={days}
          onChange={setDays}
          options={[1, 7, 30].map((one) => ({
            value: one,
            label: one === 1 ? t('report.day') : t('report.days', { days: one }),
          }))}
        />
      </header>
      <Table<Row>
        rowKey="key"
        size="middle"
        pagination={false}
        dataSource={rows}
        className="report"
        columns={[
          {
            title: t(by === 'rule' ? 'report.rule' : 'report.camera'),
            render: (_, row) => (
              <b>{row.key === 'all' ? t('report.total') : nameOf(row, by, language)}</b>
            ),
          },
          {
            title: t('report.raised'),
            width: '22%',
            render: (_, row) => (
              <Bar row={row} most={row.key === 'all' ? Math.max(most, row.raised) : most} />
            ),
          },
          {
            title: t('report.confirmed'),
            render: (_, row) => <Count n={row.confirmed} rows={row.confirmed_rows} />,
          },
          {
            title: t('report.rejected'),
            render: (_, row) => <Count n={row.rejected} rows={row.rejected_rows} />,
          },
          {
            title: t('report.void'),
            render: (_, row) => <Count n={row.void} rows={row.void_rows} />,
          },
          {
            title: t('report.backlog'),
            render: (_, row) => <Count n={row.backlog} rows={row.backlog_rows} />,
          },
          { title: t('report.precision'), render: (_, row) => <Precision of={row.precision} /> },
          { title: t('report.time'), render: (_, row) => length(row.review_s_median) },
          { title: t('report.oldest'), render: (_, row) => length(row.oldest_s) },
          {
            title: t('report.reasons'),
            render: (_, row) =>
              row.reasons.map((one) => (
                <div key={one.reason}>
                  {t(`reason.${one.reason}`)} <Count n={one.count} rows={one.rows} />
                </div>
              )),
          },
        ]}
      />
    </>
  );
}

/** A code with its name, or the camera's title alone; the title may be its id. */
function nameOf(row: Row, by: Schemas['By'], language: Language): string {
  const name = language === 'zh' ? row.text_zh : row.text_en;
  return by === 'rule' ? `${row.key} ${name}` : name;
}

/** A number that opens its rows in the list of alerts. */
function Count({ n, rows }: { n: number; rows: string }) {
  const query = rows.split('?')[1] ?? '';
  return n === 0 ? <span>0</span> : <Link to={`/alerts?${query}`}>{n}</Link>;
}

function Bar({ row, most }: { row: Row; most: number }) {
  const share = (n: number) => `${String((n / most) * 100)}%`;
  const open = Math.max(0, row.raised - row.confirmed - row.rejected - row.void);
  return (
    <div className="report-bar">
      <span className="report-track" aria-hidden="true">
        <i className="part-confirmed" style={{ width: share(row.confirmed) }} />
        <i className="part-rejected" style={{ width: share(row.rejected) }} />
        <i className="part-void" style={{ width: share(row.void) }} />
        <i className="part-open" style={{ width: share(open) }} />
      </span>
      <Count n={row.raised} rows={row.raised_rows} />
    </div>
  );
}

/** A share with its interval: a narrow whisker is a figure one may lean on. */
function Precision({ of }: { of: Schemas['Proportion'] }) {
  if (of.share === null || of.lower === null || of.upper === null) return <span>–</span>;
  const percent = (share: number) => `${String(Math.round(share * 100))}%`;
  return (
    <div className="precision">
      <b>{percent(of.share)}</b>{' '}
      <span>
        {percent(of.lower)}–{percent(of.upper)} ({of.hits}/{of.of})
      </span>
      <span className="whisker" aria-hidden="true">
        <i style={{ left: percent(of.lower), right: percent(1 - of.upper) }} />
        <em style={{ left: percent(of.share) }} />
      </span>
    </div>
  );
}
