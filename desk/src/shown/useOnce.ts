/** A double click is one act. */
import { useCallback, useRef } from 'react';

/** A function that begins `work`, and nothing while what it began is under way. */
export function useOnce(): (work: () => Promise<unknown>) => void {
  const isBusy = useRef(false);
  return useCallback((work) => {
    if (isBusy.current) return;
    isBusy.current = true;
    // what went wrong is told by the mutation itself
    work()
      .catch(() => undefined)
      .finally(() => {
        isBusy.current = false;
      });
  }, []);
}
