/** Which item comes next: never one that somebody else works on. */
import type { Schemas } from '../api/client';

type Item = Schemas['QueueItem'];

/** Whether one may decide on it and nobody else works on it. */
export function isForMe({ review }: Item): boolean {
  return review.acts.length > 0 && (review.claim === null || review.claim.is_mine);
}

/** What to open first; who may decide on nothing sees the head of the queue. */
export function firstOf(items: readonly Item[]): Item | undefined {
  const mayDecide = items.some(({ review }) => review.acts.length > 0);
  return mayDecide ? items.find(isForMe) : items[0];
}

/**
 * What to open after `shown`: the nearest one's own below it, else the nearest above.
 *
 * `place` is where `shown` stood when it was last in the list: a decided item leaves it.
 */
export function nextOf(items: readonly Item[], shown: string, place: number): Item | undefined {
  const at = items.findIndex(({ alert }) => alert.id === shown);
  const [above, below] =
    at === -1
      ? [items.slice(0, place), items.slice(place)]
      : [items.slice(0, at), items.slice(at + 1)];
  return below.find(isForMe) ?? above.findLast(isForMe);
}
