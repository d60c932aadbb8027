/** What of the alerts is wanted: it stands in the address, so that a view can be passed on. */
import type { Schemas } from '../api/client';
import { REASONS } from '../review/reasons';
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
export const PHASES = ['grace', 'due'] as const;
export const PACKS = ['pending', 'complete', 'partial'] as const;

/** Keys of the address that the API takes several times. */
export const LISTS = [
  'id',
  'decided_by',
  'code',
  'camera',
  'zone',
  'severity',
  'life',
  'phase',
  'review',
  'reason',
  'evidence',
  'sample',
] as const;
export type ListName = (typeof LISTS)[number];

export interface Filter {
  /** Beginnings of ids. */
  id: string[];
  /** Beginnings of logins or full names. */
  decided_by: string[];
  code: string[];
  camera: string[];
  zone: string[];
  severity: Schemas['Severity'][];
  life: Schemas['Life'][];
  phase: Schemas['Phase'][];
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

const NAME = /^[a-z][a-z0-9_]{0,63}$/;
const ID = /^([0-9a-f]{4,32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const PERSON = /^\P{Cc}{1,64}$/u;
const TIMES = ['since', 'until', 'sampled_since', 'sampled_until'] as const;

const oneOf =
  (known: readonly string[]) =>
  (value: string): boolean =>
    known.includes(value);

/** What each key of the address may say. */
const SAYS: Readonly<Record<string, (value: string) => boolean>> = {
  id: (value) => ID.test(value),
  decided_by: (value) => PERSON.test(value),
  code: (value) => /^[A-Z]{2}-\d{2}[A-Z]?$/.test(value),
  camera: (value) => NAME.test(value),
  zone: (value) => NAME.test(value),
  severity: oneOf(SEVERITIES),
  life: oneOf(LIVES),
  phase: oneOf(PHASES),
  review: oneOf(STATES),
  reason: oneOf(REASONS),
  evidence: oneOf(PACKS),
  sample: oneOf(SAMPLES),
  ...Object.fromEntries(TIMES.map((name) => [name, (value: string) => timeOf(value) !== ''])),
};

/** The filter an address asks for; `unknownOf` tells what of it is not understood. */
export function filterOf(params: URLSearchParams): Filter {
  const some = (name: ListName) => params.getAll(name).filter((one) => SAYS[name]?.(one));
  return {
    ...(Object.fromEntries(LISTS.map((name) => [name, some(name)])) as Pick<Filter, ListName>),
    sampled_since: timeOf(params.get('sampled_since')),
    sampled_until: timeOf(params.get('sampled_until')),
    since: timeOf(params.get('since')),
    until: timeOf(params.get('until')),
  };
}

/** What an address says and nobody understands: left out, it would show a wider list than asked. */
export function unknownOf(params: URLSearchParams): [name: string, value: string][] {
  return [...params.entries()].filter(([name, value]) => SAYS[name]?.(value) !== true);
}

/** The same address without what is not understood. */
export function understood(params: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...params.entries()].filter(([name, value]) => SAYS[name]?.(value)));
}

const DAY_MS = 86_400_000;
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

/** A day ends where the next begins: the service lists what opened before that. */
function endOf(time: string): string {
  if (!DAY.test(time)) return time;
  const next = new Date(Date.parse(`${time}T00:00:00Z`) + DAY_MS);
  return beginOf(next.toISOString().slice(0, 10));
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
