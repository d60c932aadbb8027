/** Bars people can read from across the room; each is a line of text with links, drawn beside. */
import { Tag } from 'antd';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useLanguage } from '../i18n/language';
import { span } from '../shown/time';
import { Count } from './Count';
import type { By, Part, Proportion, Row } from './figures';
import { PARTS, endedRows, nameOf, partsOf, percentOf, percentText, reviewedRows } from './figures';

interface ChartProps {
  title: string;
  /** How to read it. */
  note?: string;
  empty: string;
  children: readonly ReactNode[];
}

/** A list of bars under a title; a word in their place where there are none. */
export function Chart({ title, note, empty, children }: ChartProps) {
  return (
    <section className="chart" aria-label={title}>
      <h2>{title}</h2>
      {note !== undefined && <p className="muted">{note}</p>}
      {children.length === 0 ? <p className="muted">{empty}</p> : <ul>{children}</ul>}
    </section>
  );
}

interface LineProps {
  name: string;
  /** Beside the name: a tag. */
  beside?: ReactNode;
  track: ReactNode;
  figure: ReactNode;
  under?: ReactNode;
}

/** One bar: name, track, number; smaller numbers under the track. */
export function Line({ name, beside, track, figure, under }: LineProps) {
  return (
    <li className="chart-line">
      <span className="chart-name">
        {name} {beside}
      </span>
      <span className="chart-track" aria-hidden="true">
        {track}
      </span>
      <b className="chart-figure">{figure}</b>
      {under !== undefined && <span className="chart-under">{under}</span>}
    </li>
  );
}

/** Where a share lies, how sure that is, and the half below which a rule is put down. */
export function Interval({ of }: { of: Proportion }) {
  if (of.share === null || of.lower === null || of.upper === null) return null;
  return (
    <>
      <i
        className="interval"
        style={{ left: percentOf(of.lower), right: percentOf(1 - of.upper) }}
      />
      <i className="interval-half" />
      <i className="interval-at" style={{ left: percentOf(of.share) }} />
    </>
  );
}

/** `57–80 % (42/60)`. */
export function intervalText(of: Proportion): string {
  if (of.lower === null || of.upper === null) return `${String(of.hits)}/${String(of.of)}`;
  const from = String(Math.round(of.lower * 100));
  return `${from}–${percentText(of.upper)} (${String(of.hits)}/${String(of.of)})`;
}

interface Props {
  rows: readonly Row[];
  by: By;
}

/** Raised, and what became of them. */
export function Outcomes({ rows, by }: Props) {
  const { t, language } = useLanguage();
  const most = Math.max(1, ...rows.map((row) => row.raised));
  const partName = (part: Part) => t(`report.${part}`);
  return (
    <Chart title={t('report.outcomes')} empty={t('report.nothing')}>
      {rows.map((row) => {
        const name = nameOf(row, row.key, by, language);
        const parts = partsOf(row);
        return (
          <Line
            key={row.key}
            name={name}
            track={PARTS.map((part) => (
              <i
                key={part}
                className={`part-${part}`}
                style={{ width: percentOf(parts[part].n / most) }}
              />
            ))}
            figure={
              <Count n={row.raised} rows={row.raised_rows} name={`${name} ${t('report.raised')}`} />
            }
            under={PARTS.filter((part) => parts[part].n > 0).map((part) => (
              <span key={part} className="chart-part">
                <i className={`swatch part-${part}`} aria-hidden="true" /> {partName(part)}{' '}
                <Count {...parts[part]} name={`${name} ${partName(part)}`} />
              </span>
            ))}
          />
        );
      })}
    </Chart>
  );
}

/** How often people agree with the machine, with the interval that says how sure this is. */
export function Precisions({ rows, by }: Props) {
  const { t, language } = useLanguage();
  const judged = rows.filter((row) => row.precision.share !== null);
  return (
    <Chart
      title={t('report.precision')}
      note={t('report.precision.note')}
      empty={t('report.unjudged')}
    >
      {judged.map((row) => {
        const name = nameOf(row, row.key, by, language);
        return (
          <Line
            key={row.key}
            name={name}
            beside={row.is_downgraded && <Tag color="warning">{t('report.downgraded')}</Tag>}
            track={<Interval of={row.precision} />}
            figure={
              <Link
                className="report-number"
                to={reviewedRows(row)}
                aria-label={`${name} ${t('report.precision')} ${percentText(row.precision.share ?? 0)}`}
              >
                {percentText(row.precision.share ?? 0)}
              </Link>
            }
            under={intervalText(row.precision)}
          />
        );
      })}
    </Chart>
  );
}

/** Why people said no, over all rows. */
export function Reasons({ total }: { total: Row }) {
  const { t } = useLanguage();
  const most = Math.max(1, ...total.reasons.map((one) => one.count));
  return (
    <Chart title={t('report.reasons')} empty={t('report.norejected')}>
      {total.reasons.map((one) => {
        const name = t(`reason.${one.reason}`);
        return (
          <Line
            key={one.reason}
            name={name}
            track={<i className="part-rejected" style={{ width: percentOf(one.count / most) }} />}
            figure={<Count n={one.count} rows={one.rows} name={name} />}
          />
        );
      })}
    </Chart>
  );
}

/** From the queue to a verdict: half of them, and nine in ten. */
export function Times({ rows, by }: Props) {
  const { t, language } = useLanguage();
  const timed = rows.filter((row) => row.review_s_median !== null);
  const most = Math.max(1, ...timed.map((row) => row.review_s_p90 ?? 0));
  return (
    <Chart title={t('report.time')} note={t('report.time.note')} empty={t('report.unjudged')}>
      {timed.map((row) => {
        const name = nameOf(row, row.key, by, language);
        const [half, most_of] = [row.review_s_median ?? 0, row.review_s_p90 ?? 0];
        return (
          <Line
            key={row.key}
            name={name}
            track={
              <>
                <i className="part-time" style={{ width: percentOf(half / most) }} />
                <i className="part-slow" style={{ width: percentOf((most_of - half) / most) }} />
              </>
            }
            figure={
              <Link
                className="report-number"
                to={endedRows(row)}
                aria-label={`${name} ${t('report.time')} ${span(half, language)}`}
              >
                {span(half, language)}
              </Link>
            }
            under={t('report.p90', { span: span(most_of, language) })}
          />
        );
      })}
    </Chart>
  );
}

/** What waits, and for how long the oldest has. */
export function Backlogs({ rows, by }: Props) {
  const { t, language } = useLanguage();
  const waiting = rows.filter((row) => row.backlog > 0);
  const most = Math.max(1, ...waiting.map((row) => row.backlog));
  return (
    <Chart title={t('report.backlog')} empty={t('queue.empty')}>
      {waiting.map((row) => {
        const name = nameOf(row, row.key, by, language);
        return (
          <Line
            key={row.key}
            name={name}
            track={<i className="part-backlog" style={{ width: percentOf(row.backlog / most) }} />}
            figure={
              <Count
                n={row.backlog}
                rows={row.backlog_rows}
                name={`${name} ${t('report.backlog')}`}
              />
            }
            under={
              row.oldest_s !== null && t('report.waits', { span: span(row.oldest_s, language) })
            }
          />
        );
      })}
    </Chart>
  );
}
