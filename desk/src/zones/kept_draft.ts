/** A draft that is not in force yet, kept in this window for its person until it is. */
import type { Site } from './content';

const STORED = 'nonsite.site_draft';

export interface KeptDraft {
  /** Revision it was begun on, and what that held. */
  base: string;
  from: Site;
  now: Site;
}

export function keptDraft(person: string): KeptDraft | null {
  const stored = sessionStorage.getItem(keyOf(person));
  if (stored === null) return null;
  try {
    return JSON.parse(stored) as KeptDraft;
  } catch {
    return null;
  }
}

export function keepDraft(person: string, draft: KeptDraft): void {
  try {
    sessionStorage.setItem(keyOf(person), JSON.stringify(draft));
  } catch {
    // no room: it lives on the page alone, as it would without this
  }
}

export function dropDraft(person: string): void {
  sessionStorage.removeItem(keyOf(person));
}

function keyOf(person: string): string {
  return `${STORED}.${person}`;
}
