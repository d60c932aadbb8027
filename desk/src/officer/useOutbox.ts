/** The outbox on the page: what waits, who may take it back, and the clock that sends it. */
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import * as outbox from './outbox';
import type { NewStep, Step } from './outbox';

const RETRY_MS = 5_000;
const NOTHING = { mine: [] as Step[], others: 0 };

/** How long an outcome may be taken back, ms. */
export const UNDO_MS = 8_000;

export interface Outbox {
  steps: Step[];
  /** Steps of other people on this phone: they go out when those log in. */
  others: number;
  /** The phone keeps nothing: no room, or storage is shut. */
  isShut: boolean;
  /** Whether they are kept. */
  add: (steps: readonly Omit<NewStep, 'person'>[]) => Promise<boolean>;
  takeBack: (task: string) => Promise<void>;
  again: (step: Step) => Promise<void>;
  giveUp: (step: Step) => Promise<void>;
}

export function useOutbox(person: string): Outbox {
  const queries = useQueryClient();
  const [held, setHeld] = useState(NOTHING);
  const [isShut, setShut] = useState(false);
  const flush = useCallback(async () => {
    try {
      const before = await outbox.waiting(person);
      setHeld(before);
      if (before.mine.every((step) => step.refused)) return;
      await outbox.send(person);
      const after = await outbox.waiting(person);
      // first what the service made of it, then without the step: no moment shows neither
      if (after.mine.length < before.mine.length) {
        await queries.invalidateQueries({ queryKey: ['my-tasks'] });
      }
      setHeld(after);
    } catch {
      setShut(true);
    }
  }, [queries, person]);
  useEffect(() => {
    const go = () => void flush();
    const left = () => {
      if (document.visibilityState === 'hidden') void outbox.letGo(person).then(flush, go);
      else go();
    };
    const first = window.setTimeout(go, 0);
    const retrying = window.setInterval(go, RETRY_MS);
    window.addEventListener('online', go);
    document.addEventListener('visibilitychange', left);
    return () => {
      window.clearTimeout(first);
      window.clearInterval(retrying);
      window.removeEventListener('online', go);
      document.removeEventListener('visibilitychange', left);
    };
  }, [flush, person]);
  const changed = async (change: Promise<unknown>) => {
    try {
      await change;
      setShut(false);
      void flush();
      return true;
    } catch {
      setShut(true);
      return false;
    }
  };
  return {
    steps: held.mine,
    others: held.others,
    isShut,
    add: (steps) => changed(outbox.keep(steps.map((step) => ({ ...step, person })))),
    takeBack: async (task) => void (await changed(outbox.takeBack(person, task))),
    again: async (step) => void (await changed(outbox.again(step))),
    giveUp: async (step) => void (await changed(outbox.giveUp(step))),
  };
}
