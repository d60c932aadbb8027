/** Every figure of every row as a table: what the charts draw, to be read line by line. */
import { Table, Tag } from 'antd';
import { useLanguage } from '../i18n/language';
import { span } from '../shown/time';
import { intervalText } from './Charts';
import { Count } from './Count';
import type { By, Row } from './figures';
import { TOTAL, nameOf, percentText } from './figures';

export function FigureTable({ rows, by }: { rows: readonly Row[]; by: By }) {
  const { t, language } = useLanguage();
  const length = (seconds: number | null) => (seconds === null ? '–' : span(seconds, language));
  const named = (row: Row) =>
    row.key === TOTAL ? t('report.total') : nameOf(row, row.key, by, language);
  const count = (row: Row, of: 'raised' | 'confirmed' | 'rejected' | 'void' | 'backlog') => (
    <Count n={row[of]} rows={row[`${of}_rows`]} name={`${named(row)} ${t(`report.${of}`)}`} />
  );
  return (
    <Table<Row>
      rowKey="key"
      size="middle"
      pagination={false}
      dataSource={[...rows]}
      className="report"
      scroll={{ x: 'max-content' }}
      columns={[
        {
          title: t(by === 'rule' ? 'report.rule' : 'report.camera'),
          render: (_, row) => (
            <>
              <b>{named(row)}</b>{' '}
              {row.is_downgraded && <Tag color="warning">{t('report.downgraded')}</Tag>}
            </>
          ),
        },
        { title: t('report.raised'), render: (_, row) => count(row, 'raised') },
        { title: t('report.confirmed'), render: (_, row) => count(row, 'confirmed') },
        { title: t('report.rejected'), render: (_, row) => count(row, 'rejected') },
        { title: t('report.void'), render: (_, row) => count(row, 'void') },
        { title: t('report.backlog'), render: (_, row) => count(row, 'backlog') },
        {
          title: t('report.precision'),
          render: (_, { precision }) =>
            precision.share === null ? (
              '–'
            ) : (
              <>
                <b>{percentText(precision.share)}</b> {intervalText(precision)}
              </>
            ),
        },
        { title: t('report.time'), render: (_, row) => length(row.review_s_median) },
        { title: t('report.oldest'), render: (_, row) => length(row.oldest_s) },
        {
          title: t('report.reasons'),
          render: (_, row) =>
            row.reasons.map((one) => (
              <div key={one.reason}>
                {t(`reason.${one.reason}`)}{' '}
                <Count
                  n={one.count}
                  rows={one.rows}
                  name={`${named(row)} ${t(`reason.${one.reason}`)}`}
                />
              </div>
            )),
        },
      ]}
    />
  );
}
