/** What of the alerts is wanted: it stands in the address, so that a view can be passed on. */
import type { Schemas } from '../api/client';

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
  since: string;
  until: string;
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
    since: dayOf(params.get('since')),
    until: dayOf(params.get('until')),
  };
}

function dayOf(value: string | null): string {
  return value !== null && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : '';
}

/** The query of `GET /alerts`; days are those of the bureau. */
export function queryOf(filter: Filter) {
  const { since, until, ...lists } = filter;
  return {
    ...lists,
    ...(since === '' ? {} : { since: `${since}T00:00:00+08:00` }),
    ...(until === '' ? {} : { until: `${until}T23:59:59+08:00` }),
  };
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
