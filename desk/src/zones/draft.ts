/** A draft of the site: edited with undo, checked as one types, kept and put in force. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useReducer, useState } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useSession } from '../session/session';
import type { Site } from './content';
import { siteOf } from './content';

const CHECK_AFTER_MS = 350;
const MOST_STEPS = 100;

interface Edited {
  base: string;
  past: readonly Site[];
  now: Site;
  future: readonly Site[];
}

type Step =
  | { kind: 'load'; base: string; site: Site }
  | { kind: 'edit'; site: Site }
  | { kind: 'undo' }
  | { kind: 'redo' };

function take(edited: Edited | null, step: Step): Edited | null {
  if (step.kind === 'load') return { base: step.base, past: [], now: step.site, future: [] };
  if (edited === null) return null;
  const { past, now, future } = edited;
  if (step.kind === 'edit') {
    return { ...edited, past: [...past, now].slice(-MOST_STEPS), now: step.site, future: [] };
  }
  if (step.kind === 'undo') {
    const before = past.at(-1);
    if (before === undefined) return edited;
    return { ...edited, past: past.slice(0, -1), now: before, future: [now, ...future] };
  }
  const [after, ...rest] = future;
  if (after === undefined) return edited;
  return { ...edited, past: [...past, now], now: after, future: rest };
}

/** The draft on top of what is in force; undefined until that is known. */
export function useDraft() {
  const queries = useQueryClient();
  const { data: held } = useQuery({
    queryKey: ['site'],
    queryFn: () => body(api.GET('/api/v1/site')),
    staleTime: Infinity,
  });
  const [edited, step] = useReducer(take, null);
  useEffect(() => {
    if (held !== undefined) step({ kind: 'load', base: held.revision, site: siteOf(held) });
  }, [held]);
  const { may } = useSession();
  const checked = useCheck(may('site.edit') ? edited?.now : undefined);
  const applying = useMutation({
    mutationFn: async (reason: string) => {
      if (edited === null) throw new Error('nothing is loaded');
      const content = edited.now as unknown as Schemas['TakenDraft']['content'];
      const kept = await body(api.POST('/api/v1/site/drafts', { body: { content, note: reason } }));
      return putInForce(kept.revision, edited.base, reason);
    },
    onSuccess: () => Promise.all([queries.invalidateQueries({ queryKey: ['site'] })]),
  });
  return {
    site: edited?.now,
    held: held === undefined ? undefined : siteOf(held),
    base: edited?.base ?? '',
    canUndo: (edited?.past.length ?? 0) > 0,
    canRedo: (edited?.future.length ?? 0) > 0,
    edit: (site: Site) => {
      step({ kind: 'edit', site });
    },
    undo: () => {
      step({ kind: 'undo' });
    },
    redo: () => {
      step({ kind: 'redo' });
    },
    reload: () => queries.invalidateQueries({ queryKey: ['site'] }),
    checked,
    applying,
  };
}

export type Draft = ReturnType<typeof useDraft>;

/** Put a kept revision in force in the place of `base`. */
export function putInForce(
  revision: string,
  base: string,
  reason: string,
): Promise<Schemas['PutInForce']> {
  return body(
    api.POST('/api/v1/site/revisions/{revision}/apply', {
      params: { path: { revision } },
      body: { base, reason },
    }),
  );
}

function useCheck(site: Site | undefined): Schemas['CheckedDraft'] | undefined {
  const [late, setLate] = useState(site);
  useEffect(() => {
    const waiting = window.setTimeout(() => {
      setLate(site);
    }, CHECK_AFTER_MS);
    return () => {
      window.clearTimeout(waiting);
    };
  }, [site]);
  const { data } = useQuery({
    queryKey: ['site-check', late],
    enabled: late !== undefined,
    gcTime: 60_000,
    placeholderData: (before) => before,
    queryFn: () => {
      const content = late as unknown as Schemas['TakenContent']['content'];
      return body(api.POST('/api/v1/site/check', { body: { content } }));
    },
  });
  return data;
}
