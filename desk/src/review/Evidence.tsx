/** Stills, dwell and clauses: what was seen, since when, and why it is a clue. */
import { Image, Tooltip } from 'antd';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import type { Key } from '../i18n/language';
import { clock, moment, seconds, span } from '../shown/time';
import { clauseText } from './clause';
import type { Detail } from './item';
import { dwellSheet, filesOf } from './item';

/** First, middle, last: the thing standing there, three times. */
export function Stills({ detail, isDrawn }: { detail: Detail; isDrawn: boolean }) {
  const { t } = useLanguage();
  const { stills } = filesOf(detail);
  const roles: ('first' | 'mid' | 'last')[] = ['first', 'mid', 'last'];
  return (
    <div className="stills">
      {roles.map((role, place) => {
        const file = stills[place];
        return (
          <figure key={role}>
            <div className="still-frame">
              {file ? (
                <>
                  <Image
                    src={file.url}
                    alt={t(`role.${role}`)}
                    preview={{ mask: false }}
                    width="100%"
                  />
                  {isDrawn && file.box && <StillBox box={file.box} />}
                </>
              ) : (
                <span className="still-none">{t(`pack.${detail.evidence}`)}</span>
              )}
            </div>
            <figcaption>
              {t(`role.${role}`)} {file && clock(file.captured_at)}
            </figcaption>
          </figure>
        );
      })}
    </div>
  );
}

function StillBox({ box }: { box: Schemas['ShownBox'] }) {
  return (
    <svg className="drawing" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
      <rect
        className="drawn-box drawn-open"
        x={box.x1}
        y={box.y1}
        width={box.x2 - box.x1}
        height={box.y2 - box.y1}
      />
    </svg>
  );
}

/** The same place again and again from first seen to opening: was it one thing all the time? */
export function DwellSheet({ detail }: { detail: Detail }) {
  const { t } = useLanguage();
  const sheet = dwellSheet(detail);
  if (sheet === undefined) return null;
  return (
    <>
      <h3>{t('dwell.sheet')}</h3>
      <Image src={sheet.url} alt={t('dwell.sheet')} preview={{ mask: false }} width="100%" />
    </>
  );
}

/** From first seen to last seen: watched, not watched, opened, due, stills and clip. */
export function DwellStrip({ detail }: { detail: Detail }) {
  const { t, language } = useLanguage();
  const from = detail.occupied_since;
  const until = detail.cleared_at ?? detail.last_seen;
  const whole = Math.max(1, seconds(from, until));
  const place = (at: string) => `${String(clamp((seconds(from, at) / whole) * 100))}%`;
  const marks: { at: string; kind: string; name: Key }[] = [
    { at: detail.opened_at, kind: 'opened', name: 'dwell.opened' },
  ];
  if (detail.due_at !== null && detail.due_at > detail.opened_at)
    marks.push({ at: detail.due_at, kind: 'due', name: 'dwell.due' });
  const { stills, clip } = filesOf(detail);
  const label = t('dwell.label', {
    from: clock(from),
    span: span(whole, language),
    observed: span(detail.observed_s, language),
  });
  return (
    <div className="dwell" role="img" aria-label={label}>
      <div className="dwell-words">
        <b>{clock(from)}</b>
        <span>
          {t('dwell.stands', { span: span(whole, language) })} ·{' '}
          {t('dwell.observed', { span: span(detail.observed_s, language) })}
          {!detail.continuity_known && <em> · {t('dwell.unsure')}</em>}
        </span>
        <b>{clock(until)}</b>
      </div>
      <div className="dwell-line">
        {detail.gaps.map((gap) => (
          <i
            key={gap.start}
            className="dwell-gap"
            style={{ left: place(gap.start), right: `calc(100% - ${place(gap.end)})` }}
          />
        ))}
        {clip?.ended_at && (
          <i
            className="dwell-clip"
            style={{
              left: place(clip.captured_at),
              right: `calc(100% - ${place(clip.ended_at)})`,
            }}
          />
        )}
        {stills.map((still) => (
          <i key={still.url} className="dwell-still" style={{ left: place(still.captured_at) }} />
        ))}
        {marks
          .filter((mark) => seconds(from, mark.at) <= whole)
          .map((mark) => (
            <Tooltip key={mark.kind} title={`${t(mark.name)} ${clock(mark.at)}`}>
              <i className={`dwell-mark dwell-${mark.kind}`} style={{ left: place(mark.at) }} />
            </Tooltip>
          ))}
      </div>
      <div className="dwell-legend">
        {marks.map((mark) => (
          <span key={mark.kind} className={`legend-${mark.kind}`}>
            {t(mark.name)} {clock(mark.at)}
          </span>
        ))}
        {detail.gaps.length > 0 && (
          <span className="legend-gap">{t('dwell.gaps', { count: detail.gaps.length })}</span>
        )}
        {clip && <span className="legend-clip">{t('dwell.clip')}</span>}
      </div>
    </div>
  );
}

function clamp(percent: number): number {
  return Math.min(100, Math.max(0, percent));
}

/** Each clause of the rule: how it stood, in one line with its number and limit. */
export function Trace({ clauses }: { clauses: readonly Schemas['ShownClause'][] }) {
  const { t, language } = useLanguage();
  return (
    <ul className="trace">
      {clauses.map((clause) => (
        <li key={clause.clause}>
          <span className={`truth truth-${clause.truth}`}>{t(`truth.${clause.truth}`)}</span>
          <span>{clauseText(clause, language)}</span>
          {clause.since !== null && <time>{moment(clause.since)}</time>}
        </li>
      ))}
    </ul>
  );
}
