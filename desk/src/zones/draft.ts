/** A draft of the site: edited with undo, checked as one types, kept until it is put in force. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useReducer, useState } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useSession } from '../session/session';
import type { Site } from './content';
import { siteOf } from './content';
import type { KeptDraft } from './kept_draft';
import { dropDraft, keepDraft, keptDraft } from './kept_draft';
import { rebase } from './rebase';

const CHECK_AFTER_MS = 350;
const MOST_STEPS = 100;

interface Edited {
  base: string;
  /** What is in force under `base`. */
  from: Site;
  past: readonly Site[];
  now: Site;
  future: readonly Site[];
}

type Step =
  | { kind: 'load'; base: string; site: Site; kept: KeptDraft | null }
  | { kind: 'edit'; site: Site }
  | { kind: 'undo' }
  | { kind: 'redo' };

function take(edited: Edited | null, step: Step): Edited | null {
  if (step.kind === 'load') return loaded(step.base, step.site, step.kept);
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

/** What is in force, with the draft on top that was not applied: the first undo takes it off. */
function loaded(base: string, site: Site, kept: KeptDraft | null): Edited {
  const plain = { base, from: site, past: [], now: site, future: [] };
  if (kept === null) return plain;
  const now = kept.base === base ? kept.now : (rebase(kept.from, kept.now, site) as Site);
  return { ...plain, past: [site], now };
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
  const { me, may } = useSession();
  const person = me.name;
  useEffect(() => {
    if (held === undefined) return;
    const kept = keptDraft(person);
    step({ kind: 'load', base: held.revision, site: siteOf(held), kept });
  }, [held, person]);
  useEffect(() => {
    if (edited === null) return;
    const { base, from, now } = edited;
    if (now === from) dropDraft(person);
    else keepDraft(person, { base, from, now });
  }, [edited, person]);
  const checked = useCheck(may('site.edit') ? edited?.now : undefined);
  const applying = useMutation({
    mutationFn: async (reason: string) => {
      if (edited === null) throw new Error('nothing is loaded');
      const content = edited.now as unknown as Schemas['TakenDraft']['content'];
      const kept = await body(api.POST('/api/v1/site/drafts', { body: { content, note: reason } }));
      return putInForce(kept.revision, edited.base, reason);
    },
    onSuccess: () => {
      dropDraft(person);
      return queries.invalidateQueries({ queryKey: ['site'] });
    },
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
    reload: () => {
      applying.reset();
      return queries.invalidateQueries({ queryKey: ['site'] });
    },
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
