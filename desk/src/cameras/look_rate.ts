/** How often a camera is looked at, from counts that were told one after the other. */
export interface Counted {
  looks: number;
  at_ms: number;
}

/** Looks a second from the first count to the last; null while there is nothing to divide. */
export function rateOf(counted: readonly Counted[]): number | null {
  const first = counted[0];
  const last = counted.at(-1);
  if (first === undefined || last === undefined || last.at_ms <= first.at_ms) return null;
  if (last.looks < first.looks) return null; // counted anew after a week of silence
  return ((last.looks - first.looks) * 1000) / (last.at_ms - first.at_ms);
}
