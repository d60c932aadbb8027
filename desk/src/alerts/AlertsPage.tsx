/** All alerts, newest opening first, growing live. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Table } from 'antd';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useEvents } from '../api/events';
import { useLanguage } from '../i18n/language';
import { Severity } from '../shown/Severity';
import { full, span } from '../shown/time';

type Row = Schemas['AlertSummary'];

export function AlertsPage() {
  const { t, language } = useLanguage();
  const queries = useQueryClient();
  const { data, isLoading } = useQuery({
    queryKey: ['alerts'],
    queryFn: () => body(api.GET('/api/v1/alerts', { params: { query: { limit: 50 } } })),
  });
  useEvents((event) => {
    if (event.name.startsWith('alert.')) void queries.invalidateQueries({ queryKey: ['alerts'] });
  });
  return (
    <>
      <h1 className="unseen">{t('page.alerts')}</h1>
      <Table<Row>
        rowKey="id"
        loading={isLoading}
        dataSource={data?.alerts ?? []}
        pagination={false}
        columns={[
          { title: t('alert.severity'), render: (_, row) => <Severity of={row.severity} /> },
          {
            title: t('alert.what'),
            render: (_, row) => (language === 'zh' ? row.text_zh : row.text_en),
          },
          { title: t('alert.where'), render: (_, row) => row.camera_title || row.camera },
          { title: t('alert.since'), render: (_, row) => full(row.occupied_since) },
          { title: t('alert.observed'), render: (_, row) => span(row.observed_s, language) },
          { title: t('alert.life'), render: (_, row) => t(`life.${row.life}`) },
        ]}
      />
    </>
  );
}
