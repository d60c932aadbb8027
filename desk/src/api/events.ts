/** Server-sent events of the service, shared by every page through one connection. */
import { useEffect, useRef } from 'react';
import { checkSession } from './client';

/** Told here when lists must be loaded anew: the stream may have missed something. */
const RESET = 'feed.reset';

export const EVENT_NAMES = [
  RESET,
  'alert.opened',
  'alert.changed',
  'alert.cleared',
  'evidence.changed',
  'site.changed',
  'review.changed',
  'alarm.changed',
  'task.changed',
  'siren.test',
] as const;

export type EventName = (typeof EVENT_NAMES)[number];

/** What one event says; which keys it has depends on its name (docs/api.md). */
export interface LiveEvent {
  name: EventName;
  seq: number;
  about: Readonly<Record<string, unknown>>;
}

type Listener = (event: LiveEvent) => void;

const listeners = new Set<Listener>();
const onState = new Set<(isLive: boolean) => void>();
let source: EventSource | null = null;
let isLive = false;
let mayHaveMissed = false;

/** Open the stream; a second call while it is open does nothing. */
export function openEvents(): void {
  if (source !== null) return;
  const opened = new EventSource('/api/v1/events');
  source = opened;
  opened.onopen = () => {
    tell(true);
    // opened again or late: what happened meanwhile is not told where no number was known before
    if (mayHaveMissed) hand({ name: RESET, seq: 0, about: {} });
    mayHaveMissed = true;
  };
  opened.onerror = () => {
    mayHaveMissed = true;
    tell(false);
    if (opened.readyState === EventSource.CLOSED) reopen(opened);
  };
  for (const name of EVENT_NAMES) {
    opened.addEventListener(name, (message: MessageEvent<string>) => {
      const about = JSON.parse(message.data) as Record<string, unknown>;
      hand({ name, seq: Number(message.lastEventId), about });
    });
  }
}

/** End the stream, at logout. */
export function closeEvents(): void {
  source?.close();
  source = null;
  tell(false);
}

function hand(event: LiveEvent): void {
  for (const listener of listeners) listener(event);
}

function reopen(ended: EventSource): void {
  window.setTimeout(() => {
    void checkSession()
      .catch(() => undefined)
      .then(() => {
        if (source !== ended) return;
        source = null;
        openEvents();
      });
  }, 3000);
}

function tell(now: boolean): void {
  if (now === isLive) return;
  isLive = now;
  for (const listener of onState) listener(now);
}

/** Hear every event while the component is shown. */
export function useEvents(hear: Listener): void {
  const newest = useRef(hear);
  useEffect(() => {
    newest.current = hear;
  });
  useEffect(() => {
    const listener: Listener = (event) => {
      newest.current(event);
    };
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, []);
}

/** Subscribe to whether the stream is open, for `useSyncExternalStore`. */
export function subscribeLive(changed: () => void): () => void {
  onState.add(changed);
  return () => {
    onState.delete(changed);
  };
}

/** Whether the stream is open now. */
export function isLiveNow(): boolean {
  return isLive;
}
