/** What a report's rows mean on the page: addresses, shares, how well two people agree. */
import type { Schemas } from '../api/client';
import type { Language } from '../i18n/language';

export type Row = Schemas['ReportRow'];
export type By = Schemas['By'];
export type Proportion = Schemas['Proportion'];

export const TOTAL = 'all';
export const SPANS_DAYS = [1, 7, 30] as const;
const DAY_MS = 86_400_000;

/** The last days up to now, as the API takes them. */
export function spanOf(days: number, now = Date.now()): { since: string; until: string } {
  return {
    since: new Date(now - days * DAY_MS).toISOString(),
    until: new Date(now).toISOString(),
  };
}

/** The page of the alerts the API's address lists, with other states of review where wanted. */
export function pageOf(rows: string, ...states: readonly Schemas['ReviewState'][]): string {
  const query = new URLSearchParams(rows.split('?')[1] ?? '');
  if (states.length > 0) query.delete('review');
  for (const state of states) query.append('review', state);
  return `/alerts?${query.toString()}`;
}

/** A code with its name, or the camera's title alone, which may be its id. */
export function nameOf(
  row: Pick<Row, 'text_zh' | 'text_en'>,
  key: string,
  by: By,
  language: Language,
): string {
  const name = language === 'zh' ? row.text_zh : row.text_en;
  return by === 'rule' ? `${key} ${name}` : name;
}

export const PARTS = ['confirmed', 'rejected', 'void', 'backlog', 'merged'] as const;
export type Part = (typeof PARTS)[number];

/** What became of the alerts of a row: every one is in exactly one part. */
export function partsOf(row: Row): Readonly<Record<Part, { n: number; rows: string }>> {
  const merged = row.raised - row.confirmed - row.rejected - row.void - row.backlog;
  return {
    confirmed: { n: row.confirmed, rows: row.confirmed_rows },
    rejected: { n: row.rejected, rows: row.rejected_rows },
    void: { n: row.void, rows: row.void_rows },
    backlog: { n: row.backlog, rows: row.backlog_rows },
    merged: { n: Math.max(0, merged), rows: pageOf(row.raised_rows, 'merged') },
  };
}

/** The alerts a precision is of: those a person has confirmed or rejected. */
export function reviewedRows(row: Row): string {
  return pageOf(row.raised_rows, 'confirmed', 'evidence', 'rejected');
}

/** The alerts a time to review is of: those that have come to an end with people. */
export function endedRows(row: Row): string {
  return pageOf(row.raised_rows, 'confirmed', 'evidence', 'rejected', 'merged');
}

/** Those with most alerts first: what one reads from across the room. */
export function byMost(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((one, other) => other.raised - one.raised);
}

/** A width of the whole. */
export function percentOf(share: number): string {
  return `${String(Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10)}%`;
}

/** As people read it. */
export function percentText(share: number): string {
  return `${String(Math.round(share * 100))} %`;
}

export type Agreement = 'poor' | 'fair' | 'good' | 'very_good';

/** Cohen's kappa in a word (after D. G. Altman, 1991). */
export function agreementOf(kappa: number): Agreement {
  if (kappa <= 0.4) return 'poor';
  if (kappa <= 0.6) return 'fair';
  return kappa <= 0.8 ? 'good' : 'very_good';
}
