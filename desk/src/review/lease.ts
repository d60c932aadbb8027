/** The claim on the item that is open: taken, renewed, given back, counted down. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ApiError, api, body } from '../api/client';
import type { Schemas } from '../api/client';

type Review = Schemas['ShownReview'];

const RENEW_MS = 30_000;

/** Claims being given back: one taken again meanwhile must not be overtaken by its own end. */
const givingBack = new Map<string, Promise<unknown>>();

function giveBack(alert: string): void {
  const path = { params: { path: { alert } } };
  const going = api
    .DELETE('/api/v1/alerts/{alert}/claim', path)
    .catch(() => undefined)
    .finally(() => {
      if (givingBack.get(alert) === going) givingBack.delete(alert);
    });
  givingBack.set(alert, going);
}

export type Lease =
  { state: 'asking' } | { state: 'mine'; until: number } | { state: 'refused'; error: unknown };

/** Claim `alert` while it is shown. `undefined`: nothing to claim. */
export function useLease(alert: string | undefined): Lease {
  const queries = useQueryClient();
  const [held, setHeld] = useState<{ alert: string; lease: Lease } | null>(null);
  useEffect(() => {
    if (alert === undefined) return undefined;
    let isOver = false;
    const path = { params: { path: { alert } } };
    const claim = async () => {
      try {
        await givingBack.get(alert);
        if (isOver) return;
        const review = await body(api.POST('/api/v1/alerts/{alert}/claim', path));
        if (isOver) return;
        queries.setQueryData(['alert', alert, 'review'], review);
        setHeld({ alert, lease: { state: 'mine', until: untilOf(review) } });
      } catch (error) {
        if (isOver) return;
        if (error instanceof ApiError || held === null) {
          setHeld({ alert, lease: { state: 'refused', error } });
        }
      }
    };
    void claim();
    const renewing = window.setInterval(() => void claim(), RENEW_MS);
    return () => {
      isOver = true;
      window.clearInterval(renewing);
      giveBack(alert);
    };
    // `held` is read for its absence only: a renewal that fails on the way keeps the lease
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [alert, queries]);
  return held !== null && held.alert === alert ? held.lease : { state: 'asking' };
}

function untilOf(review: Review): number {
  return Date.now() + (review.claim?.seconds_left ?? 0) * 1000;
}

/** The present, once a second. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const ticking = window.setInterval(() => {
      setNow(Date.now());
    }, 1000);
    return () => {
      window.clearInterval(ticking);
    };
  }, []);
  return now;
}
