/** The last verdict of this person, while it may be taken back: the service says how long. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useCallback, useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import { ApiError, api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { useNow } from './lease';

interface Taken<T> {
  what: T;
  /** By this machine's clock, counted from the seconds the service gave. */
  until: number;
}

/** What may be taken back for some seconds; then it is gone by itself. */
function useTaken<T>() {
  const [taken, setTaken] = useState<Taken<T> | null>(null);
  useEffect(() => {
    if (taken === null) return undefined;
    const ending = window.setTimeout(
      () => {
        setTaken(null);
      },
      Math.max(0, taken.until - Date.now()),
    );
    return () => {
      window.clearTimeout(ending);
    };
  }, [taken]);
  const offer = useCallback((what: T, secondsLeft: number | null) => {
    setTaken(secondsLeft === null ? null : { what, until: Date.now() + secondsLeft * 1000 });
  }, []);
  const drop = useCallback(() => {
    setTaken(null);
  }, []);
  return { taken, offer, drop };
}

/** Taking back by `take`, on offer for as long as the service says; then `onBack`. */
export function useTakingBack<T, R>(take: (what: T) => Promise<R>, onBack: (result: R) => void) {
  const { message } = App.useApp();
  const { t } = useLanguage();
  const problemText = useProblemText();
  const { taken, offer, drop } = useTaken<T>();
  const taking = useMutation({
    mutationFn: take,
    onSuccess: (result) => {
      drop();
      onBack(result);
      void message.success(t('undo.done'));
    },
    onError: (error) => {
      if (error instanceof ApiError) drop();
      void message.error(problemText(error));
    },
  });
  return {
    taken,
    offer,
    undo: () => {
      if (taken !== null && !taking.isPending) taking.mutate(taken.what);
    },
  };
}

/** The last verdict at an alert; taken back, the alert is opened again. */
export function useUndo() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { taken, offer, undo } = useTakingBack(
    ({ alert }: Schemas['ShownReview']) =>
      body(
        api.POST('/api/v1/alerts/{alert}/undo', {
          params: { path: { alert } },
          body: { comment: '' },
        }),
      ),
    (review) => {
      queries.setQueryData(['alert', review.alert, 'review'], review);
      void queries.invalidateQueries({ queryKey: ['queue'] });
      void navigate(`/review/${review.alert}`, { replace: true });
    },
  );
  return {
    taken,
    undo,
    offerUndo: (review: Schemas['ShownReview']) => {
      offer(review, review.undo_seconds_left);
    },
  };
}

interface BarProps {
  text: string;
  until: number;
  onUndo: () => void;
}

export function UndoBar({ text, until, onUndo }: BarProps) {
  const { t } = useLanguage();
  const now = useNow();
  return (
    <div className="undo" role="status">
      {text}
      <Button size="small" onClick={onUndo}>
        <kbd>U</kbd> {t('undo.take', { s: Math.max(0, Math.ceil((until - now) / 1000)) })}
      </Button>
    </div>
  );
}
