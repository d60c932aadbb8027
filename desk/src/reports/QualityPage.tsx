/** How well people and rules agree: the blind second looks, and looks that raised nothing. */
import { useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import { useState } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { Chart, Interval, Line, intervalText } from './Charts';
import { Count } from './Count';
import type { Proportion } from './figures';
import { agreementOf, nameOf, percentText, spanOf } from './figures';
import { Tile } from './Headline';
import { ReportHead } from './ReportHead';
import './reports.css';

export function QualityPage() {
  const { t } = useLanguage();
  const problemText = useProblemText();
  const [days, setDays] = useState(7);
  const { data, error } = useQuery({
    queryKey: ['quality', days],
    queryFn: () => body(api.GET('/api/v1/reports/quality', { params: { query: spanOf(days) } })),
  });
  return (
    <>
      <ReportHead days={days} onDays={setDays} />
      {error && <Alert type="error" showIcon title={problemText(error)} />}
      {data && (
        <>
          <Agreement quality={data} />
          <div className="charts">
            <Shares
              title={t('quality.precision')}
              note={t('quality.precision.note')}
              empty={t('quality.none')}
              rows={data.rows}
              of={(row) => row.qa_precision}
              opens={(row) => row.qa_rows}
            />
            <Shares
              title={t('quality.missed')}
              note={t('quality.missed.note')}
              empty={t('quality.nomissed')}
              rows={data.rows}
              of={(row) => row.missed}
            />
          </div>
        </>
      )}
    </>
  );
}

/** Two people, blind to each other: how often they say the same, beyond chance. */
function Agreement({ quality }: { quality: Schemas['Quality'] }) {
  const { t } = useLanguage();
  const { agreement, kappa } = quality;
  return (
    <ul className="tiles" aria-label={t('report.quality')}>
      <Tile name={t('quality.sampled')} under={t('quality.sampled.note')}>
        {quality.sampled}
      </Tile>
      <Tile name={t('quality.answered')}>
        <Count n={quality.answered} rows={quality.answered_rows} name={t('quality.answered')} />
      </Tile>
      <Tile
        name={t('quality.agreement')}
        under={agreement.share !== null && intervalText(agreement)}
      >
        <Count
          n={agreement.hits}
          rows={quality.agreed_rows}
          name={t('quality.agreement')}
          text={agreement.share === null ? '–' : percentText(agreement.share)}
        />
      </Tile>
      <Tile
        name={t('quality.kappa')}
        under={kappa === null ? t('quality.few') : t(`agreement.${agreementOf(kappa)}`)}
      >
        {kappa === null ? '–' : kappa.toFixed(2)}
      </Tile>
    </ul>
  );
}

interface SharesProps {
  title: string;
  note: string;
  empty: string;
  rows: readonly Schemas['QualityRow'][];
  of: (row: Schemas['QualityRow']) => Proportion;
  /** Address of the alerts it counts; looks without alert have none. */
  opens?: (row: Schemas['QualityRow']) => string;
}

function Shares({ title, note, empty, rows, of, opens }: SharesProps) {
  const { language } = useLanguage();
  return (
    <Chart title={title} note={note} empty={empty}>
      {rows
        .filter((row) => of(row).share !== null)
        .map((row) => (
          <Line
            key={row.code}
            name={nameOf(row, row.code, 'rule', language)}
            track={<Interval of={of(row)} />}
            figure={
              <Count
                n={opens === undefined ? 0 : of(row).of}
                rows={opens?.(row) ?? ''}
                name={`${row.code} ${title}`}
                text={percentText(of(row).share ?? 0)}
              />
            }
            under={intervalText(of(row))}
          />
        ))}
    </Chart>
  );
}
