/** The claim on the item that is open: taken, renewed, given back, counted down. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ApiError, api, body } from '../api/client';
import type { Schemas } from '../api/client';

type Review = Schemas['ShownReview'];

const RENEW_MS = 30_000;

/** Claims being given back: one taken again meanwhile must not be overtaken by its own end. */
const givingBack = new Map<string, Promise<unknown>>();

/** Verdicts under way: the claim they stand on is not given back before they are settled. */
const deciding = new Map<string, Promise<unknown>>();

/** Hold the claim on `item` until its verdict is answered; the verdict's own answer. */
export function whileDeciding<T>(item: string, verdict: Promise<T>): Promise<T> {
  const settled = verdict.then(
    () => undefined,
    () => undefined,
  );
  deciding.set(item, settled);
  void settled.then(() => {
    if (deciding.get(item) === settled) deciding.delete(item);
  });
  return verdict;
}

/** Give a claim back by `end`, once a verdict that stands on it is settled. */
export function giveBack(item: string, end: () => Promise<unknown>): void {
  const going = (deciding.get(item) ?? Promise.resolve())
    .then(end)
    .catch(() => undefined)
    .finally(() => {
      if (givingBack.get(item) === going) givingBack.delete(item);
    });
  givingBack.set(item, going);
}

export type Lease =
  { state: 'asking' } | { state: 'mine'; until: number } | { state: 'refused'; error: unknown };

/** Claim `alert` while it is shown. `undefined`: nothing to claim, or nobody looks at it. */
export function useLease(alert: string | undefined): Lease {
  const queries = useQueryClient();
  const [held, setHeld] = useState<{ alert: string; lease: Lease } | null>(null);
  useEffect(() => {
    if (alert === undefined) return undefined;
    let isOver = false;
    let isHeld = false;
    const path = { params: { path: { alert } } };
    const claim = async () => {
      try {
        await givingBack.get(alert);
        if (isOver) return;
        const review = await body(api.POST('/api/v1/alerts/{alert}/claim', path));
        if (isOver) return;
        isHeld = true;
        queries.setQueryData(['alert', alert, 'review'], review);
        setHeld({ alert, lease: { state: 'mine', until: untilOf(review) } });
      } catch (error) {
        // a renewal that is lost on the way loses no lease
        if (isOver || (isHeld && !(error instanceof ApiError))) return;
        isHeld = false;
        void queries.invalidateQueries({ queryKey: ['alert', alert, 'review'] });
        setHeld({ alert, lease: { state: 'refused', error } });
      }
    };
    void claim();
    const renewing = window.setInterval(() => void claim(), RENEW_MS);
    return () => {
      isOver = true;
      window.clearInterval(renewing);
      setHeld(null);
      giveBack(alert, () => api.DELETE('/api/v1/alerts/{alert}/claim', path));
    };
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
