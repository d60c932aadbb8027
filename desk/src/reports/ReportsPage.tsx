/** Figures per rule or camera; every number opens exactly its rows. */
import { useQuery } from '@tanstack/react-query';
import { Alert, Segmented } from 'antd';
import { useState } from 'react';
import { api, body } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { Backlogs, Outcomes, Precisions, Reasons, Times } from './Charts';
import { FigureTable } from './FigureTable';
import { byMost, spanOf } from './figures';
import type { By } from './figures';
import { Headline } from './Headline';
import { ReportHead } from './ReportHead';
import './reports.css';

export function ReportsPage() {
  const { t } = useLanguage();
  const problemText = useProblemText();
  const [by, setBy] = useState<By>('rule');
  const [days, setDays] = useState(7);
  const { data, error } = useQuery({
    queryKey: ['report', by, days],
    queryFn: () => body(api.GET('/api/v1/reports', { params: { query: { by, ...spanOf(days) } } })),
  });
  return (
    <>
      <ReportHead days={days} onDays={setDays}>
        <Segmented
          value={by}
          onChange={setBy}
          options={[
            { value: 'rule' as const, label: t('report.rule') },
            { value: 'camera' as const, label: t('report.camera') },
          ]}
        />
      </ReportHead>
      {error && <Alert type="error" showIcon title={problemText(error)} />}
      {data && (
        <>
          <Headline total={data.total} />
          <div className="charts">
            <Outcomes rows={byMost(data.rows)} by={by} />
            <Precisions rows={byMost(data.rows)} by={by} />
            <Reasons total={data.total} />
            <Times rows={byMost(data.rows)} by={by} />
            <Backlogs rows={byMost(data.rows)} by={by} />
          </div>
          <FigureTable rows={[...data.rows, data.total]} by={by} />
        </>
      )}
    </>
  );
}
