/**
 * Asks for alarms for ever, whatever happens: in the background, without a network, after the
 * session's end. When no answer comes it says so, and sounds.
 */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { ApiError, checkSession } from '../api/client';
import { isAudible, startSiren, subscribeAudible } from './siren';

const ASK_EVERY_MS = 3_000;
const TIMEOUT_MS = 8_000;
const DEAF_AFTER_MS = 12_000;

/** `fetch` that ends by itself and asks for no login: a 401 is an answer here. */
export function timely(request: Request): Promise<Response> {
  return fetch(request, { signal: AbortSignal.timeout(TIMEOUT_MS) });
}

export interface Hearing<T> {
  data: T | undefined;
  /** Whether a new alarm would not be heard of: no answers, or the session is over. */
  isDeaf: boolean;
  /** Whether that is for want of a login. */
  isOver: boolean;
  /** When an answer came last, ms; 0: never. */
  heardAt: number;
  /** Whether the browser lets sound through. */
  isAudible: boolean;
  /** Be silent about this outage; the bar stays. */
  hush: () => void;
}

interface Asked<T> {
  key: string;
  ask: () => Promise<T>;
  sounds: (data: T) => boolean;
  enabled?: boolean;
}

/** Alarms by `ask`, with sound while `sounds` says so of the newest answer. */
export function useAlarms<T>({ key, ask, sounds, enabled = true }: Asked<T>): Hearing<T> {
  const { data, error, dataUpdatedAt, errorUpdatedAt } = useQuery({
    queryKey: [key],
    queryFn: ask,
    enabled,
    retry: false,
    networkMode: 'always',
    refetchInterval: ASK_EVERY_MS,
    refetchIntervalInBackground: true,
  });
  const audible = useSyncExternalStore(subscribeAudible, isAudible);
  const [hushedAt, setHushedAt] = useState(-1);
  const isFailing = errorUpdatedAt > dataUpdatedAt;
  const isOver = isFailing && error instanceof ApiError && error.status === 401;
  const isDeaf = isOver || (isFailing && errorUpdatedAt - dataUpdatedAt > DEAF_AFTER_MS);
  const isAlarm = data !== undefined && sounds(data);
  const warns = isDeaf && !isAlarm && hushedAt !== dataUpdatedAt;
  useEffect(() => (isAlarm ? startSiren() : undefined), [isAlarm]);
  useEffect(() => (warns ? startSiren('deaf') : undefined), [warns]);
  useEffect(() => {
    if (isOver) checkSession().catch(() => undefined);
  }, [isOver]);
  return {
    data: data as T | undefined,
    isDeaf,
    isOver,
    heardAt: dataUpdatedAt,
    isAudible: audible || !enabled,
    hush: () => {
      setHushedAt(dataUpdatedAt);
    },
  };
}
