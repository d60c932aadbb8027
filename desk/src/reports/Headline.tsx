/** The few figures of a span that are read from across the room. */
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useLanguage } from '../i18n/language';
import { span } from '../shown/time';
import { intervalText } from './Charts';
import { Count } from './Count';
import type { Row } from './figures';
import { endedRows, percentText, reviewedRows } from './figures';

/** A figure in large with its name over it and what else there is to say under it. */
export function Tile({
  name,
  children,
  under,
}: {
  name: string;
  children: ReactNode;
  under?: ReactNode;
}) {
  return (
    <li className="tile">
      <span>{name}</span>
      <b>{children}</b>
      <small>{under}</small>
    </li>
  );
}

export function Headline({ total }: { total: Row }) {
  const { t, language } = useLanguage();
  const { precision } = total;
  const ended = total.raised - total.backlog;
  return (
    <ul className="tiles" aria-label={t('report.total')}>
      <Tile name={t('report.raised')}>
        <Count n={total.raised} rows={total.raised_rows} name={t('report.raised')} />
      </Tile>
      <Tile name={t('report.confirmed')}>
        <Count n={total.confirmed} rows={total.confirmed_rows} name={t('report.confirmed')} />
      </Tile>
      <Tile name={t('report.rejected')}>
        <Count n={total.rejected} rows={total.rejected_rows} name={t('report.rejected')} />
      </Tile>
      <Tile
        name={t('report.precision')}
        under={precision.share !== null && intervalText(precision)}
      >
        {precision.share === null ? (
          '–'
        ) : (
          <Link
            className="report-number"
            to={reviewedRows(total)}
            aria-label={`${t('report.precision')} ${percentText(precision.share)}`}
          >
            {percentText(precision.share)}
          </Link>
        )}
      </Tile>
      <Tile
        name={t('report.time')}
        under={
          total.review_s_p90 !== null &&
          t('report.p90', { span: span(total.review_s_p90, language) })
        }
      >
        {total.review_s_median === null ? (
          '–'
        ) : (
          <Count
            n={ended}
            rows={endedRows(total)}
            name={t('report.time')}
            text={span(total.review_s_median, language)}
          />
        )}
      </Tile>
      <Tile
        name={t('report.backlog')}
        under={
          total.oldest_s !== null && t('report.waits', { span: span(total.oldest_s, language) })
        }
      >
        <Count n={total.backlog} rows={total.backlog_rows} name={t('report.backlog')} />
      </Tile>
    </ul>
  );
}
