/** What of the alerts is wanted: it stands in the address, so that a view can be passed on. */
import type { Schemas } from '../api/client';
import { isoDay } from '../shown/time';

export const SEVERITIES = ['S1', 'S2', 'S3', 'S4'] as const;
export const LIVES = ['open', 'persisting', 'cleared', 'reopened'] as const;
export const STATES = [
  'grace',
  'void',
  'queued',
  'senior',
  'second',
  'supervisor',
  'deferred',
  'onsite',
  'confirmed',
  'evidence',
  'rejected',
  'merged',
] as const;
export const SAMPLES = ['agreed_confirmed', 'agreed_rejected', 'overturned', 'restored'] as const;
export const PACKS = ['pending', 'complete', 'partial'] as const;

/** Keys of the address that the API takes several times. */
export const LISTS = [
  'code',
  'camera',
  'severity',
  'life',
  'review',
  'reason',
  'evidence',
  'sample',
] as const;
export type ListName = (typeof LISTS)[number];

export interface Filter {
  code: string[];
  camera: string[];
  severity: Schemas['Severity'][];
  life: Schemas['Life'][];
  review: Schemas['ReviewState'][];
  reason: Schemas['Reason'][];
  evidence: Schemas['PackState'][];
  sample: Schemas['SampleOutcome'][];
  since: string;
  until: string;
  /** When the blind look was drawn: numbers of a report name it. */
  sampled_since: string;
  sampled_until: string;
}

/** The filter an address asks for; what it does not know is left out. */
export function filterOf(params: URLSearchParams): Filter {
  const some = <T extends string>(name: string, known: readonly T[]): T[] =>
    params.getAll(name).filter((one): one is T => known.includes(one as T));
  return {
    code: params.getAll('code').filter((one) => /^[A-Z]{2}-\d{2}[A-Z]?$/.test(one)),
    camera: params.getAll('camera').filter((one) => /^[a-z][a-z0-9_]*$/.test(one)),
    severity: some('severity', SEVERITIES),
    life: some('life', LIVES),
    review: some('review', STATES),
    reason: params.getAll('reason') as Schemas['Reason'][],
    evidence: some('evidence', PACKS),
    sample: some('sample', SAMPLES),
    sampled_since: timeOf(params.get('sampled_since')),
    sampled_until: timeOf(params.get('sampled_until')),
    since: timeOf(params.get('since')),
    until: timeOf(params.get('until')),
  };
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** A moment with its zone, as numbers of a report name their span. */
const MOMENT = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/;

/** A day or a moment; what is neither is left out. */
function timeOf(value: string | null): string {
  if (value === null || Number.isNaN(Date.parse(value))) return '';
  return DAY.test(value) || MOMENT.test(value) ? value : '';
}

/** The day a time of the filter lies in, of the bureau; empty: none is asked. */
export function dayOf(value: string | null): string {
  const time = timeOf(value);
  return time === '' || DAY.test(time) ? time : isoDay(time);
}

/** The query of `GET /alerts`; days are those of the bureau, whole. */
export function queryOf(filter: Filter) {
  const { since, until, sampled_since, sampled_until, ...lists } = filter;
  return {
    ...lists,
    ...(since === '' ? {} : { since: beginOf(since) }),
    ...(until === '' ? {} : { until: endOf(until) }),
    ...(sampled_since === '' ? {} : { sampled_since: beginOf(sampled_since) }),
    ...(sampled_until === '' ? {} : { sampled_until: endOf(sampled_until) }),
  };
}

function beginOf(time: string): string {
  return DAY.test(time) ? `${time}T00:00:00+08:00` : time;
}

function endOf(time: string): string {
  return DAY.test(time) ? `${time}T23:59:59+08:00` : time;
}

/** The same address with one key changed. */
export function changed(
  params: URLSearchParams,
  name: string,
  values: readonly string[],
): URLSearchParams {
  const next = new URLSearchParams(params);
  next.delete(name);
  for (const value of values) if (value !== '') next.append(name, value);
  return next;
}
